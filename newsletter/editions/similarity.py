"""How alike documents are: cosine of TF-IDF vectors, kept sparse and computed in slices.

This is for articles that come with text. What bare headlines have in common is too little for it, and
is learnt (`pair_score`).
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import timedelta
from itertools import pairwise
from math import log
from typing import Any

from newsletter.editions.documents import Document
from newsletter.editions.vectors import counts, unit
from newsletter.editions.words import stems

# A title says what happened; an excerpt is often an introduction, the longer the more so.
TITLE_WEIGHT = 3
EXCERPT_LETTERS = 600
# Two words in a row say more than each, but newsrooms seldom share them: half a word's weight.
PAIR_WEIGHT = 0.5
# Words in more than this share of the documents join nothing and would cost the most.
COMMON_SHARE = 0.05
COMMON_AT_LEAST = 12
_SLICE = 500

Pair = tuple[int, int, float]


def similar_pairs(documents: Sequence[Document], floor: float, within: timedelta) -> Iterator[Pair]:
    """Every pair of documents at least `floor` alike and published at most `within` apart, once.

    Likeness runs from 0 to 1; a pair is two indices, the smaller first.
    """
    if len(documents) < 2:
        return
    matrix = _vectors(documents)
    seconds = [document.published_at.timestamp() for document in documents]
    for start in range(0, len(documents), _SLICE):
        for row, column, value in _strong(matrix[start : start + _SLICE], matrix[start:], floor):
            if row < column and abs(seconds[start + row] - seconds[start + column]) <= within.total_seconds():
                yield start + row, start + column, value


def pairs_between(ones: Sequence[Document], others: Sequence[Document], floor: float) -> Iterator[Pair]:
    """Every document of `ones` with every one of `others` at least `floor` alike, as two indices."""
    if not ones or not others:
        return
    matrix = _vectors([*ones, *others])
    mine, theirs = matrix[: len(ones)], matrix[len(ones) :]
    for start in range(0, len(ones), _SLICE):
        for row, column, value in _strong(mine[start : start + _SLICE], theirs, floor):
            yield start + row, column, value


def _strong(rows: Any, columns: Any, floor: float) -> Iterator[Pair]:
    alike = rows @ columns.T
    alike.data[alike.data < floor] = 0
    alike.eliminate_zeros()
    found = alike.tocoo()
    return zip(found.row.tolist(), found.col.tolist(), found.data.tolist(), strict=True)


def _vectors(documents: Sequence[Document]) -> Any:
    """One row of unit length a document; columns that can join nothing are left out afterwards."""
    import numpy as np
    from scipy.sparse import diags  # type: ignore[import-untyped]

    counted, terms = counts([_weights(document) for document in documents])
    held_by = np.bincount(counted.indices, minlength=counted.shape[1])
    rarity = np.log((1 + len(documents)) / (1 + held_by)) + 1
    halves = np.array([PAIR_WEIGHT if " " in term else 1.0 for term in terms] or [1.0])
    matrix = unit(counted @ diags((rarity * halves).astype(np.float32)))
    common = max(COMMON_AT_LEAST, COMMON_SHARE * len(documents))
    return matrix[:, (held_by > 1) & (held_by <= common)].tocsr()


def _weights(document: Document) -> dict[str, float]:
    """Each term with one more than the natural logarithm of how often it stands there."""
    return {term: 1 + log(times) for term, times in Counter(_terms(document)).items()}


def told(document: Document) -> str:
    """What an article tells beyond its title: the longer of its excerpt and its page's text."""
    return max(document.excerpt, document.page_text, key=len)


def _terms(document: Document) -> list[str]:
    title, excerpt = stems(document.title), stems(told(document)[:EXCERPT_LETTERS])
    return _with_pairs(title) * TITLE_WEIGHT + _with_pairs(excerpt)


def _with_pairs(words: list[str]) -> list[str]:
    return words + [f"{one} {two}" for one, two in pairwise(words)]
