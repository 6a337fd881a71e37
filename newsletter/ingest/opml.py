"""OPML, the format feed readers exchange their subscriptions in (http://opml.org/spec2.opml)."""

import codecs
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, time
from email.utils import format_datetime
from xml.etree.ElementTree import Element, SubElement, indent, tostring

import listparser
from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter.ingest.plain_text import clean_line
from newsletter.ingest.source_address import source_address
from newsletter.ingest.sources import (
    MAX_TOPIC_NAME,
    add_source,
    add_topic,
    slug_of,
    sources_in_order,
)
from newsletter.models import Topic

MAX_BYTES = 2 * 1024 * 1024
MAX_FEEDS = 5_000
UNSORTED = "General"
_ENCODING = re.compile(rb"""^\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""")
_DECLARATION = re.compile(r"^\s*<\?xml[^>]{0,200}\?>")
_DTD = re.compile(r"<!(?:DOCTYPE|ENTITY|ELEMENT|ATTLIST)", re.I)


class OpmlError(ValueError):
    """The file cannot be imported; the text says why."""


@dataclass(frozen=True, slots=True)
class OpmlFeed:
    """A feed in an OPML file: its address as told, its name, and the folders it stands in."""

    url: str
    name: str
    topics: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import did; `refused` holds the addresses that cannot be a feed's."""

    added: int
    known: int
    new_topics: tuple[str, ...]
    refused: tuple[str, ...]


def read_opml(data: bytes) -> list[OpmlFeed]:
    """The feeds of an OPML file, also of a sloppy one; the innermost folder is the topic.

    Raises `OpmlError` for what is too large, has a document type (entities can be bombs), or is not OPML.
    """
    if len(data) > MAX_BYTES:
        raise OpmlError(f"The file is larger than {MAX_BYTES // (1024 * 1024)} MB.")
    text = _decode(data)
    if _DTD.search(text):
        raise OpmlError("The file declares a document type or entities, which no OPML needs; it is refused.")
    # Bytes, never text: listparser would take a text that looks like an address and fetch it.
    found = listparser.parse(b'<?xml version="1.0" encoding="utf-8"?>' + text.encode())
    if not str(found.version).startswith("opml"):
        raise OpmlError("The file is not OPML: it has no <opml> element.")
    if len(found.feeds) > MAX_FEEDS:
        raise OpmlError(f"The file names more than {MAX_FEEDS} feeds. Split it.")
    return [_feed(raw.url, raw.title, raw.categories) for raw in found.feeds]


def import_opml(session: Session, data: bytes, now: datetime, cutoff: time, timezone: str) -> ImportReport:
    """Add what an OPML file names; new topics close at `cutoff` in `timezone`. Raises `OpmlError`."""
    topics = {topic.slug: topic for topic in session.scalars(select(Topic))}
    before = set(topics)
    added = known = 0
    refused = []
    for feed in read_opml(data):
        if source_address(feed.url) is None:
            refused.append(feed.url[:200])
            continue
        for name in feed.topics:
            slug = slug_of(name)
            if slug not in topics:
                topics[slug] = add_topic(session, slug, name, now, cutoff, timezone)
        places = [topics[slug] for slug in dict.fromkeys(slug_of(name) for name in feed.topics)]
        _source, is_new = add_source(session, feed.url, places, now, feed.name)
        added += is_new
        known += not is_new
    return ImportReport(added, known, tuple(slug for slug in topics if slug not in before), tuple(refused))


def export_opml(session: Session, title: str, now: datetime) -> str:
    """Every source under each of its topics, as OPML 2.0."""
    root = Element("opml", version="2.0")
    head = SubElement(root, "head")
    SubElement(head, "title").text = title
    SubElement(head, "dateCreated").text = format_datetime(now.astimezone(UTC), usegmt=True)
    body = SubElement(root, "body")
    folders = {
        topic.id: SubElement(body, "outline", text=topic.name)
        for topic in session.scalars(select(Topic).order_by(Topic.position, Topic.id))
    }
    for source in sources_in_order(session):
        outline = {"type": "rss", "text": source.name, "xmlUrl": source.url}
        if source.site_url:
            outline["htmlUrl"] = source.site_url
        for folder in [folders[topic.id] for topic in source.topics] or [body]:
            SubElement(folder, "outline", outline)
    indent(root)
    return f'<?xml version="1.0" encoding="utf-8"?>\n{tostring(root, encoding="unicode")}\n'


def _decode(data: bytes) -> str:
    """The text of an XML file: by its byte-order mark, else by its declaration, else UTF-8."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encoding = "utf-16"
    else:
        told = _ENCODING.match(data.removeprefix(codecs.BOM_UTF8))
        encoding = told.group(1).decode("ascii") if told else "utf-8-sig"
    try:
        text = data.decode(encoding)
    except (UnicodeError, LookupError):
        raise OpmlError("The file's characters cannot be read: it is not in the encoding it says.") from None
    return _DECLARATION.sub("", text.lstrip("\ufeff"))


def _feed(url: str, title: str, categories: Iterable[Iterable[str]]) -> OpmlFeed:
    folders = [[clean_line(part)[:MAX_TOPIC_NAME] for part in path] for path in categories]
    names = dict.fromkeys(next((part for part in reversed(path) if part), "") for path in folders)
    topics = tuple(name for name in names if name)
    return OpmlFeed(url.strip(), clean_line(title), topics or (UNSORTED,))
