"""What labelled headlines teach the pair score, with or without a sentence model at hand.

With one, the score by words is learnt twice. Labels are noisy: an aggregator files two reports of one concert
apart. So the second time each label is blended with what words and vectors together say of the pair; what is
learnt then needs no model.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import log
from typing import Any

import numpy as np

from bench.headlines import Headline
from newsletter.editions.cluster import WITHIN
from newsletter.editions.pair_features import AROUND, DIRECT, candidates, make_window, pair_features
from newsletter.editions.pair_meaning import UNSEEN, Meaning, compare, together
from newsletter.editions.pair_score import likely
from newsletter.editions.pair_weights import PairWeights, pair_weights, read_weights
from newsletter.editions.wording import Names, wording
from scripts.regression import fit, fit_meaning

# A word of fewer headlines than this is as good as never seen.
FEWEST = 8
# Days of more headlines than this, taken together, weigh as much as all others.
CROWDED = 500
# How much a label gives way to what words and vectors together say.
SOFTENED = 0.6
_NO_MODEL: dict[str, Any] = {"names": [], "mean": [], "scale": [], "weights": [], "bias": 0.0}


@dataclass(frozen=True, slots=True)
class Examples:
    """A day's candidate pairs: indices of the ones and of the others, features, and which are one story."""

    day: Sequence[Headline]
    one: Any
    other: Any
    features: Any
    labels: Any


def learn(days: Sequence[list[Headline]], meaning: Meaning | None = None) -> dict[str, Any]:
    """Weights in their JSON form, out of days of labelled headlines."""
    stored = _word_counts([one for day in days for one in day])
    shipped = pair_weights().meaning
    beside = {"words": shipped.words, "beyond": shipped.beyond, "neutral": shipped.neutral}
    counts = read_weights({**stored, "whole": _NO_MODEL, "direct": _NO_MODEL, "meaning": beside})
    examples = [_examples(day, counts) for day in days if len(day) > 1]
    found = {**stored, **_by_words(examples, [one.labels for one in examples]), "meaning": beside}
    if meaning is None:
        return found
    found["meaning"] = _beside_words(examples, read_weights(found), meaning)
    found |= _by_words(examples, [_softened(one, read_weights(found), meaning) for one in examples])
    found["meaning"] = _beside_words(examples, read_weights(found), meaning)
    return found


def _word_counts(headlines: Sequence[Headline]) -> dict[str, Any]:
    held = Counter(word for one in headlines for word in wording(one.document).words)
    count = len(headlines)
    telling = {word: round(log(count / times), 3) for word, times in sorted(held.items()) if times >= FEWEST}
    return {"unknown": round(log(count / FEWEST), 3), "telling": telling}


def _examples(day: Sequence[Headline], counts: PairWeights) -> Examples:
    names = Names()
    for one in day:
        names.learn(one.document.title)
    window = make_window([wording(one.document) for one in day], names, counts)
    one, other = candidates(window, WITHIN.total_seconds())
    return Examples(day, one, other, pair_features(window, one, other), _one_story(day, one, other))


def _by_words(examples: Sequence[Examples], labels: Sequence[Any]) -> dict[str, Any]:
    features, weights = np.concatenate([one.features for one in examples]), _weights(examples, labels)
    every = np.concatenate(labels)
    return {
        "whole": fit(features, every, weights, (*DIRECT, *AROUND)),
        "direct": fit(features[:, : len(DIRECT)], every, weights, DIRECT),
    }


def _softened(examples: Examples, learnt: PairWeights, meaning: Meaning) -> Any:
    """A day's labels, each nearer to what words and vectors say."""
    known = _known(examples, learnt, 0)
    ones, others, odds, beyond = _compared(examples, known, meaning)
    said = dict(zip(_pairs(ones, others), together(odds, beyond, learnt.meaning).tolist(), strict=True))
    told = np.array([said[pair] for pair in _pairs(examples.one, examples.other)])
    return (1 - SOFTENED) * examples.labels + SOFTENED * told


def _beside_words(examples: Sequence[Examples], learnt: PairWeights, meaning: Meaning) -> dict[str, float]:
    found = [_compared(one, _known(one, learnt, UNSEEN), meaning) for one in examples]
    labels = [_one_story(one.day, pair[0], pair[1]) for one, pair in zip(examples, found, strict=True)]
    odds, beyond = (np.concatenate([pair[at] for pair in found]) for at in (2, 3))
    return fit_meaning(odds, beyond, np.concatenate(labels), _weights(examples, labels))


def _known(examples: Examples, learnt: PairWeights, floor: float) -> dict[tuple[int, int], float]:
    scores = likely(examples.features, learnt.whole).tolist()
    pairs = zip(_pairs(examples.one, examples.other), scores, strict=True)
    return {pair: score for pair, score in pairs if score >= floor}


def _compared(examples: Examples, known: dict[tuple[int, int], float], meaning: Meaning) -> Any:
    return compare([one.document for one in examples.day], known, WITHIN, meaning)


def _one_story(day: Sequence[Headline], one: Any, other: Any) -> Any:
    group = np.array([headline.group for headline in day])
    return (group[one] == group[other]).astype(float)


def _pairs(one: Any, other: Any) -> list[tuple[int, int]]:
    return list(zip(one.tolist(), other.tolist(), strict=True))


def _weights(examples: Sequence[Examples], labels: Sequence[Any]) -> Any:
    """What each label weighs: those of the crowded days together as much as all others."""
    crowded = np.concatenate(
        [np.full(len(told), len(one.day) > CROWDED) for one, told in zip(examples, labels, strict=True)]
    )
    return np.where(crowded, 0.5 / max(crowded.sum(), 1), 0.5 / max((~crowded).sum(), 1)) * len(crowded)
