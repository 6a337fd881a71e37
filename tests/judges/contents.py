"""What the judged mails tell of: made-up news in six languages, and the strings of those who mean harm."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from itertools import islice

from newsletter.demo.sample import LANGUAGES, sample_editions
from newsletter.mail.issue import EditionContent, RelatedContent, StoryContent
from newsletter.mail.wording import one_line
from newsletter.models import Length
from tests.web.strings import shared_strings

__all__ = ["CONTENTS", "CUTOFF", "LANGUAGES", "LENGTHS", "editions", "name_and_address"]

CUTOFF = datetime(2026, 1, 5, 4, 0, tzinfo=UTC)
LENGTHS = (Length.HEADLINES, Length.STANDARD, Length.FULL)
CONTENTS = ("ordinary", "hostile")
_RELATED = 2
# No address of a feed reaches a mail unless it leads to the web, so the strings stand as words only.
_URL = "https://news.example.org/hostile"


def editions(language: str, length: str, content: str) -> tuple[EditionContent, ...]:
    """The editions of one issue: `ordinary` or `hostile`, two topics."""
    made = sample_editions(language, CUTOFF, "Europe/Berlin")
    if content == "ordinary":
        return made
    strings = _share(language, length)
    half = len(strings) // 2
    parts = (strings[:half], strings[half:])
    return tuple(_hostile(one, part) for one, part in zip(made, parts, strict=True))


def name_and_address(language: str, length: str, content: str) -> tuple[str, str]:
    """What the publication is called, and how a reader's address begins: `ordinary` or `hostile`."""
    if content == "ordinary":
        return "Daily Edition", "reader"
    longest = max(_share(language, length), key=lambda text: (len(set(text)), len(text)))
    # Whatever may stand before an @ without quotes (RFC 5322, section 3.2.3), but the apostrophe: a rule of
    # SpamAssassin takes any reader who has one for a victim.
    return one_line(longest, 80), "!#$%&*+/=?^_`{|}~-"


def _share(language: str, length: str) -> Sequence[str]:
    """This mail's part of all strings: every string is in one of the mails, each in one only."""
    mails = len(LANGUAGES) * len(LENGTHS)
    number = LANGUAGES.index(language) * len(LENGTHS) + LENGTHS.index(Length(length))
    return [_storable(text) for text in islice(shared_strings(), number, None, mails)]


def _storable(text: str) -> str:
    """As a database takes it: without half characters and, for PostgreSQL, without NUL."""
    return text.encode("utf-8", "replace").decode().replace("\0", "\ufffd")


def _hostile(edition: EditionContent, strings: Sequence[str]) -> EditionContent:
    words = iter(strings[1:])
    return replace(edition, topic_name=strings[0], stories=tuple(_stories(words)))


def _stories(words: Iterator[str]) -> Iterator[StoryContent]:
    """Stories until the words run out: headline, source, summary; title, source and excerpt of related."""
    for number in range(1000):
        taken = list(islice(words, 3 + 3 * _RELATED))
        if not taken:
            return
        headline, source, summary, *others = [*taken, *[""] * (3 + 3 * _RELATED - len(taken))]
        yield StoryContent(
            headline=headline,
            url=f"{_URL}/{number}",
            source=source,
            published_at=CUTOFF,
            summary=summary,
            related=tuple(
                RelatedContent(others[at], f"{_URL}/{number}/{at}", others[at + 1], CUTOFF, others[at + 2])
                for at in range(0, 3 * _RELATED, 3)
            ),
        )
