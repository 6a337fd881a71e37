"""What a careful person expects of a feed, as written in YAML, beside what the program reads in it.

README.md in this folder tells what the YAML's words mean.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import yaml

from newsletter.ingest.dedupe import collapse
from newsletter.ingest.entries import NormalisedEntry, ReadFeed
from newsletter.ingest.language import detect, sample, with_language
from newsletter.ingest.parse import ParseError
from newsletter.ingest.read import read_feed

HERE = Path(__file__).parent
NOW = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
NONE, UNDATED, MISSING = "none", "undated", "nothing of that name or place"
_ADDRESSES = ("site", "link", "image")
_NO_FACTS = ("url", "entries", "may_be_refused")


@dataclass(frozen=True, slots=True)
class Field:
    """One fact of a feed: `name` as misses.yaml calls it (`title`, `2.link`), all values that are right."""

    file: str
    name: str
    expected: tuple[str, ...]
    found: str

    @property
    def right(self) -> bool:
        """Whether what was found is one of the right values; addresses are right in any spelling of one."""
        key = self.name.rpartition(".")[2]
        if key == "title_starts":
            return self.found.startswith(self.expected)
        if key in _ADDRESSES:
            return unquote(self.found) in [unquote(one) for one in self.expected]
        return self.found in self.expected

    def __str__(self) -> str:
        return f"{self.file} {self.name}: expected {' or '.join(self.expected)!r}, got {self.found!r}"


def files_expected() -> list[str]:
    """The names of all feed files that somebody has read."""
    return sorted(path.name.removesuffix(".yaml") for path in HERE.glob("*.*.yaml"))


def known_misses() -> dict[tuple[str, str], str]:
    """Why, by file and field, what the program is known to get wrong."""
    listed = yaml.safe_load((HERE / "misses.yaml").read_text(encoding="utf-8")) or {}
    return {(file, name): reason for file, fields in listed.items() for name, reason in fields.items()}


def fields_of(feed: Path) -> list[Field]:
    """Every fact expected of the feed file at `feed`, beside what the program finds."""
    told = yaml.safe_load((HERE / f"{feed.name}.yaml").read_text(encoding="utf-8"))
    url = told.get("url", f"https://feeds.example.com/{feed.name}")
    try:
        read, refused = _in_its_language(read_feed(feed.read_bytes(), url, "", NOW)), ""
    except ParseError as error:
        read, refused = ReadFeed(), f"refused: {error.reason}"
    found = {"readable": refused or "yes", **_of_feed(read)}
    expected = {"readable": "yes"} | {name: told[name] for name in told if name not in _NO_FACTS}
    if told.get("may_be_refused"):
        expected["readable"] = found["readable"]
    own = [_field(feed.name, name, value, found.get(name)) for name, value in expected.items()]
    return [*own, *_of_entries(feed.name, told.get("entries", []), read.entries)]


def _in_its_language(read: ReadFeed) -> ReadFeed:
    words = sample(read)
    return with_language(read, detect(words)) if words else read


def _of_feed(read: ReadFeed) -> dict[str, str]:
    languages = Counter(entry.language for entry in read.entries).most_common(1)
    return {
        "title": read.title or NONE,
        "site": read.site_url or NONE,
        "language": read.language or (languages[0][0] if languages else None) or NONE,
        "count": str(len(collapse(read.entries))),
    }


def _of_entries(
    file: str, told: list[dict[str, Any]], entries: tuple[NormalisedEntry, ...]
) -> Iterator[Field]:
    for one in told:
        found = _of_entry(entries[one["at"] - 1]) if one["at"] <= len(entries) else {}
        for name in one:
            if name != "at":
                yield _field(file, f"{one['at']}.{name}", one[name], found.get(name))


def _of_entry(entry: NormalisedEntry) -> dict[str, str]:
    dated = getattr(entry, "dated", entry.published_at != NOW)
    return {
        "title": entry.title,
        "title_starts": entry.title,
        "link": entry.url,
        "date": entry.published_at.strftime("%Y-%m-%d %H:%M:%S") if dated else UNDATED,
        "author": entry.author or NONE,
        "image": entry.image_url or NONE,
        "guid": entry.guid,
    }


def _field(file: str, name: str, told: Any, found: str | None) -> Field:
    expected = tuple(str(one) for one in told) if isinstance(told, list) else (str(told),)
    return Field(file, name, expected, MISSING if found is None else found)
