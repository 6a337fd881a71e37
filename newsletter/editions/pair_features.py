"""What two articles have in common, in numbers: the input of the learned pair score."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from newsletter.editions.neighbours import Neighbours, find_neighbours
from newsletter.editions.pair_weights import PairWeights
from newsletter.editions.vectors import Vectors, make_vectors, unit
from newsletter.editions.wording import Names, Wording

# Known from the two documents alone, in this order (`arriving` computes the same for one document) ...
DIRECT = (
    "words", "pairs", "grams", "shared", "rarest", "names", "count", "contained", "numbers",
    "shorter", "longer", "same_source",
)  # fmt: skip
# ... and from where they stand among the others of the window.
AROUND = ("widened", "mates", "wide_mates", "crowd_less", "crowd_more", "wide_less", "wide_more")
# More of these never makes one event less likely, whatever a sample of days says.
EVIDENCE = frozenset({*DIRECT[:9], "widened", "mates", "wide_mates"})
_CROWD = 5


@dataclass(frozen=True, slots=True)
class Window:
    """Documents with what comparing any two of them needs."""

    vectors: Vectors
    near: Neighbours
    mates: Any
    wide_mates: Any
    crowd: Any
    wide_crowd: Any
    mass: Any
    length: Any
    source: Any
    seconds: Any


def make_window(told: Sequence[Wording], names: Names, weights: PairWeights) -> Window:
    """Prepare the comparison of at least one document with the others."""
    import numpy as np

    vectors = make_vectors(told, names, weights)
    near = find_neighbours(vectors)
    return Window(
        vectors=vectors,
        near=near,
        mates=unit(near.own.maximum(near.own.T)),
        wide_mates=unit(near.wide.maximum(near.wide.T)),
        crowd=_crowd(near.own),
        wide_crowd=_crowd(near.wide),
        mass=np.asarray(vectors.plain.multiply(vectors.plain) @ vectors.telling).ravel(),
        length=np.array([one.length for one in told], np.float32),
        source=np.array([one.source_id for one in told]),
        seconds=np.array([one.seconds for one in told]),
    )


def candidates(window: Window, within_seconds: float) -> tuple[Any, Any]:
    """The pairs worth a score: neighbours of either kind, at most `within_seconds` apart, smaller first."""
    near = window.near
    both = (near.own + near.own.T + near.wide + near.wide.T).tocoo()
    close = abs(window.seconds[both.row] - window.seconds[both.col]) <= within_seconds
    kept = (both.row < both.col) & close
    return both.row[kept], both.col[kept]


def pair_features(window: Window, one: Any, other: Any) -> Any:
    """One row a pair of indices (`one[i]`, `other[i]`), a column a feature: `DIRECT`, then `AROUND`."""
    import numpy as np

    columns = [*_direct(window, one, other), *_around(window, one, other)]
    return np.column_stack([np.asarray(column, np.float32) for column in columns])


def _direct(window: Window, one: Any, other: Any) -> list[Any]:
    import numpy as np

    vectors = window.vectors
    common = vectors.plain[one].multiply(vectors.plain[other]).tocsr()
    shared = common @ vectors.telling
    rarest = common.multiply(vectors.telling).max(axis=1).toarray().ravel()
    least = np.maximum(np.minimum(window.mass[one], window.mass[other]), 0.1)
    return [
        _dot(vectors.words, one, other),
        _dot(vectors.pairs, one, other),
        _dot(vectors.grams, one, other),
        shared / 8,
        rarest / 6,
        (common @ vectors.naming) / 6,
        np.minimum(np.asarray(common.sum(axis=1)).ravel(), 6) / 3,
        shared / least,
        np.minimum(common @ vectors.numbering, 2),
        np.minimum(window.length[one], window.length[other]) / 10,
        np.maximum(window.length[one], window.length[other]) / 10,
        window.source[one] == window.source[other],
    ]


def _around(window: Window, one: Any, other: Any) -> list[Any]:
    import numpy as np

    crowd, wide = window.crowd, window.wide_crowd
    return [
        _dot(window.near.widened, one, other),
        _dot(window.mates, one, other),
        _dot(window.wide_mates, one, other),
        np.minimum(crowd[one], crowd[other]),
        np.maximum(crowd[one], crowd[other]),
        np.minimum(wide[one], wide[other]),
        np.maximum(wide[one], wide[other]),
    ]


def _crowd(near: Any) -> Any:
    """How alike each document's few nearest neighbours are to it: how crowded its place is."""
    import numpy as np

    from newsletter.editions.vectors import strongest

    return np.asarray(strongest(near.tocsr(), _CROWD).sum(axis=1)).ravel() / _CROWD


def _dot(matrix: Any, one: Any, other: Any) -> Any:
    import numpy as np

    return np.asarray(matrix[one].multiply(matrix[other]).sum(axis=1)).ravel()
