"""How likely two articles tell of one event: the learned score of every pair worth one."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

from newsletter.editions.documents import Document
from newsletter.editions.pair_features import candidates, make_window, pair_features
from newsletter.editions.pair_meaning import UNSEEN, Meaning, with_meaning
from newsletter.editions.pair_weights import Logistic, PairWeights, pair_weights
from newsletter.editions.similarity import Pair, similar_pairs, told
from newsletter.editions.wording import Names, wording

_SLICE = 20_000
# How far from its mean a feature counts, in standard deviations: what was never seen in training must
# not decide alone.
CLIP = 4.0
# An article with this many letters of text is judged by its text as well.
ENOUGH = 40
# Texts are less alike than this by chance; from `ALIKE` on they surely tell of one event.
FAINT = 0.08
ALIKE = 0.24


def scored_pairs(
    documents: Sequence[Document],
    floor: float,
    within: timedelta,
    weights: PairWeights | None = None,
    meaning: Meaning | None = None,
) -> Iterator[Pair]:
    """Pairs of indices, the smaller first, with how likely the two are one story, 0 to 1; each once.

    Only pairs of at least `floor`, published at most `within` apart. Two articles that both come with
    text are judged by it, all others by their headlines; with `meaning`, by that as well.
    """
    learnt = weights or pair_weights()
    if meaning is None:
        return _by_words(documents, floor, within, learnt)
    known = _by_words(documents, min(floor, UNSEEN), within, learnt)
    return with_meaning(documents, known, floor, within, meaning, learnt.meaning)


def _by_words(
    documents: Sequence[Document], floor: float, within: timedelta, weights: PairWeights
) -> Iterator[Pair]:
    texted = [index for index, document in enumerate(documents) if has_text(document)]
    by_text = set(texted)
    bare = len(by_text) < len(documents)
    by_headline = headline_pairs(documents, floor, within, weights) if bare else ()
    for one, other, score in by_headline:
        if not (one in by_text and other in by_text):
            yield one, other, score
    for one, other, value in similar_pairs([documents[index] for index in texted], FAINT, within):
        score = min(value / ALIKE, 1.0)
        if score >= floor:
            yield texted[one], texted[other], score


def has_text(document: Document) -> bool:
    """Whether a document tells enough beyond its headline to be judged by it."""
    return len(told(document)) >= ENOUGH


def headline_pairs(
    documents: Sequence[Document], floor: float, within: timedelta, weights: PairWeights
) -> Iterator[Pair]:
    """The learned score of every pair of headlines worth one."""
    if len(documents) < 2:
        return
    names = Names()
    for document in documents:
        names.learn(document.title)
    window = make_window([wording(one) for one in documents], names, weights)
    ones, others = candidates(window, within.total_seconds())
    for start in range(0, len(ones), _SLICE):
        one, other = ones[start : start + _SLICE], others[start : start + _SLICE]
        score = likely(pair_features(window, one, other), weights.whole)
        kept = score >= floor
        yield from zip(one[kept].tolist(), other[kept].tolist(), score[kept].tolist(), strict=True)


def likely(features: Any, model: Logistic) -> Any:
    """The model's probability of each row of features."""
    import numpy as np

    standard = (features - np.array(model.mean)) / np.array(model.scale)
    return 1 / (1 + np.exp(-(standard.clip(-CLIP, CLIP) @ np.array(model.weights) + model.bias)))
