"""The values a feed turns into: as parsed, as normalised, and the whole of one reading."""

from dataclasses import dataclass, field
from datetime import datetime

from newsletter.ingest.sketch import Band


@dataclass(frozen=True, slots=True)
class Entry:
    """An item as it stands in a feed: nothing trusted, nothing cleaned but unstorable characters.

    `summary` and `content` are HTML; `image_alt` is what is to be seen on the image, as HTML or not;
    `published` and `updated` are aware, None where the feed is silent. `origin` is the title of the feed
    an aggregator took the item from.
    """

    guid: str = ""
    link: str = ""
    title: str = ""
    summary: str = ""
    content: str = ""
    author: str = ""
    published: datetime | None = None
    updated: datetime | None = None
    image: str = ""
    image_alt: str = ""
    language: str = ""
    origin: str = ""
    categories: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ParsedFeed:
    """A feed as it was written; `asked_interval` in seconds."""

    title: str = ""
    link: str = ""
    language: str = ""
    entries: tuple[Entry, ...] = ()
    asked_interval: int | None = None
    hub: str | None = None
    self_url: str | None = None


@dataclass(frozen=True, slots=True)
class NormalisedEntry:
    """An entry fit to be stored: text without markup, sanitised HTML, one address to know it by.

    `url` is where readers go; `canonical_url` is the same for every spelling of one address.
    `bands` are those of its text (`near`), where it is recent and was read in full; None: not made yet.
    `content_hash` changes when the title, the excerpt or the body does. Where the feed told no date that
    can be, `published_at` is when it was read, and `dated` is False.
    """

    guid: str
    url: str
    canonical_url: str
    title: str
    published_at: datetime
    content_hash: str
    excerpt: str = ""
    body: str = ""
    author: str | None = None
    image_url: str | None = None
    image_alt: str = ""
    language: str | None = None
    categories: tuple[str, ...] = ()
    dated: bool = True
    bands: tuple[Band, ...] | None = None


@dataclass(frozen=True, slots=True)
class ReadFeed:
    """A feed ready to be stored; `skipped` counts entries with neither address nor words.

    `asked_interval` is the seconds after which the feed wants to be read again, `undated` the number of
    entries without a date.
    """

    title: str = ""
    site_url: str | None = None
    language: str | None = None
    entries: tuple[NormalisedEntry, ...] = field(default=())
    skipped: int = 0
    asked_interval: int | None = None
    hub: str | None = None
    self_url: str | None = None
    undated: int = 0
