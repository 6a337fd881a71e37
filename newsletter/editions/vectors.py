"""A window's documents as sparse matrices, one row each; scipy is loaded here, and only when called."""

from array import array
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from newsletter.editions.pair_weights import PairWeights
from newsletter.editions.wording import GRAM, Names, Wording

# Words in a row say more than each, but newsrooms seldom share them: half a word's weight.
PAIR_SHARE = 0.5
# Neighbours are looked for by a document's most telling terms, and by none that very many share.
_TERMS_SOUGHT = 14
_COMMON = 400
_COMMON_GROWTH = 4.0
_TEXTS = 5_000
_RUN_BITS = 20


@dataclass(frozen=True, slots=True)
class Vectors:
    """`words`, `pairs` and `grams` have rows of unit length; `plain` holds the words' own weights.

    `telling`, `naming` and `numbering` go with the columns of `plain`: how rare a word is, the same
    times how likely it is a name, and 1 for numbers. `sought` is what neighbours are looked for by.
    """

    words: Any
    pairs: Any
    grams: Any
    plain: Any
    sought: Any
    telling: Any
    naming: Any
    numbering: Any


def make_vectors(told: Sequence[Wording], names: Names, weights: PairWeights) -> Vectors:
    """The matrices of the documents `told`, in their order."""
    import numpy as np
    from scipy.sparse import diags, hstack  # type: ignore[import-untyped]

    sequence, row, words = _sequences([one.text for one in told])
    plain = _ones(row, sequence, (len(told), max(1, len(words))))
    held = np.bincount(plain.indices, minlength=len(words)).tolist()
    telling = _row(weights.weight(word, max(held[at], 1), len(told)) for at, word in enumerate(words))
    pairs, halves = _pairs(sequence, row, len(told), telling)
    weighted, weighted_pairs = plain @ diags(telling), pairs @ diags(halves)
    sought = hstack([weighted, PAIR_SHARE * weighted_pairs], format="csr")
    return Vectors(
        words=unit(weighted),
        pairs=unit(weighted_pairs),
        grams=unit(_letter_runs([one.text for one in told])),
        plain=plain,
        sought=unit(strongest(without_common(sought), _TERMS_SOUGHT)),
        telling=telling,
        naming=telling * _row(names.likely(word) for word in words),
        numbering=_row(float(any(letter.isdigit() for letter in word)) for word in words),
    )


def unit(matrix: Any) -> Any:
    """The rows at length 1; empty rows stay empty."""
    import numpy as np
    from scipy.sparse import diags

    lengths = np.sqrt(np.asarray(matrix.multiply(matrix).sum(axis=1)).ravel())
    lengths[lengths == 0] = 1
    return (diags((1 / lengths).astype(np.float32)) @ matrix).tocsr()


def without_common(matrix: Any) -> Any:
    """Without the columns that so many rows hold that comparing by them would cost the most."""
    import numpy as np

    most = max(_COMMON, _COMMON_GROWTH * matrix.shape[0] ** 0.5)
    held = np.bincount(matrix.indices, minlength=matrix.shape[1])
    return matrix[:, (held > 1) & (held <= most)].tocsr()


def strongest(matrix: Any, most: int) -> Any:
    """Each row's `most` greatest values, the rest left out."""
    import numpy as np
    from scipy.sparse import csr_matrix

    rows = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))
    top = matrix.data.max(initial=1e-9)
    order = np.argsort(rows - matrix.data / (2 * top), kind="stable")
    place = np.arange(len(order)) - matrix.indptr[rows[order]]
    kept = order[place < most]
    return csr_matrix((matrix.data[kept], (rows[kept], matrix.indices[kept])), shape=matrix.shape)


def counts(told: Sequence[Mapping[str, float]]) -> tuple[Any, list[str]]:
    """One row a document, one column a term; and the terms."""
    import numpy as np
    from scipy.sparse import csr_matrix

    columns: dict[str, int] = {}
    indices: list[int] = []
    values: list[float] = []
    ends = [0]
    for terms in told:
        indices += [columns.setdefault(term, len(columns)) for term in terms]
        values += terms.values()
        ends.append(len(indices))
    shape = (len(told), max(1, len(columns)))
    cells = (np.array(values, np.float32), np.array(indices, np.int32), np.array(ends, np.int32))
    return csr_matrix(cells, shape=shape), list(columns)


def _sequences(texts: Sequence[str]) -> tuple[Any, Any, list[str]]:
    """Every word of every text in order, as its number; the text each is of; and the words by number."""
    import numpy as np

    numbers: dict[str, int] = {}
    found = array("i")
    lengths = []
    for text in texts:
        words = text.split()
        lengths.append(len(words))
        found.extend(numbers.setdefault(word, len(numbers)) for word in words)
    return np.array(found, np.int64), np.repeat(np.arange(len(texts)), lengths), list(numbers)


def _pairs(sequence: Any, row: Any, count: int, telling: Any) -> tuple[Any, Any]:
    """One row a text, one column each two words in a row; and how telling those are."""
    import numpy as np

    inside = row[:-1] == row[1:]
    first, second = sequence[:-1][inside], sequence[1:][inside]
    known, columns = np.unique(first * len(telling) + second, return_inverse=True)
    halves = PAIR_SHARE * (telling[known // len(telling)] + telling[known % len(telling)])
    weights = halves if len(known) else np.zeros(1, np.float32)
    return _ones(row[:-1][inside], columns, (count, max(1, len(known)))), weights.astype(np.float32)


def _ones(row: Any, column: Any, shape: tuple[int, int]) -> Any:
    """1 in each named cell, however often it is named."""
    import numpy as np
    from scipy.sparse import csr_matrix

    found = csr_matrix((np.ones(len(row), np.float32), (row, column)), shape=shape)
    found.sum_duplicates()
    found.data[:] = 1
    return found


def _letter_runs(texts: Sequence[str]) -> Any:
    """One row a text: 1 in the column of each run of four letters in it."""
    from scipy.sparse import vstack

    parts = [texts[start : start + _TEXTS] for start in range(0, len(texts), _TEXTS)]
    return vstack([_runs_of(part) for part in parts], format="csr")


def _runs_of(texts: Sequence[str]) -> Any:
    """Some texts at once, as an array of code points: run by run it would take the most time of all.

    A run's column is a mix of its letters; that two runs share one is rare and costs a little likeness.
    """
    import numpy as np

    points = np.frombuffer("".join(texts).encode("utf-32-le", "surrogatepass"), np.uint32).astype(np.uint64)
    row = np.repeat(np.arange(len(texts)), [len(text) for text in texts])
    count = max(len(points) - GRAM + 1, 0)
    runs = np.zeros(count, np.uint64)
    for place in range(GRAM):
        runs = runs * np.uint64(0x9E3779B97F4A7C15) + points[place : place + count]
    inside = row[:count] == row[len(row) - count :]
    columns = (runs[inside] >> np.uint64(64 - _RUN_BITS)).astype(np.int32)
    return _ones(row[:count][inside], columns, (len(texts), 2**_RUN_BITS))


def _row(values: Iterable[float]) -> Any:
    import numpy as np

    found = np.fromiter(values, np.float32)
    return found if len(found) else np.zeros(1, np.float32)
