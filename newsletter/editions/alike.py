"""When two documents say the same in nearly the same words: copies, not coverage."""

from functools import lru_cache

from newsletter.editions.documents import Document
from newsletter.editions.words import overlap, stems

TITLES_ALIKE = 0.75
TEXTS_ALIKE = 0.8
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
