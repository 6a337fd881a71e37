"""When two documents say the same in nearly the same words: copies, not coverage."""

from collections.abc import Iterable, Sequence
from functools import lru_cache

from newsletter.editions.documents import Document
from newsletter.editions.words import overlap, stems

TITLES_ALIKE = 0.75
TEXTS_ALIKE = 0.8
# Titles this much alike repeat each other when the pair score is sure that they tell of one event.
TITLES_REPEAT = 0.6
SURE = 0.95
# Two titles of one or two words may be alike by chance ("Live blog").
_FEWEST_WORDS = 3


def same_title(one: Document, other: Document) -> bool:
    """Whether two titles are near-identical."""
    first, second = _words(one.title), _words(other.title)
    if min(len(first), len(second)) < _FEWEST_WORDS:
        return first == second
    return overlap(first, second) >= TITLES_ALIKE


def is_copy(one: Document, other: Document) -> bool:
    """Whether two documents carry the same text, as agency copy printed by several newsrooms does."""
    return same_title(one, other) and overlap(_text(one), _text(other)) >= TEXTS_ALIKE


def _text(document: Document) -> frozenset[str]:
    return _words(f"{document.title} {document.excerpt}")


@lru_cache(maxsize=20_000)
def _words(text: str) -> frozenset[str]:
    return frozenset(stems(text))


def reprints(documents: Sequence[Document], pairs: Iterable[tuple[int, int, float]]) -> dict[int, int]:
    """The near-identical tellings among `documents`, each with the one it repeats, by their indices.

    `pairs` are scored pairs of indices: close words alone do not make a copy (a market report has the
    same title every day), so a pair must also be sure to tell of one event. The first of several
    stays; none points at one that itself repeats another.
    """
    kept: dict[int, int] = {}
    for one, other, score in sorted(pairs):
        if score >= SURE and _repeats(documents[one], documents[other]):
            first = kept.get(one, one)
            if first != other:
                kept.setdefault(other, first)
    return kept


def _repeats(one: Document, other: Document) -> bool:
    first, second = _words(one.title), _words(other.title)
    return min(len(first), len(second)) >= _FEWEST_WORDS and overlap(first, second) >= TITLES_REPEAT
