"""The points of a story: its articles' most shared statements; and how long a report takes to read. Pure."""

from collections.abc import Iterable, Sequence

from newsletter.editions.central import central
from newsletter.editions.documents import Document
from newsletter.editions.summarise import clean

MOST = 3
_WORDS_A_MINUTE = 220
_SIGNS_A_MINUTE = 500


def key_points(documents: Sequence[Document], said: Iterable[str], most: int = MOST) -> list[str]:
    """Up to `most` sentences of the documents, the most shared first; nothing that `said` tells already."""
    return central([clean(one.excerpt) or clean(one.page_text) for one in documents], said, most)


def reading_seconds(text: str) -> int:
    """How long reading `text` takes: 220 words a minute, 500 signs where words are not spaced."""
    spaced, signs = 0, 0
    for word in text.split():
        unspaced = sum("\u3040" <= sign <= "\u9fff" or "\u0e00" <= sign <= "\u0eff" for sign in word)
        signs += unspaced
        spaced += unspaced < len(word)
    return round(60 * (spaced / _WORDS_A_MINUTE + signs / _SIGNS_A_MINUTE))
