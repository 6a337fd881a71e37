"""Headlines in great number, as unevenly worded and told as real ones: nothing of it is real."""

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import accumulate

from newsletter.editions.documents import Document

NOW = datetime(2026, 11, 22, 5, 0, tzinfo=UTC)
_WINDOW_MINUTES = 2 * 24 * 60
_COMMON = ("to", "in", "of", "for", "the", "on", "as", "after", "with", "and", "over", "at", "new", "says")
_VOCABULARY = 30_000
_TOLD_BY = 4


def many_headlines(count: int) -> list[Document]:
    """`count` headlines of two days by 400 newsrooms, in many small stories and few large ones.

    A telling takes some of the event's words and some of its own, a few of the common ones between.
    """
    chance = random.Random(11)
    words = [
        "".join(chance.choices("abcdefghiklmnoprstuvw", k=chance.randint(4, 9))) for _ in range(_VOCABULARY)
    ]
    shares = list(accumulate(1 / (rank + 40) for rank in range(_VOCABULARY)))
    made: list[Document] = []
    for size in _sizes(chance, count):
        event = [word.title() for word in chance.choices(words, cum_weights=shares, k=11)]
        for _ in range(size):
            own = chance.choices(words, cum_weights=shares, k=2) + chance.choices(_COMMON, k=2)
            title = chance.sample(event, 6) + own
            chance.shuffle(title)
            made.append(_document(len(made) + 1, " ".join(title), chance))
    chance.shuffle(made)
    return made


def _sizes(chance: random.Random, count: int) -> Iterator[int]:
    left = count
    while left:
        size = min(left, 120, int(chance.paretovariate(1.15)) + chance.randrange(_TOLD_BY - 1))
        if size:
            left -= size
            yield size


def _document(number: int, title: str, chance: random.Random) -> Document:
    at = NOW - timedelta(minutes=chance.randrange(_WINDOW_MINUTES))
    source = chance.randrange(400)
    return Document(
        article_id=number,
        source_id=source,
        source=f"Source {source}",
        title=title,
        excerpt="",
        url=f"https://news{source}.example.com/{number}",
        published_at=at,
        first_seen_at=at,
        language="en",
    )
