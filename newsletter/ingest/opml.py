"""OPML in and out: the format feed readers exchange their subscriptions in (http://opml.org/spec2.opml)."""

from dataclasses import dataclass
from datetime import UTC, datetime, time
from email.utils import format_datetime
from xml.etree.ElementTree import Element, SubElement, indent, register_namespace, tostring

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from newsletter.ingest.opml_read import OWN, OpmlError, OpmlFeed, OpmlTopic, read_opml
from newsletter.ingest.plain_text import clean_line
from newsletter.ingest.source_address import source_address
from newsletter.ingest.sources import MAX_SLUG, add_topic, new_source, slug_of, sources_in_order
from newsletter.models import Source, Topic

__all__ = ["ImportReport", "OpmlError", "export_opml", "import_opml", "read_opml"]

register_namespace("edition", OWN)


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import did; `refused` holds the addresses that cannot be a feed's."""

    added: int
    known: int
    new_topics: tuple[str, ...]
    refused: tuple[str, ...]


def import_opml(session: Session, data: bytes, now: datetime, cutoff: time, timezone: str) -> ImportReport:
    """Add what an OPML file names; new topics close at `cutoff` in `timezone` unless it says otherwise.

    What is known stays as it is, and gains the topics the file has it under. Raises `OpmlError`.
    """
    opml = read_opml(data)
    sound = [feed for feed in opml.feeds if source_address(feed.url)]
    wanted = {topic for feed in sound for topic in feed.topics}
    shelf = _Shelf(session, now, cutoff, timezone)
    for topic in opml.topics:
        if topic.slug or topic in wanted:
            shelf.place(topic)
    before = session.scalars(select(Source).options(selectinload(Source.topics)))
    known = {source.url: source for source in before}
    added = [_add(feed, shelf, known, now) for feed in sound]
    # All at once: one by one, thousands of feeds would keep everybody else from writing for long.
    session.add_all(source for source in added if source is not None)
    session.flush()
    refused = tuple(feed.url[:200] for feed in opml.feeds if not source_address(feed.url))
    new = sum(source is not None for source in added)
    return ImportReport(new, len(sound) - new, tuple(shelf.new), refused)


def export_opml(session: Session, title: str, now: datetime) -> str:
    """Every source under each of its topics, as OPML 2.0."""
    root = Element("opml", version="2.0")
    head = SubElement(root, "head")
    SubElement(head, "title").text = clean_line(title)
    SubElement(head, "dateCreated").text = format_datetime(now.astimezone(UTC), usegmt=True)
    body = SubElement(root, "body")
    topics = session.scalars(select(Topic).order_by(Topic.position, Topic.id))
    folders = {topic.id: SubElement(body, "outline", _of_topic(topic)) for topic in topics}
    for source in sources_in_order(session):
        for folder in [folders[topic.id] for topic in source.topics] or [body]:
            SubElement(folder, "outline", _of_source(source))
    indent(root)
    return f'<?xml version="1.0" encoding="utf-8"?>\n{tostring(root, encoding="unicode")}\n'


class _Shelf:
    """The topics there are, and those an import adds."""

    def __init__(self, session: Session, now: datetime, cutoff: time, timezone: str) -> None:
        self._session, self._now, self._cutoff, self._timezone = session, now, cutoff, timezone
        self._by_slug = {topic.slug: topic for topic in session.scalars(select(Topic))}
        self._by_name = {topic.name.casefold(): topic for topic in self._by_slug.values()}
        self._places: dict[OpmlTopic, Topic] = {}
        self.new: dict[str, Topic] = {}

    def place(self, told: OpmlTopic) -> Topic:
        """The topic a file means: of its short name, of its name, or a new one."""
        if told not in self._places:
            self._places[told] = self._known(told) or self._add(told)
        return self._places[told]

    def _known(self, told: OpmlTopic) -> Topic | None:
        if told.slug:
            return self._by_slug.get(told.slug)
        named = self._by_name.get(told.name.casefold())
        if named is not None:
            return named
        like = self._by_slug.get(slug_of(told.name))
        # "C++" and "C#" of one file are two topics, though both are "c" in short.
        return like if like is not None and like.slug not in self.new else None

    def _add(self, told: OpmlTopic) -> Topic:
        slug = told.slug or self._free(slug_of(told.name))
        cutoff, zone = told.cutoff or self._cutoff, told.timezone or self._timezone
        topic = add_topic(self._session, slug, told.name, self._now, cutoff, zone, told.language or "en")
        topic.active = told.active
        self.new[slug] = self._by_slug[slug] = topic
        self._by_name.setdefault(told.name.casefold(), topic)
        return topic

    def _free(self, slug: str) -> str:
        number, free = 1, slug
        while free in self._by_slug:
            number += 1
            free = f"{slug[: MAX_SLUG - 5].rstrip('-')}-{number}"
        return free


def _add(feed: OpmlFeed, shelf: _Shelf, known: dict[str, Source], now: datetime) -> Source | None:
    """The source a feed becomes; None where it is known, which then gains its topics."""
    address = source_address(feed.url) or ""
    topics = list(dict.fromkeys(shelf.place(topic) for topic in feed.topics))
    if address in known:
        source = known[address]
        source.topics.extend(topic for topic in topics if topic not in source.topics)
        return None
    source = new_source(address, topics, now, feed.name)
    source.site_url, source.language, source.full_text = feed.site_url, feed.language, feed.full_text
    return source


def _of_topic(topic: Topic) -> dict[str, str]:
    own = {
        "slug": topic.slug,
        "language": topic.language,
        "cutoff": topic.cutoff.isoformat(),
        "timezone": topic.timezone,
    }
    return {"text": topic.name} | _in_own(own if topic.active else own | {"active": "false"})


def _of_source(source: Source) -> dict[str, str]:
    said = {"type": "rss", "text": source.name, "xmlUrl": source.url}
    said |= {"htmlUrl": source.site_url} if source.site_url else {}
    said |= {"language": source.language} if source.language else {}
    return said | (_in_own({"fullText": "true"}) if source.full_text else {})


def _in_own(said: dict[str, str]) -> dict[str, str]:
    return {f"{{{OWN}}}{name}": value for name, value in said.items()}
