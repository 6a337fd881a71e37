"""Readers as planning sees them: a chunk of plain values, loaded in two queries however many."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from newsletter import sendtime
from newsletter.models import Subscriber, SubscriberStatus, Subscription, Topic

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Reader:
    """What planning needs to know of an active subscriber; `topics` in the order of an issue."""

    id: int
    handle: str
    send_time: time
    timezone: str
    weekdays: int
    next_issue_at: datetime | None
    editions_until: datetime | None
    welcomed_at: datetime | None
    topics: tuple[int, ...] = ()

    @property
    def zone(self) -> ZoneInfo:
        return zone_of(self.timezone)

    def local_date(self, moment: datetime) -> date:
        return sendtime.local_date(moment, self.zone)

    def slot_date(self, slot: datetime) -> date:
        """The local date whose issue is due at `slot`: not always the calendar's (see `sendtime`)."""
        return sendtime.slot_date(slot, self.send_time, self.zone)

    def next_slot(self, after: datetime) -> datetime | None:
        """The first of their slots strictly after `after`; None when they chose no weekday."""
        return _next_slot(after, self.send_time, self.timezone, self.weekdays)


_COLUMNS = (
    Subscriber.id,
    Subscriber.handle,
    Subscriber.send_time,
    Subscriber.timezone,
    Subscriber.weekdays,
    Subscriber.next_issue_at,
    Subscriber.editions_until,
    Subscriber.welcomed_at,
)


def take_readers(session: Session, limit: int, *wanted: ColumnElement[bool]) -> list[Reader]:
    """Up to `limit` active readers, longest due first, held until the transaction ends.

    On PostgreSQL rows another planner holds are left to it; on SQLite there is one writer at a time.
    """
    rows = session.execute(
        select(*_COLUMNS)
        .where(Subscriber.status == SubscriberStatus.ACTIVE, *wanted)
        .order_by(Subscriber.next_issue_at)
        .limit(limit)
        .with_for_update(skip_locked=True, of=Subscriber)
    ).all()
    topics = _topics_of(session, [row.id for row in rows])
    return [Reader(*row, topics=tuple(topics.get(row.id, ()))) for row in rows]


def reader_of(session: Session, subscriber: Subscriber) -> Reader:
    """One subscriber as planning sees them."""
    topics = _topics_of(session, [subscriber.id])
    values = {column.key: getattr(subscriber, column.key) for column in _COLUMNS}
    return Reader(**values, topics=tuple(topics.get(subscriber.id, ())))


def save_readers(session: Session, changes: Sequence[dict[str, Any]]) -> None:
    """Write back what planning changed; each dict names its subscriber by `id`."""
    if changes:
        session.execute(update(Subscriber), changes)


@lru_cache(maxsize=1024)
def zone_of(name: str) -> ZoneInfo:
    """The zone of this name; UTC for one this machine no longer knows.

    Zone names do disappear between releases of the tz database. One such reader must neither stop
    the planning of everybody else nor be left without mail.
    """
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        log.warning("unknown time zone", zone=name)
        return ZoneInfo("UTC")


@lru_cache(maxsize=8192)
def _next_slot(after: datetime, at: time, zone: str, weekdays: int) -> datetime | None:
    # Readers of one zone and hour share the answer: a chunk is planned at one moment.
    return sendtime.next_instant(after, at, zone_of(zone), weekdays)


def _topics_of(session: Session, subscriber_ids: Sequence[int]) -> dict[int, list[int]]:
    followed = session.execute(
        select(Subscription.subscriber_id, Subscription.topic_id)
        .join(Topic, Topic.id == Subscription.topic_id)
        .where(Subscription.subscriber_id.in_(subscriber_ids), Topic.active)
        .order_by(Topic.position, Topic.id)
    )
    topics: dict[int, list[int]] = {}
    for subscriber_id, topic_id in followed:
        topics.setdefault(subscriber_id, []).append(topic_id)
    return topics
