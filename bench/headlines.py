"""Labelled headlines of the shared data folder, as documents: to train on and to measure with."""

import csv
import gzip
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO

from newsletter.editions.documents import Document


@dataclass(frozen=True, slots=True)
class Headline:
    """One row of the file. `group` and `category` are the labels, empty where the file has none."""

    id: str
    part: str
    group: str
    category: str
    document: Document

    @property
    def day(self) -> str:
        """The UTC day it was published; the file's time of day is not real."""
        return self.document.published_at.date().isoformat()


def read_headlines(path: Path) -> list[Headline]:
    """The rows of a file with the columns of `uci-news-dev.csv.gz`, plain or compressed by gzip."""
    sources: dict[str, int] = {}
    with _opened(path) as file:
        return [_headline(number, row, sources) for number, row in enumerate(csv.DictReader(file), 1)]


def _opened(path: Path) -> TextIO:
    if path.suffix == ".gz":
        return gzip.open(path, "rt", encoding="utf-8", newline="")
    return path.open(encoding="utf-8", newline="")


def by_day(headlines: Sequence[Headline]) -> dict[str, list[Headline]]:
    """The headlines of each day, days in order."""
    found: defaultdict[str, list[Headline]] = defaultdict(list)
    for one in headlines:
        found[one.day].append(one)
    return dict(sorted(found.items()))


def _headline(number: int, row: dict[str, str], sources: dict[str, int]) -> Headline:
    at = datetime.fromtimestamp(int(row["timestamp"]) / 1000, UTC)
    publisher = row.get("publisher") or row.get("host") or ""
    document = Document(
        article_id=number,
        source_id=sources.setdefault(publisher, len(sources) + 1),
        source=publisher,
        title=row["title"].removesuffix(" ..."),
        excerpt="",
        url=f"https://{row.get('host') or 'news.example.com'}/{number}",
        published_at=at,
        first_seen_at=at,
        language="en",
    )
    return Headline(row["id"], row.get("part", ""), row.get("group", ""), row.get("category", ""), document)
