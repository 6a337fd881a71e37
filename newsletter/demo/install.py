"""Puts the demo's topics and sources into a database."""

from datetime import datetime, time

from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter.demo.world import DemoSource, load_sources, load_topics
from newsletter.models import Source, SourceTopic, Topic


def install(session: Session, base_url: str, now: datetime, cutoff: time, timezone: str) -> int:
    """Add the demo's topics and sources where missing; returns how many sources were added.

    `base_url` is the demo server's; `cutoff` is the topics' time of day in the IANA zone `timezone`.
    """
    topics = _topics(session, now, cutoff, timezone)
    known = set(session.scalars(select(Source.url)))
    missing = [source for source in load_sources() if base_url + source.path not in known]
    for source in missing:
        _add_source(session, source, topics[source.topic], base_url, now)
    return len(missing)


def _topics(session: Session, now: datetime, cutoff: time, timezone: str) -> dict[str, Topic]:
    topics = {topic.slug: topic for topic in session.scalars(select(Topic))}
    for position, demo in enumerate(load_topics()):
        if demo.slug not in topics:
            topics[demo.slug] = Topic(
                slug=demo.slug,
                name=demo.name,
                cutoff=cutoff,
                timezone=timezone,
                position=position,
                created_at=now,
            )
            session.add(topics[demo.slug])
    session.flush()
    return topics


def _add_source(session: Session, demo: DemoSource, topic: Topic, base_url: str, now: datetime) -> None:
    source = Source(
        url=base_url + demo.path,
        name=demo.name,
        site_url=f"{base_url}/",
        language=demo.language,
        next_poll_at=now,
        created_at=now,
    )
    session.add(source)
    session.flush()
    session.add(SourceTopic(source_id=source.id, topic_id=topic.id))
