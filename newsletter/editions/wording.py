"""What of a headline is compared: words, words in a row, runs of letters, likely names."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from newsletter.editions.documents import Document
from newsletter.editions.words import STEM, stems

GRAM = 4
_POSSESSIVE = re.compile(r"['’]s\b")
_WORD = re.compile(r"[^\W_]+")
# A title with more capitals than this is set in title case, where capitals tell nothing.
_TITLE_CASE = 0.6
_FEWEST_WORDS = 4


@dataclass(frozen=True, slots=True)
class Wording:
    """A headline as its `length` stems, each with a space after it: one text, since very many are held."""

    text: str
    length: int
    source_id: int
    seconds: float

    @property
    def words(self) -> frozenset[str]:
        """Each word once."""
        return frozenset(self.text.split())

    @property
    def pairs(self) -> frozenset[str]:
        """Each two words in a row, once."""
        return frozenset(f"{one} {two}" for one, two in pairwise(self.text.split()))


def wording(document: Document) -> Wording:
    """Take a document's headline apart. One without any word is alike to nothing."""
    title = stems(_POSSESSIVE.sub("", document.title))
    return Wording(
        text="".join(f"{word} " for word in title),
        length=len(title),
        source_id=document.source_id,
        seconds=document.published_at.timestamp(),
    )


def capitals(title: str) -> Iterable[tuple[str, bool]]:
    """The stems of a title's later words, each with whether it is written with a capital.

    None for titles too short or set in title case, which tell nothing about names; nor does a script
    without capitals.
    """
    words = _WORD.findall(title)[1:]
    if len(words) < _FEWEST_WORDS - 1:
        return []
    cased = [word for word in words if word[0].isupper() or word[0].islower()]
    marked = [(word.casefold()[:STEM], word[0].isupper()) for word in cased]
    return marked if sum(upper for _, upper in marked) <= _TITLE_CASE * len(marked) else []


class Names:
    """How likely each word is a name, learnt from how the titles at hand write it."""

    def __init__(self) -> None:
        self._seen: Counter[str] = Counter()
        self._upper: Counter[str] = Counter()

    def learn(self, title: str) -> None:
        """Count the capitals of one more title."""
        for stem, upper in capitals(title):
            self._seen[stem] += 1
            self._upper[stem] += upper

    def likely(self, stem: str) -> float:
        """From 0 to 1; a half for a word never seen in running text."""
        return (self._upper[stem] + 0.25) / (self._seen[stem] + 0.5)


def grams(text: str) -> frozenset[str]:
    """Every run of four letters of a wording's `text`."""
    return frozenset(text[at : at + GRAM] for at in range(len(text) - GRAM + 1))
