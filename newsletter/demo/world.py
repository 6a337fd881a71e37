"""The made-up news of the demo, read from `feeds/` into typed values.

`feeds/world.toml` names topics and sources; every file in `feeds/events/` holds the reports about one
event, and each file in `feeds/singles/` reports that only one source has. Adding a report is adding a
`[[report]]` table; nothing else needs to change.
"""

import tomllib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, Literal

from newsletter.demo.tides import tide_table

FEEDS = Path(__file__).resolve().parent / "feeds"
_FILLERS = {"tide-table": tide_table}

FeedFormat = Literal["rss2", "atom", "rdf"]
LinkStyle = Literal["plain", "relative", "tracked", "javascript"]


@dataclass(frozen=True, slots=True)
class DemoTopic:
    """A subject of the demo."""

    slug: str
    name: str


@dataclass(frozen=True, slots=True)
class DemoEntry:
    """One report by one source; `event` is the truth about what it reports on.

    It appears `age` before the demo's now. `guid` None means the usual one, empty means none at all;
    `dated` False leaves the date out, `dated_ahead` moves it into the future. `body` is HTML.
    """

    source: str
    id: str
    event: str
    age: timedelta
    title: str
    summary: str
    body: str = ""
    author: str | None = None
    language: str = "en"
    guid: str | None = None
    link: LinkStyle = "plain"
    dated: bool = True
    dated_ahead: timedelta = timedelta()

    @property
    def day(self) -> int:
        """How many whole days before now it appears: 0, 1 or 2."""
        return self.age.days

    @property
    def path(self) -> str:
        """Where the demo server shows the article."""
        return f"/articles/{self.source}/{self.id}"

    def appears_at(self, now: datetime) -> datetime:
        """The moment the entry enters its feed."""
        return now - self.age

    def printed_date(self, now: datetime) -> datetime | None:
        """The date the feed gives: usually the moment of appearing, but feeds do err."""
        return self.appears_at(now) + self.dated_ahead if self.dated else None


@dataclass(frozen=True, slots=True)
class DemoSource:
    """A feed of the demo: how it is written, and its entries, newest first."""

    slug: str
    name: str
    topic: str
    format: FeedFormat
    description: str
    entries: tuple[DemoEntry, ...]
    language: str = "en"
    encoding: str = "utf-8"
    well_formed: bool = True

    @property
    def path(self) -> str:
        """Where the demo server serves the feed."""
        return f"/feeds/{self.slug}.xml"

    def visible(self, now: datetime, as_of: datetime) -> tuple[DemoEntry, ...]:
        """The entries that stand in the feed at `as_of`, newest first."""
        return tuple(entry for entry in self.entries if entry.appears_at(now) <= as_of)


@cache
def load_topics() -> tuple[DemoTopic, ...]:
    """The topics of the demo, in their order."""
    return tuple(DemoTopic(**table) for table in _read(FEEDS / "world.toml")["topic"])


@cache
def load_sources() -> tuple[DemoSource, ...]:
    """Every source of the demo with its entries.

    Raises `ValueError` when a report names a source that `world.toml` does not know.
    """
    tables: list[dict[str, Any]] = _read(FEEDS / "world.toml")["source"]
    languages = {table["slug"]: table.get("language", "en") for table in tables}
    entries = sorted(_entries(languages), key=lambda entry: entry.age)
    return tuple(
        DemoSource(**table, entries=tuple(entry for entry in entries if entry.source == table["slug"]))
        for table in tables
    )


def load_entries() -> tuple[DemoEntry, ...]:
    """Every entry of every source."""
    return tuple(entry for source in load_sources() for entry in source.entries)


def _entries(languages: dict[str, str]) -> Iterator[DemoEntry]:
    numbers: Counter[str] = Counter()
    for path in sorted(FEEDS.glob("*/*.toml")):
        for report in _read(path)["report"]:
            event = report.get("event", path.stem)
            numbers[event] += 1
            if report["source"] not in languages:
                raise ValueError(f"{path.name}: world.toml has no source {report['source']!r}")
            yield _entry(report, event, numbers[event], languages[report["source"]])


def _entry(report: dict[str, Any], event: str, number: int, language: str) -> DemoEntry:
    filler = report.get("filler")
    return DemoEntry(
        source=report["source"],
        id=f"{event}-{number}",
        event=event,
        age=timedelta(days=report["day"], minutes=round(report["hours"] * 60)),
        title=report["title"],
        summary=" ".join(report["summary"].split()),
        body=_FILLERS[filler]() if filler else _paragraphs(report.get("body", "")),
        author=report.get("author"),
        language=report.get("language", language),
        guid=report.get("guid"),
        link=report.get("link", "plain"),
        dated=report.get("dated", True),
        dated_ahead=timedelta(hours=report.get("dated_ahead", 0)),
    )


def _paragraphs(text: str) -> str:
    """Text with blank lines between paragraphs as HTML; our files hold no markup in bodies."""
    return "\n".join(f"<p>{' '.join(part.split())}</p>" for part in text.strip().split("\n\n") if part)


def _read(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text(encoding="utf-8"))
