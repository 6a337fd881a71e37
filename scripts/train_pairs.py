"""Learn the pair score from labelled headlines, and say how well it does on days it has not seen.

    python -m scripts.train_pairs ../shared/data/uci-news-dev.csv.gz [--write]

The evaluation is a cross-validation over days: for each of five blocks of days, word counts and weights
are learnt from all other days only. `--write` then learns from all days and writes the data file.
"""

import argparse
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from math import log
from pathlib import Path
from typing import Any

import numpy as np
from scipy.optimize import minimize  # type: ignore[import-untyped]

from bench.headlines import Headline, by_day, read_headlines
from bench.story_predictions import Prediction, predict_day
from bench.story_scores import score_parts
from newsletter.editions.pair_features import AROUND, DIRECT, EVIDENCE, candidates, make_window, pair_features
from newsletter.editions.pair_score import CLIP
from newsletter.editions.pair_weights import PairWeights, read_weights
from newsletter.editions.wording import Names, wording

TARGET = Path(__file__).parents[1] / "newsletter" / "editions" / "data" / "pairs.json"
FOLDS = 5
# A word of fewer headlines than this is as good as never seen.
FEWEST = 8
Examples = tuple[Any, Any, Any]


def learn(days: Sequence[list[Headline]]) -> dict[str, Any]:
    """Weights in their JSON form, out of days of labelled headlines."""
    stored = _word_counts([one for day in days for one in day])
    nothing = {"names": [], "mean": [], "scale": [], "weights": [], "bias": 0.0}
    words = read_weights({**stored, "whole": nothing, "direct": nothing})
    features, labels, weights = _examples(days, words)
    whole = _fit(features, labels, weights, (*DIRECT, *AROUND))
    direct = _fit(features[:, : len(DIRECT)], labels, weights, DIRECT)
    return {**stored, "whole": whole, "direct": direct}


def cross_validate(days: dict[str, list[Headline]]) -> dict[str, Any]:
    """The scores of each part, every day predicted by what the other blocks of days teach."""
    predicted: list[tuple[Headline, Prediction]] = []
    for block in blocks(list(days)):
        weights = read_weights(learn([day for name, day in days.items() if name not in block]))
        for name in block:
            predicted += predict_day(days[name], weights)
    return score_parts(predicted)


def blocks(names: Sequence[str]) -> list[set[str]]:
    """Days in five blocks, neighbours together, since stories go on; the two large first days apart."""
    large, rest = names[:2], names[2:]
    size = -(-len(rest) // FOLDS)
    found = [set(rest[start : start + size]) for start in range(0, len(rest), size)]
    for number, name in enumerate(large):
        found[number].add(name)
    return found


def _word_counts(headlines: Sequence[Headline]) -> dict[str, Any]:
    held = Counter(word for one in headlines for word in wording(one.document).words)
    count = len(headlines)
    telling = {word: round(log(count / times), 3) for word, times in sorted(held.items()) if times >= FEWEST}
    return {"unknown": round(log(count / FEWEST), 3), "telling": telling}


def _examples(days: Iterable[list[Headline]], words: PairWeights) -> Examples:
    """Features and labels of every candidate pair; crowded days together weigh as much as all others."""
    found = [_pairs_of(day, words) for day in days if len(day) > 1]
    features, labels, crowded = (np.concatenate(parts) for parts in zip(*found, strict=True))
    weights = np.where(crowded, 0.5 / max(crowded.sum(), 1), 0.5 / max((~crowded).sum(), 1)) * len(labels)
    return features, labels, weights


def _pairs_of(day: list[Headline], words: PairWeights) -> Examples:
    names = Names()
    for one in day:
        names.learn(one.document.title)
    window = make_window([wording(one.document) for one in day], names, words)
    one, other = candidates(window, 2 * 86_400)
    group = np.array([headline.group for headline in day])
    labels = group[one] == group[other]
    return pair_features(window, one, other), labels, np.full(len(labels), len(day) > 500)


def _fit(features: Any, labels: Any, weights: Any, names: Sequence[str]) -> dict[str, Any]:
    """A logistic regression in which no evidence may count against a pair."""
    mean, scale = features.mean(axis=0), features.std(axis=0) + 1e-6
    standard = ((features - mean) / scale).clip(-CLIP, CLIP).astype(float)
    signs = np.where(labels, 1.0, -1.0)

    def loss(model: Any) -> tuple[float, Any]:
        margin = signs * (standard @ model[:-1] + model[-1])
        pull = -weights * signs / (1 + np.exp(margin))
        total = (weights * np.logaddexp(0, -margin)).sum() + model[:-1] @ model[:-1] / 2
        return total, np.append(standard.T @ pull + model[:-1], pull.sum())

    bounds = [(0.0 if name in EVIDENCE else None, None) for name in names] + [(None, None)]
    model = minimize(loss, np.zeros(len(names) + 1), jac=True, method="L-BFGS-B", bounds=bounds).x
    return {
        "names": list(names),
        "mean": _short(mean),
        "scale": _short(scale),
        "weights": _short(model[:-1]),
        "bias": round(float(model[-1]), 5),
    }


def _short(values: Any) -> list[float]:
    return [round(float(value), 5) for value in values]


def main() -> None:
    """Evaluate, and write when told to."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("file", type=Path)
    parser.add_argument("--write", action="store_true")
    chosen = parser.parse_args()
    days = by_day(read_headlines(chosen.file))
    if chosen.write:
        TARGET.write_text(
            json.dumps(learn(list(days.values())), ensure_ascii=False, indent=0) + "\n", encoding="utf-8"
        )
    else:
        for part, figures in cross_validate(days).items():
            print(part, *(f"{name}={value:.4f}" for name, value in figures.items()))  # noqa: T201


if __name__ == "__main__":
    main()
