"""When two articles of different sources are one text: agency copy, printed under whichever headline.

Precision comes first: a wrong merge makes an article disappear, a missed one costs a line. So the text
must be nearly the same word for word, with the same numbers, and must not be what its source writes
under everything.
"""

from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property

from newsletter.ingest.entries import NormalisedEntry
from newsletter.ingest.sketch import (
    MOST_LETTERS,
    OPENING_LETTERS,
    Band,
    Words,
    length,
    likeness,
    shingles,
    text_bands,
    title_band,
    words,
    words_of_body,
)

# Copies follow one another within two days.
WINDOW = timedelta(hours=48)
# Two texts are one from here on; with different headlines they must be closer.
ALIKE, ALIKE_IN_TEXT = 0.85, 0.9
# Shorter texts say too little to go by; then the headline must do, if it is long and of the same day.
FEWEST_WORDS = 25
FEWEST_TITLE_WORDS = 8
SAME_DAY = timedelta(days=1)
_SAME_NUMBERS = 0.5
# Two entries of one feed this much alike share words that their source puts under everything.
_BOILERPLATE = 0.6


@dataclass(frozen=True)
class Text:
    """An article's words as they are compared; `body` is sanitised HTML, `excerpt` plain."""

    title: str
    excerpt: str
    body: str
    published_at: datetime

    @cached_property
    def title_words(self) -> Words:
        return words(self.title)

    @cached_property
    def words(self) -> Words:
        """Of the body, or of the excerpt where that says more."""
        return self._first_words(MOST_LETTERS)

    @cached_property
    def shingles(self) -> frozenset[int]:
        return shingles(self.words)

    @cached_property
    def numbers(self) -> frozenset[str]:
        return _numbers(self.words)

    @cached_property
    def is_long(self) -> bool:
        """Whether the text says enough to be known by."""
        return length(self.words) >= FEWEST_WORDS

    @cached_property
    def bands(self) -> list[Band]:
        """Where to look for copies of it; none for a short text under a short headline."""
        opening = self._first_words(OPENING_LETTERS)
        found = text_bands(shingles(opening)) if length(opening) >= FEWEST_WORDS else []
        return [*found, title_band(self.title_words)] if self._has_long_title else found

    @cached_property
    def _has_long_title(self) -> bool:
        return length(self.title_words) >= FEWEST_TITLE_WORDS

    def _first_words(self, letters: int) -> Words:
        body_is_more = len(self.body) > len(self.excerpt)
        return words_of_body(self.body, letters) if body_is_more else words(self.excerpt, letters)

    def is_copy_of(self, other: "Text") -> bool:
        """Whether the two are one text."""
        apart = abs(self.published_at - other.published_at)
        if apart > WINDOW:
            return False
        same_title = self.title_words == other.title_words
        if not (self.is_long and other.is_long):
            return same_title and self._has_long_title and apart <= SAME_DAY
        return (
            likeness(self.shingles, other.shingles) >= (ALIKE if same_title else ALIKE_IN_TEXT)
            and _same_numbers(_numbers(self.title_words), _numbers(other.title_words))
            and _alike_in_numbers(self.numbers, other.numbers)
        )


@dataclass(frozen=True, slots=True)
class Candidate:
    """A stored article that shares a band; `sources` are all it stands in."""

    article_id: int
    sources: frozenset[int]
    text: Text


def text_of(entry: NormalisedEntry) -> Text:
    """What of an entry is compared."""
    return Text(entry.title, entry.excerpt, entry.body, entry.published_at)


def with_bands(entry: NormalisedEntry, now: datetime) -> NormalisedEntry:
    """The entry with its bands, where it is recent enough to have copies."""
    recent = entry.published_at > now - WINDOW
    return replace(entry, bands=tuple(text_of(entry).bands)) if recent else entry


def find_copied(
    source_id: int, text: Text, candidates: Sequence[Candidate], beside: Iterable[Text]
) -> Candidate | None:
    """The stored article that `text`, new in this source, is a copy of; the earliest of several.

    `beside` are the other entries of its feed. A text that stands under several headlines of one feed,
    here or there, is no article's own.
    """
    found = [one for one in candidates if text.is_copy_of(one.text)]
    sources = [source for one in found for source in one.sources]
    if not found or source_id in sources or len(set(sources)) < len(sources):
        return None
    if text.is_long and any(likeness(text.shingles, other.shingles) >= _BOILERPLATE for other in beside):
        return None
    return min(found, key=lambda one: (one.text.published_at, one.article_id))


def _numbers(told: Words) -> frozenset[str]:
    return frozenset(word for word in told if word[0].isdigit())


def _same_numbers(one: Set[str], other: Set[str]) -> bool:
    """Of headlines: one may leave the numbers out, but not tell others."""
    return one == other or not one or not other


def _alike_in_numbers(one: Set[str], other: Set[str]) -> bool:
    """Reports made from one form differ in their numbers: weather, results, quakes."""
    return not one | other or len(one & other) / len(one | other) > _SAME_NUMBERS
