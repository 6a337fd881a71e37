"""How likely two articles tell of one event: the learned score of every pair worth one."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

from newsletter.editions.documents import Document
from newsletter.editions.pair_features import candidates, make_window, pair_features
from newsletter.editions.pair_weights import Logistic, PairWeights, pair_weights
from newsletter.editions.wording import Names, wording

_SLICE = 50_000
# How far from its mean a feature counts, in standard deviations: what was never seen in training must
# not decide alone.
CLIP = 4.0


def scored_pairs(
    documents: Sequence[Document], floor: float, within: timedelta, weights: PairWeights | None = None
) -> tuple[Any, Any, Any]:
    """Three arrays: the smaller index of each pair, the greater, and how likely they are one story.

    Only pairs of at least `floor`, published at most `within` apart; each once.
    """
    import numpy as np

    weights = weights or pair_weights()
    names = Names()
    for document in documents:
        names.learn(document.title)
    if len(documents) < 2:
        return np.zeros(0, int), np.zeros(0, int), np.zeros(0)
    window = make_window([wording(one) for one in documents], names, weights)
    ones, others = candidates(window, within.total_seconds())
    found = list(_slices(window, ones, others, weights.whole, floor))
    if not found:
        return np.zeros(0, int), np.zeros(0, int), np.zeros(0)
    one, other, score = (np.concatenate(parts) for parts in zip(*found, strict=True))
    return one, other, score


def likely(features: Any, model: Logistic) -> Any:
    """The model's probability of each row of features."""
    import numpy as np

    standard = (features - np.array(model.mean)) / np.array(model.scale)
    return 1 / (1 + np.exp(-(standard.clip(-CLIP, CLIP) @ np.array(model.weights) + model.bias)))


def _slices(window: Any, ones: Any, others: Any, model: Logistic, floor: float) -> Iterator[tuple[Any, Any, Any]]:
    for start in range(0, len(ones), _SLICE):
        one, other = ones[start : start + _SLICE], others[start : start + _SLICE]
        score = likely(pair_features(window, one, other), model)
        kept = score >= floor
        yield one[kept], other[kept], score[kept]
