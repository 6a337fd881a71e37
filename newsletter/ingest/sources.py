"""Adding topics and sources, and looking at how sources are doing: what operators ask for."""

import re
import unicodedata
from collections.abc import Sequence
from datetime import datetime, time
from hashlib import sha256
from zoneinfo import available_timezones

from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from newsletter.ingest.normalise import clean_language
from newsletter.ingest.plain_text import clean_line
from newsletter.ingest.source_address import source_address
from newsletter.models import Source, Topic

MAX_NAME = 200
MAX_TOPIC_NAME = 120
MAX_SLUG = 64
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


class SourceError(ValueError):
    """A topic or source cannot be added; the text says why and what to do."""


def add_topic(
    session: Session,
    slug: str,
    name: str,
    now: datetime,
    cutoff: time,
    timezone: str,
    language: str = "en",
) -> Topic:
    """A new topic, last in the order, whose edition closes at `cutoff` in the IANA zone `timezone`.

    Raises `SourceError`.
    """
    name = clean_line(name)
    if len(slug) > MAX_SLUG or not _SLUG.fullmatch(slug):
        raise SourceError(f"{slug!r} cannot be a topic's short name: use a-z, 0-9 and single hyphens.")
    if not name or len(name) > MAX_TOPIC_NAME:
        raise SourceError(f"A topic needs a name of 1 to {MAX_TOPIC_NAME} characters.")
    if timezone not in available_timezones():
        raise SourceError(f"{timezone!r} is no time zone: give one such as Europe/Berlin or UTC.")
    tag = clean_language(language)
    if tag is None:
        raise SourceError(f"{language!r} is no language: give a code such as en, de or pt-BR.")
    if session.scalar(select(Topic.id).where(Topic.slug == slug)):
        raise SourceError(f"There is a topic {slug!r} already.")
    last = session.scalar(select(func.max(Topic.position)))
    topic = Topic(
        slug=slug,
        name=name,
        language=tag,
        cutoff=cutoff,
        timezone=timezone,
        position=0 if last is None else last + 1,
        created_at=now,
    )
    session.add(topic)
    session.flush()
    return topic


def add_source(
    session: Session, url: str, topics: Sequence[Topic], now: datetime, name: str | None = None
) -> tuple[Source, bool]:
    """The source at `url` under these topics, due at once, and whether it is new.

    A known source keeps the topics it has and gains these. Raises `SourceError` for what is not the
    address of a feed.
    """
    address = source_address(url)
    if address is None:
        raise SourceError(f"{url[:200]!r} is not the address of a feed: it should start with https://.")
    source = session.scalar(select(Source).where(Source.url == address))
    if source is not None:
        source.topics.extend(topic for topic in topics if topic not in source.topics)
        return source, False
    source = new_source(address, topics, now, name)
    session.add(source)
    session.flush()
    return source, True


def new_source(address: str, topics: Sequence[Topic], now: datetime, name: str | None = None) -> Source:
    """A source, due at once, not in any session yet; without a name it is called as its address."""
    label = clean_line(name or "")[:MAX_NAME] or address[:MAX_NAME]
    return Source(url=address, name=label, next_poll_at=now, created_at=now, topics=list(topics))


def find_topics(session: Session, slugs: Sequence[str]) -> list[Topic]:
    """The topics of these short names. Raises `SourceError` naming those that do not exist."""
    found = {topic.slug: topic for topic in session.scalars(select(Topic).where(Topic.slug.in_(slugs)))}
    missing = [slug for slug in slugs if slug not in found]
    if missing:
        there = ", ".join(session.scalars(select(Topic.slug).order_by(Topic.position)))
        raise SourceError(
            f"There is no topic {', '.join(missing)}. There are: {there or 'none yet'}. "
            "Add one with: newsletter topic add SLUG NAME"
        )
    return [found[slug] for slug in dict.fromkeys(slugs)]


def topics_in_order(session: Session) -> list[Topic]:
    """Every topic with its sources, in the operator's order."""
    everything = select(Topic).options(selectinload(Topic.sources)).order_by(Topic.position, Topic.id)
    return list(session.scalars(everything))


def sources_in_order(session: Session) -> list[Source]:
    """Every source with its topics, failing ones first, then by name."""
    order = (Source.failure.is_(None), func.lower(Source.name), Source.id)
    return list(session.scalars(select(Source).options(selectinload(Source.topics)).order_by(*order)))


def slug_of(name: str) -> str:
    """A topic's short name made from its name; names in other alphabets get a stable made-up one."""
    letters = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", letters).strip("-")[:MAX_SLUG].rstrip("-")
    return slug or f"topic-{sha256(name.encode()).hexdigest()[:8]}"
