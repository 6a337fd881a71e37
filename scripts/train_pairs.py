"""Learn the pair score from labelled headlines, and say how well it does on days it has not seen.

    python -m scripts.train_pairs ../shared/data/uci-news-dev.csv.gz [--vectors FOLDER] [--write]

The evaluation is a cross-validation over days: for each of five blocks of days, word counts and weights
are learnt from all other days only. With a sentence model it is scored by words alone and with the model.
`--write` then learns from all days and writes the data file.
"""

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from bench.headlines import Headline, by_day, read_headlines
from bench.story_predictions import Prediction, predict_day
from bench.story_scores import score_parts
from newsletter.editions.pair_meaning import Meaning
from newsletter.editions.pair_weights import read_weights
from newsletter.editions.sentence_model import SentenceModel
from scripts.pair_learning import learn

TARGET = Path(__file__).parents[1] / "newsletter" / "editions" / "data" / "pairs.json"
FOLDS = 5


def cross_validate(days: dict[str, list[Headline]], meaning: Meaning | None) -> dict[str, Any]:
    """The scores of each part by name, every day predicted by what the other blocks of days teach."""
    by_words: list[tuple[Headline, Prediction]] = []
    by_both: list[tuple[Headline, Prediction]] = []
    for block in blocks(list(days)):
        stored = learn([day for name, day in days.items() if name not in block], meaning)
        weights = read_weights(stored)
        for name in block:
            by_words += predict_day(days[name], weights)
            by_both += predict_day(days[name], weights, meaning) if meaning else ()
    with_vectors = {f"{part} with vectors": found for part, found in score_parts(by_both).items()}
    return score_parts(by_words) | with_vectors


def blocks(names: Sequence[str]) -> list[set[str]]:
    """Days in five blocks, neighbours together, since stories go on; the two large first days apart."""
    large, rest = names[:2], names[2:]
    size = -(-len(rest) // FOLDS)
    found = [set(rest[start : start + size]) for start in range(0, len(rest), size)]
    for number, name in enumerate(large):
        found[number].add(name)
    return found


def remembered(meaning: Meaning) -> Meaning:
    """The same, each text asked for once."""
    known: dict[str, Any] = {}

    def ask(texts: Sequence[str]) -> Any:
        missing = [text for text in dict.fromkeys(texts) if text not in known]
        if missing:
            known.update(zip(missing, meaning(missing), strict=True))
        return np.stack([known[text] for text in texts])

    return ask


def main() -> None:
    """Evaluate, and write when told to."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("file", type=Path)
    parser.add_argument("--vectors", type=Path)
    parser.add_argument("--write", action="store_true")
    chosen = parser.parse_args()
    days = by_day(read_headlines(chosen.file))
    meaning = remembered(SentenceModel(chosen.vectors)) if chosen.vectors else None
    if chosen.write:
        stored = learn(list(days.values()), meaning)
        TARGET.write_text(json.dumps(stored, ensure_ascii=False, indent=0) + "\n", encoding="utf-8")
    else:
        for part, figures in cross_validate(days, meaning).items():
            print(part, *(f"{name}={value:.4f}" for name, value in figures.items()))  # noqa: T201


if __name__ == "__main__":
    main()
