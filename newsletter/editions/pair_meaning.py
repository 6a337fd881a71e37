"""What sentence vectors add to the score of a pair: headlines that mean the same in other words.

A model's likenesses are read against those of pairs picked from the same window, so that any model's scale
will do. How much they count beside words was learnt with one model (`scripts/train_pairs.py`).
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from math import log
from typing import Any

from newsletter.editions.documents import Document
from newsletter.editions.near_meaning import find_near, likeness, once
from newsletter.editions.pair_weights import MeaningWeights
from newsletter.editions.similarity import Pair, told

# Texts to one row each, of unit length; or None, where that cannot be told just now.
Meaning = Callable[[Sequence[str]], Any]

_LETTERS = 300
# Two articles less alike by meaning than so many standard deviations above any two are no neighbours.
_NOTICED = 2.0
# The most that vectors count down and up, in log-odds: a model that is wrong about a language must not
# decide alone.
LEAST, MOST = -3.0, 4.0
# What a pair is worth that has no words to speak of in common, and at most becomes by vectors: too little to
# join two headlines by itself. Nothing is surer than `_SURE` by words.
UNSEEN, _UNSEEN_MOST, _SURE = 0.02, 0.52, 0.995
_PICKED = 4_000
# One standard deviation below the middle.
_BELOW_MEAN = 15.9
# A model that finds everything alike must not count each trifle.
_LEAST_SPREAD = 0.02


def with_meaning(
    documents: Sequence[Document],
    pairs: Iterable[Pair],
    floor: float,
    within: timedelta,
    meaning: Meaning,
    weights: MeaningWeights,
) -> Iterator[Pair]:
    """Scored pairs and neighbours by meaning, with what vectors say of each; those of at least `floor`."""
    if len(documents) < 2:
        return
    known = {(one, other): score for one, other, score in pairs}
    compared = compare(documents, known, within, meaning)
    if compared is None:
        yield from ((one, other, score) for (one, other), score in known.items() if score >= floor)
        return
    ones, others, odds, beyond = compared
    likely = together(odds, beyond, weights)
    kept = likely >= floor
    yield from zip(ones[kept].tolist(), others[kept].tolist(), likely[kept].tolist(), strict=True)


def compare(
    documents: Sequence[Document], known: Mapping[tuple[int, int], float], within: timedelta, meaning: Meaning
) -> tuple[Any, Any, Any, Any] | None:
    """The pairs of at least two documents that are scored or near by meaning, the smaller first.

    Indices of the ones and of the others, each pair's log-odds by words, and its likeness by meaning in
    standard deviations above any two articles'; None where vectors cannot be had.
    """
    import numpy as np

    rows = meaning([f"{one.title}. {told(one)[:_LETTERS]}" for one in documents])
    if rows is None:
        return None
    seconds = np.array([one.published_at.timestamp() for one in documents])
    usual, spread = _of_any_two(rows)
    near = find_near(rows, seconds, within.total_seconds(), usual + _NOTICED * spread)
    scored = np.array(list(known), np.int64).reshape(-1, 2).T
    both = np.concatenate([near, scored], axis=1)
    ones, others = once(both[0], both[1], len(rows))
    pairs = zip(ones.tolist(), others.tolist(), strict=True)
    sure = np.array([known.get(pair, 0.0) for pair in pairs]).clip(UNSEEN, _SURE)
    return ones, others, np.log(sure / (1 - sure)), (likeness(rows, ones, others) - usual) / spread


def together(odds: Any, beyond: Any, weights: MeaningWeights) -> Any:
    """How likely pairs are, 0 to 1, by words and by how far `beyond` the usual their likeness is."""
    import numpy as np

    moved = (weights.beyond * (beyond - weights.neutral)).clip(LEAST, MOST)
    likely = 1 / (1 + np.exp(-(weights.words * odds + moved)))
    unseen = odds <= log(UNSEEN / (1 - UNSEEN))
    return np.where(unseen, np.minimum(likely, _UNSEEN_MOST), likely)


def _of_any_two(rows: Any) -> tuple[float, float]:
    """The usual likeness of pairs picked evenly, always the same ones, and how far it spreads.

    Told from the lower half: the upper one holds pairs of one event, the more of them the busier the day.
    """
    import numpy as np

    count = len(rows)
    picked = np.arange(min(_PICKED, count * (count - 1) // 2))
    ones = picked % count
    others = (ones + 1 + (picked // count + picked * 7) % (count - 1)) % count
    alike = likeness(rows, ones, others)
    low, usual = np.percentile(alike, (_BELOW_MEAN, 50))
    return float(usual), max(float(usual - low), _LEAST_SPREAD)
