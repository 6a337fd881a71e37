"""Each document's nearest neighbours in a window, by its own words and by those of its neighbours."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from newsletter.editions.vectors import Vectors, strongest, unit, without_common

# Neighbours kept of each document: a story told by hundreds hangs together by far fewer links.
MOST = 40
_LEAST = 10
_IN_ALL = 200_000
_FLOOR = 0.08
_SLICE = 200
_TERMS_WIDENED = 14
_SLICE_WIDENED = 4_000


@dataclass(frozen=True, slots=True)
class Neighbours:
    """`own` and `wide`: one row a document, its neighbours' likeness by own and by widened words.

    `widened` are the words themselves: a document's own with those its neighbours add.
    """

    own: Any
    wide: Any
    widened: Any


def find_neighbours(vectors: Vectors) -> Neighbours:
    """Nearest neighbours of every document; the time follows the postings of the words sought by."""
    most = max(_LEAST, min(MOST, _IN_ALL // max(vectors.sought.shape[0], 1)))
    own = _nearest(vectors.sought, most)
    widened = _widen(vectors, own)
    return Neighbours(own, _nearest(unit(without_common(widened)), most), widened)


def _widen(vectors: Vectors, own: Any) -> Any:
    """Paraphrases share few words with each other, but each shares some with others of the event."""
    import numpy as np
    from scipy.sparse import diags, vstack  # type: ignore[import-untyped]

    near = own.multiply(own).tocsr()
    total = np.asarray(near.sum(axis=1)).ravel()
    total[total == 0] = 1
    lent = diags((1 / total).astype(np.float32)) @ near
    # In slices: the widened words are many before the strongest are chosen.
    parts = (slice(start, start + _SLICE_WIDENED) for start in range(0, near.shape[0], _SLICE_WIDENED))
    return vstack(
        [unit(strongest(vectors.words[part] + lent[part] @ vectors.words, _TERMS_WIDENED)) for part in parts],
        format="csr",
    )


def _nearest(matrix: Any, most: int) -> Any:
    import numpy as np
    from scipy.sparse import csr_matrix

    count = matrix.shape[0]
    across = matrix.T.tocsr()
    found = [
        _slice(matrix[start : start + _SLICE] @ across, start, most) for start in range(0, count, _SLICE)
    ]
    rows, columns, values = (np.concatenate(parts) for parts in zip(*found, strict=True))
    return csr_matrix((values, (rows, columns)), shape=(count, count))


def _slice(alike: Any, start: int, most: int) -> tuple[Any, Any, Any]:
    import numpy as np

    alike = alike.tocsr()
    rows = np.repeat(np.arange(alike.shape[0]), np.diff(alike.indptr))
    kept = (alike.data > _FLOOR) & (alike.indices != rows + start)
    rows, columns, values = rows[kept], alike.indices[kept], alike.data[kept]
    chosen = np.concatenate([np.zeros(0, np.int64), *_greatest(rows, values, alike.shape[0], most)])
    return rows[chosen] + start, columns[chosen], values[chosen]


def _greatest(rows: Any, values: Any, count: int, most: int) -> Iterator[Any]:
    """The places of each row's greatest values; `rows` is sorted."""
    import numpy as np

    ends = np.searchsorted(rows, np.arange(count + 1)).tolist()
    for first, last in pairwise(ends):
        if last - first <= most:
            yield np.arange(first, last)
        else:
            yield first + np.argpartition(-values[first:last], most)[:most]
