"""What sentence vectors add to the score of a pair: headlines that mean the same in other words.

A model's likenesses are read against those of pairs picked from the same window, so that any model's scale
will do; how much they count was chosen with care, not learnt: no model was at hand to measure with.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import timedelta
from typing import Any

from newsletter.editions.documents import Document
from newsletter.editions.similarity import Pair, told

# Texts to one row each, of unit length; or None, where that cannot be told just now.
Meaning = Callable[[Sequence[str]], Any]

# Neighbours by meaning of each article that are looked at besides those by words.
NEIGHBOURS = 8
_LETTERS = 300
_SLICE = 256
# Standard deviations above any two articles' likeness that say nothing for or against one event, how much
# each one more is worth in log-odds, and the most that is counted down and up.
NEUTRAL, WORTH, LEAST, MOST = 4.5, 0.8, -2.0, 4.0
# What a pair is worth that has no words to speak of in common; nothing is surer than `_SURE`.
_UNSEEN, _SURE = 0.02, 0.99
_PICKED = 4_000
# One standard deviation below the middle.
_BELOW_MEAN = 15.9
# A model that finds everything alike must not count each trifle.
_LEAST_SPREAD = 0.02


def with_meaning(
    documents: Sequence[Document], pairs: Iterable[Pair], floor: float, within: timedelta, meaning: Meaning
) -> Iterator[Pair]:
    """Scored pairs and neighbours by meaning, with what vectors say of each; those of at least `floor`."""
    import numpy as np

    if len(documents) < 2:
        return
    known = {(one, other): score for one, other, score in pairs}
    rows = meaning([f"{one.title}. {told(one)[:_LETTERS]}" for one in documents])
    if rows is None:
        yield from ((one, other, score) for (one, other), score in known.items() if score >= floor)
        return
    seconds = np.array([one.published_at.timestamp() for one in documents])
    near = set(_neighbours(rows, seconds, within.total_seconds()))
    ones, others = (np.array(side) for side in zip(*sorted(near.union(known)), strict=True))
    score = np.array([known.get(pair, _UNSEEN) for pair in zip(ones.tolist(), others.tolist(), strict=True)])
    usual, spread = _of_any_two(rows)
    beyond = ((rows[ones] * rows[others]).sum(axis=1) - usual) / spread - NEUTRAL
    likely = _odds_moved(score.clip(_UNSEEN / 2, _SURE), (WORTH * beyond).clip(LEAST, MOST))
    kept = likely >= floor
    yield from zip(ones[kept].tolist(), others[kept].tolist(), likely[kept].tolist(), strict=True)


def _neighbours(rows: Any, seconds: Any, within: float) -> Iterator[tuple[int, int]]:
    """The nearest by meaning of each document, published at most `within` seconds apart; smaller first."""
    import numpy as np

    order = np.argsort(seconds, kind="stable")
    rows, seconds = rows[order], seconds[order]
    for start in range(0, len(rows), _SLICE):
        here = slice(start, min(start + _SLICE, len(rows)))
        first = int(np.searchsorted(seconds, seconds[here][0] - within))
        last = int(np.searchsorted(seconds, seconds[here][-1] + within, "right"))
        alike = rows[here] @ rows[first:last].T
        alike[abs(seconds[here][:, None] - seconds[None, first:last]) > within] = -1
        alike[np.arange(len(alike)), np.arange(here.start, here.stop) - first] = -1
        most = min(NEIGHBOURS, alike.shape[1])
        for place, nearest in enumerate(np.argpartition(-alike, most - 1, axis=1)[:, :most]):
            for other in nearest[alike[place, nearest] > -1].tolist():
                pair = int(order[start + place]), int(order[first + other])
                yield min(pair), max(pair)


def _of_any_two(rows: Any) -> tuple[float, float]:
    """The usual likeness of pairs picked evenly, always the same ones, and how far it spreads.

    Told from the lower half: the upper one holds pairs of one event, the more of them the busier the day.
    """
    import numpy as np

    count = len(rows)
    picked = np.arange(min(_PICKED, count * (count - 1) // 2))
    ones = picked % count
    others = (ones + 1 + (picked // count + picked * 7) % (count - 1)) % count
    alike = (rows[ones] * rows[others]).sum(axis=1)
    low, usual = np.percentile(alike, (_BELOW_MEAN, 50))
    return float(usual), max(float(usual - low), _LEAST_SPREAD)


def _odds_moved(score: Any, by: Any) -> Any:
    import numpy as np

    return 1 / (1 + np.exp(-(np.log(score / (1 - score)) + by)))
