"""Readers as planning sees them: a chunk of plain values, loaded in two queries however many."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy import ColumnElement, String, cast, func, select, tuple_, update
from sqlalchemy.orm import Session

from newsletter import sendtime
from newsletter.delivery.given import among
from newsletter.models import Subscriber, SubscriberStatus, Subscription, Topic

log = structlog.get_logger()

# Where planning has come to in the order of `take_readers`: a slot, and the reader's number.
Position = tuple[datetime | None, int]
# New values of a subscriber's columns, by their names.
Change = Mapping[str, datetime | None]


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
    quiet_note: bool = False
    topics: tuple[int, ...] = ()

    @property
    def zone(self) -> ZoneInfo:
        return zone_of(self.timezone)

    def local_date(self, moment: datetime) -> date:
        return sendtime.local_date(moment, self.zone)

    def slot_date(self, slot: datetime) -> date:
        """The local date whose issue is due at `slot`: not always the calendar's (see `sendtime`)."""
        return _slot_date(slot, self.send_time, self.timezone)

    def next_slot(self, after: datetime) -> datetime | None:
        """The first of their slots strictly after `after`; None when they chose no weekday."""
        return _next_slot(after, self.send_time, self.timezone, self.weekdays)


_READER = Subscriber.__table__.c
_SUBSCRIPTION = Subscription.__table__.c
# Columns of the table, not of the class: so many rows go past the ORM, which would take longer than
# the database. The last one lists the topics' numbers.
_COLUMNS = (
    _READER.id,
    _READER.handle,
    _READER.send_time,
    _READER.timezone,
    _READER.weekdays,
    _READER.next_issue_at,
    _READER.editions_until,
    _READER.welcomed_at,
    _READER.quiet_note,
    select(func.aggregate_strings(cast(_SUBSCRIPTION.topic_id, String), ","))
    .where(_SUBSCRIPTION.subscriber_id == _READER.id)
    .scalar_subquery(),
)


def take_readers(
    session: Session, limit: int, after: Position | None, *wanted: ColumnElement[bool]
) -> list[Reader]:
    """Up to `limit` active readers behind `after`, longest due first, held until the transaction ends.

    On PostgreSQL rows another planner holds are left to it; on SQLite there is one writer at a time.
    """
    if after is not None:
        wanted = *wanted, *_behind(after)
    session.flush()
    rows = (
        session.connection()
        .execute(
            select(*_COLUMNS)
            .where(Subscriber.status == SubscriberStatus.ACTIVE, *wanted)
            .order_by(Subscriber.next_issue_at, Subscriber.id)
            .limit(limit)
            .with_for_update(skip_locked=True, of=Subscriber)
        )
        .all()
    )
    order = _order_of_topics(session)
    return [_reader(row, order) for row in rows]


def reader_of(session: Session, subscriber: Subscriber) -> Reader:
    """One subscriber as planning sees them."""
    row = session.execute(select(*_COLUMNS).where(_READER.id == subscriber.id)).one()
    return _reader(row, _order_of_topics(session))


def save_readers(session: Session, changes: Iterable[tuple[int, Change]]) -> None:
    """Write back what planning changed, given with each subscriber's number.

    Readers of one hour change alike, so there are few statements, each for many.
    """
    alike: dict[tuple[tuple[str, datetime | None], ...], list[int]] = {}
    for number, change in changes:
        alike.setdefault(tuple(change.items()), []).append(number)
    for values, numbers in alike.items():
        session.execute(
            update(Subscriber)
            .where(among(session, Subscriber.id, numbers))
            .values(dict(values))
            .execution_options(synchronize_session=False)
        )


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


@lru_cache(maxsize=8192)
def _slot_date(slot: datetime, at: time, zone: str) -> date:
    return sendtime.slot_date(slot, at, zone_of(zone))


def _behind(after: Position) -> tuple[ColumnElement[bool], ...]:
    slot, number = after
    # The first condition says nothing new, but the index can begin there.
    return Subscriber.next_issue_at >= slot, tuple_(Subscriber.next_issue_at, Subscriber.id) > (slot, number)


def _order_of_topics(session: Session) -> tuple[int, ...]:
    """The active topics, in the order of an issue."""
    return tuple(session.scalars(select(Topic.id).where(Topic.active).order_by(Topic.position, Topic.id)))


def _reader(row: Sequence[Any], order: tuple[int, ...]) -> Reader:
    values: tuple[Any, ...] = (*row[:-1], _in_order(row[-1] or "", order))
    return Reader(*values)


@lru_cache(maxsize=4096)
def _in_order(listed: str, order: tuple[int, ...]) -> tuple[int, ...]:
    # Many readers follow the same topics.
    followed = set(map(int, listed.split(","))) if listed else set()
    return tuple(topic for topic in order if topic in followed)
