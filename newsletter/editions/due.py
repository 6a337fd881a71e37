"""Which editions are due: a topic's newest cut-off has passed and there may be something to say."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from newsletter.editions.assign import judges_all
from newsletter.editions.gather import LONGEST_WINDOW, is_first, news_limit, unconsidered
from newsletter.models import Edition, Source, SourceStatus, SourceTopic, Topic
from newsletter.sendtime import instant_of, local_date

CATCH_UP = timedelta(hours=24)
# So long a topic's first edition waits for sources never polled yet.
FIRST_POLL = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class DueEdition:
    """An edition to be closed: its topic, its date in the topic's zone, the instant of its cut-off."""

    topic_id: int
    date: date
    cutoff: datetime


def due_topics(session: Session, now: datetime) -> list[DueEdition]:
    """The newest edition of each active topic whose cut-off has passed and that does not exist yet.

    A topic without one article that was never considered for it is left out: asking costs one indexed
    query, so a quiet topic is not gone through again every minute. Cut-offs more than 24 hours ago
    are let go. A topic's first edition waits until its new sources have been polled once.
    """
    topics = session.scalars(select(Topic).where(Topic.active).order_by(Topic.position, Topic.id)).all()
    everywhere = judges_all(session)
    cutoffs = ((topic, newest_cutoff(topic, now)) for topic in topics)
    return [due for topic, due in cutoffs if due and _waits(session, topic, due, now, everywhere)]


def newest_cutoff(topic: Topic, now: datetime) -> DueEdition | None:
    """The edition whose cut-off passed last; None when that is more than 24 hours ago."""
    zone = ZoneInfo(topic.timezone)
    for day in _days_back(local_date(now, zone)):
        cutoff = instant_of(day, topic.cutoff, zone)
        if cutoff is not None and now - CATCH_UP <= cutoff <= now:
            return DueEdition(topic.id, day, cutoff)
    return None


def cutoff_of(topic: Topic, day: date) -> datetime | None:
    """The instant at which the topic's edition of `day` closes; None when its zone skipped that date."""
    return instant_of(day, topic.cutoff, ZoneInfo(topic.timezone))


def _days_back(today: date) -> Iterator[date]:
    return (today - timedelta(days=back) for back in range(3))


def _waits(session: Session, topic: Topic, due: DueEdition, now: datetime, everywhere: bool) -> bool:
    if session.scalar(select(exists().where(Edition.topic_id == topic.id, Edition.date == due.date))):
        return False
    if is_first(session, topic.id) and _first_polls_pending(session, topic.id, now):
        return False
    limit = news_limit(session, topic.id, due.cutoff, now)
    new = unconsidered(topic.id, due.cutoff - LONGEST_WINDOW, limit, now, everywhere)
    return bool(session.scalar(select(new.exists())))


def _first_polls_pending(session: Session, topic_id: int, now: datetime) -> bool:
    never = (
        select(Source.id)
        .join(SourceTopic, SourceTopic.source_id == Source.id)
        .where(
            SourceTopic.topic_id == topic_id,
            Source.status == SourceStatus.ACTIVE,
            Source.last_polled_at.is_(None),
            Source.created_at > now - FIRST_POLL,
        )
    )
    return bool(session.scalar(select(never.exists())))
