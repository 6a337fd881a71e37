"""Made-up publishers, and weeks of polls of them in a moment: no network, no waiting."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from sqlalchemy import func, select

from newsletter.db import Database
from newsletter.ingest.claiming import due_sources
from newsletter.ingest.entries import NormalisedEntry, ReadFeed
from newsletter.ingest.fetch import Fetched, FetchError, FetchPolicy, FetchRequest, NotModified
from newsletter.ingest.poll import PollTools, poll_source
from newsletter.models import Source
from tests.ingest.builders import entry

Answer = Fetched | NotModified | FetchError
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
SHOWN = 40


@dataclass
class Paper:
    """A feed that has an entry at each of `times`; its newest forty are shown."""

    times: list[datetime]
    dated: bool = True
    asks: int | None = None
    polled: list[datetime] = field(default_factory=list)

    def read(self, url: str, now: datetime) -> ReadFeed:
        shown = [time for time in self.times if time <= now][-SHOWN:]
        entries = tuple(self._entry(url, time, now) for time in reversed(shown))
        return ReadFeed(entries=entries, asked_interval=self.asks, undated=0 if self.dated else len(shown))

    def _entry(self, url: str, time: datetime, now: datetime) -> NormalisedEntry:
        made = entry(f"{url}/{time:%Y%m%d%H%M%S}", f"{url} {time:%Y%m%d%H%M%S}")
        return replace(made, published_at=time if self.dated else now, dated=self.dated)


@dataclass
class Press:
    """Papers by address, and what their servers answer instead where `instead` says so."""

    db: Database
    now: datetime
    papers: dict[str, Paper] = field(default_factory=dict)
    instead: dict[str, Callable[[datetime], Answer | None]] = field(default_factory=dict)

    def paper(self, url: str, *times: datetime, **how: object) -> int:
        """A new source with a paper behind it; the source's number."""
        self.papers[url] = Paper(sorted(times), **how)  # type: ignore[arg-type]
        with self.db.write() as session:
            source = Source(url=url, name=url, next_poll_at=self.now, created_at=self.now)
            session.add(source)
            session.flush()
            return source.id

    def live(self, until: datetime, each: Callable[[datetime], None] = lambda _now: None) -> None:
        """Poll whatever is due, minute by minute; minutes in which nothing is due are skipped."""
        while (due := self._next_due()) is not None and due <= until:
            self.now = max(self.now, due)
            with self.db.write() as session:
                ids = due_sources(session, self.now, 100)
            for number in ids:
                poll_source(self.db, number, self.now, PollTools(FetchPolicy(), self._read, self._fetch))
            each(self.now)
        self.now = until

    def source(self, number: int) -> Source:
        with self.db.read() as session:
            return session.get_one(Source, number)

    def polls(self, url: str, since: datetime) -> list[datetime]:
        return [moment for moment in self.papers[url].polled if moment >= since]

    def _next_due(self) -> datetime | None:
        with self.db.read() as session:
            return session.scalar(select(func.min(Source.next_poll_at)).where(Source.status != "gone"))

    def _fetch(self, request: FetchRequest, _policy: FetchPolicy) -> Fetched | NotModified:
        self.papers[request.url].polled.append(self.now)
        instead = self.instead.get(request.url)
        answer = instead(self.now) if instead else None
        if isinstance(answer, FetchError):
            raise answer
        if answer is not None:
            return answer
        newest = max((time for time in self.papers[request.url].times if time <= self.now), default=None)
        etag = f'"{newest}"'
        return NotModified() if request.etag == etag else Fetched(request.url, etag.encode(), etag=etag)

    def _read(self, _body: bytes, url: str, _content_type: str, now: datetime) -> ReadFeed:
        return self.papers[url].read(url, now)


def every(step: timedelta, start: datetime, end: datetime) -> Iterator[datetime]:
    """Moments `step` apart, `end` not among them."""
    while start < end:
        yield start
        start += step
