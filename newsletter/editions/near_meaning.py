"""Each article's nearest neighbours by meaning, out of rows of unit length, one an article."""

from typing import Any

# Neighbours by meaning of each article that are looked at besides those by words.
NEIGHBOURS = 8
_SLICE = 256
_PAIRS = 8_192


def find_near(rows: Any, seconds: Any, within: float, least: float) -> tuple[Any, Any]:
    """Indices of the ones and of the others: the nearest of each row, at least so alike.

    Pairs are published at most `within` seconds apart; the smaller index comes first, and no pair twice.
    """
    import numpy as np

    order = np.argsort(seconds, kind="stable")
    rows, seconds = rows[order], seconds[order]
    parts = [_near(rows, seconds, start, within, least) for start in range(0, len(rows), _SLICE)]
    ones, others = (order[np.concatenate(part)] for part in zip(*parts, strict=True))
    return once(ones, others, len(rows))


def once(ones: Any, others: Any, count: int) -> tuple[Any, Any]:
    """Pairs out of `count` documents sorted, the smaller first, each once."""
    import numpy as np

    found = np.unique(np.minimum(ones, others) * np.int64(count) + np.maximum(ones, others))
    return found // count, found % count


def likeness(rows: Any, ones: Any, others: Any) -> Any:
    """The cosine of each pair; in slices, since two rows a pair are many."""
    import numpy as np

    found = [
        np.einsum("ij,ij->i", rows[ones[start : start + _PAIRS]], rows[others[start : start + _PAIRS]])
        for start in range(0, len(ones), _PAIRS)
    ]
    return np.concatenate([np.zeros(0, rows.dtype), *found])


def _near(rows: Any, seconds: Any, start: int, within: float, least: float) -> tuple[Any, Any]:
    """The nearest of the slice that begins at `start`; rows are in the order of their seconds."""
    import numpy as np

    here = seconds[start : start + _SLICE]
    first = int(np.searchsorted(seconds, here[0] - within))
    last = int(np.searchsorted(seconds, here[-1] + within, "right"))
    alike = rows[start : start + _SLICE] @ rows[first:last].T
    ones, others = np.nonzero(alike >= least)
    value = alike[ones, others]
    ones, others = ones + start, others + first
    apart = (ones != others) & (abs(seconds[ones] - seconds[others]) <= within)
    ones, others, value = ones[apart], others[apart], value[apart]
    by_likeness = np.lexsort((-value, ones))
    ones, others = ones[by_likeness], others[by_likeness]
    nearest = np.arange(len(ones)) - np.searchsorted(ones, ones) < NEIGHBOURS
    return ones[nearest], others[nearest]
