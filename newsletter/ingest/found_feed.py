"""What a feed that was found is like, to choose by: its newest entries, and how many come a week. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from newsletter.ingest.discover import is_of_comments
from newsletter.ingest.entries import ReadFeed

SAMPLE = 3
_RECENT = timedelta(weeks=4)
_SHORTEST = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class FoundFeed:
    """A feed at `url`. `a_week` counts entries over the last four weeks, or as far as the feed goes back.

    Both `last_entry` and `a_week` are None where no entry has a date. `sample` is the newest titles;
    `content` is what the feed shares with others that say the same.
    """

    url: str
    title: str
    language: str | None
    last_entry: datetime | None
    a_week: float | None
    entries: int
    sample: tuple[str, ...]
    of_comments: bool
    content: frozenset[str]


def found_feed(url: str, told_title: str, feed: ReadFeed, now: datetime) -> FoundFeed:
    """The feed at `url`; its own title counts before the one a page told."""
    title = feed.title or told_title or url
    newest = sorted(feed.entries, key=lambda entry: entry.published_at, reverse=True)
    dates = [entry.published_at for entry in newest if entry.dated]
    return FoundFeed(
        url=url,
        title=title,
        language=feed.language,
        last_entry=dates[0] if dates else None,
        a_week=_a_week(dates, now),
        entries=len(feed.entries),
        sample=tuple(entry.title for entry in newest[:SAMPLE]),
        of_comments=is_of_comments(url, f"{told_title} {feed.title}".strip()),
        content=frozenset(entry.canonical_url for entry in feed.entries),
    )


def ranked(feeds: Iterable[FoundFeed]) -> list[FoundFeed]:
    """Each content once, in the order found; feeds of comments last."""
    seen: set[tuple[bool, object]] = set()
    kept = []
    for feed in feeds:
        # Empty feeds have their address in common with nobody.
        key = (feed.of_comments, feed.content or feed.url)
        if key not in seen:
            seen.add(key)
            kept.append(feed)
    return sorted(kept, key=lambda feed: feed.of_comments)


def _a_week(dates: list[datetime], now: datetime) -> float | None:
    if not dates:
        return None
    since = max(dates[-1], now - _RECENT)
    count = sum(date >= since for date in dates)
    return count / (max(now - since, _SHORTEST) / timedelta(weeks=1))
