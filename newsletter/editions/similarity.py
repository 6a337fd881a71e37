"""How alike documents are: cosine of TF-IDF vectors, kept sparse and computed in slices.

Only this module loads scikit-learn, and only when called: it costs 3 s and 120 MB, which a child
process pays at closing time and gives back.
"""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from itertools import pairwise
from typing import Any

from newsletter.editions.documents import Document
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
    from scipy.sparse import csr_matrix, diags  # type: ignore[import-untyped]
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.preprocessing import normalize

    vectorizer = TfidfVectorizer(analyzer=_terms, sublinear_tf=True, norm=None)
    try:
        counted = vectorizer.fit_transform(documents)
    except ValueError:  # scikit-learn's way of saying: not one word in any document
        return csr_matrix((len(documents), 1))
    weights = [PAIR_WEIGHT if " " in term else 1.0 for term in vectorizer.get_feature_names_out()]
    matrix = normalize(counted @ diags(np.array(weights))).tocsr()
    held_by = counted.getnnz(axis=0)
    common = max(COMMON_AT_LEAST, COMMON_SHARE * len(documents))
    return matrix[:, (held_by > 1) & (held_by <= common)].tocsr()


def _terms(document: Document) -> list[str]:
    told = max(document.excerpt, document.page_text, key=len)
    title, excerpt = stems(document.title), stems(told[:EXCERPT_LETTERS])
    return _with_pairs(title) * TITLE_WEIGHT + _with_pairs(excerpt)


def _with_pairs(words: list[str]) -> list[str]:
    return words + [f"{one} {two}" for one, two in pairwise(words)]
