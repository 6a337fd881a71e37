"""The story of every mail to one address, from feed to reply, and first of all whether today's arrived."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from newsletter import sendtime
from newsletter.delivery.about import read
from newsletter.delivery.answer import answer_from, answer_without
from newsletter.delivery.origins import TracedEdition, origins
from newsletter.delivery.readers import zone_of
from newsletter.delivery.suppression import is_suppressed
from newsletter.models import Delivery, Edition, EditionStatus, MailKind, Subscriber, Topic

_HELD_SINCE = timedelta(hours=36)


@dataclass(frozen=True, slots=True)
class TracedEvent:
    """One fact about a delivery."""

    at: datetime
    kind: str
    detail: str


@dataclass(frozen=True, slots=True)
class TracedDelivery:
    """One delivery with all that happened to it; `editions` in words, as `science 2026-11-22`."""

    id: int
    kind: str
    occasion: str
    welcome: bool
    state: str
    message_id: str
    created_at: datetime
    next_attempt_at: datetime
    expires_at: datetime
    editions: Sequence[str]
    events: Sequence[TracedEvent]


@dataclass(frozen=True, slots=True)
class Trace:
    """A subscriber's standing and deliveries, newest first.

    `answer` says in a sentence whether they got the issue of `today`, their local date. `origins` are
    the editions of the newest issue, with where their stories came from.
    """

    today: date
    answer: str
    status: str
    next_issue_at: datetime | None
    deliveries: Sequence[TracedDelivery]
    origins: Sequence[TracedEdition]


def trace(
    session: Session, address_key: str, now: datetime, keys: Sequence[str] = (), most: int = 20
) -> Trace | None:
    """What the ledger knows of an address, its latest `most` deliveries; None for an unknown one.

    `keys` are the signing keys, by which suppressed addresses are found.
    """
    subscriber = session.scalar(select(Subscriber).where(Subscriber.address_key == address_key))
    if subscriber is None:
        return None
    today = sendtime.local_date(now, zone_of(subscriber.timezone))
    found = _deliveries(session, subscriber, most)
    issue = next((one for one in found if one.kind == MailKind.ISSUE), None)
    names = _edition_names(session, found)
    return Trace(
        today=today,
        answer=_answer(session, subscriber, today, now, keys),
        status=subscriber.status,
        next_issue_at=subscriber.next_issue_at,
        deliveries=[_traced(delivery, names) for delivery in found],
        origins=origins(session, [int(number) for number in _numbers(issue)] if issue else []),
    )


def _deliveries(session: Session, subscriber: Subscriber, most: int) -> Sequence[Delivery]:
    return session.scalars(
        select(Delivery)
        .where(Delivery.subscriber_id == subscriber.id)
        .order_by(Delivery.id.desc())
        .limit(most)
        .options(selectinload(Delivery.events))
    ).all()


def _answer(session: Session, subscriber: Subscriber, today: date, now: datetime, keys: Sequence[str]) -> str:
    issue = session.scalar(
        select(Delivery).where(
            Delivery.subscriber_id == subscriber.id,
            Delivery.kind == MailKind.ISSUE,
            Delivery.occasion == today.isoformat(),
        )
    )
    if issue is not None:
        answer, is_note = answer_from(issue, now), "topics" in read(issue.about)
        return f"There was nothing new; of the note that says so: {answer}" if is_note else answer
    suppressed = is_suppressed(session, keys, subscriber.address_key)
    return answer_without(subscriber, suppressed, _held(session, subscriber, now), now)


def _held(session: Session, subscriber: Subscriber, now: datetime) -> list[str]:
    """The editions of the reader's topics that an operator keeps back, by name."""
    rows = session.execute(
        select(Topic.slug, Edition.date)
        .join(Topic, Topic.id == Edition.topic_id)
        .where(
            Edition.status == EditionStatus.HELD,
            Edition.closed_at > now - _HELD_SINCE,
            Edition.topic_id.in_([topic.id for topic in subscriber.topics]),
        )
        .order_by(Topic.position, Edition.date)
    )
    return [f"{slug} {day}" for slug, day in rows]


def _traced(delivery: Delivery, names: dict[str, str]) -> TracedDelivery:
    return TracedDelivery(
        id=delivery.id,
        kind=delivery.kind,
        occasion=delivery.occasion,
        welcome=delivery.welcome,
        state=delivery.state,
        message_id=delivery.message_id,
        created_at=delivery.created_at,
        next_attempt_at=delivery.next_attempt_at,
        expires_at=delivery.expires_at,
        editions=[names.get(number, f"edition {number}, deleted") for number in _numbers(delivery)],
        events=_events(delivery),
    )


def _events(delivery: Delivery) -> list[TracedEvent]:
    """What happened, in order; the mark *about to hand over* stands on the row itself."""
    events = [TracedEvent(event.at, event.kind, event.detail) for event in delivery.events]
    if delivery.handed_over_at:
        events.append(TracedEvent(delivery.handed_over_at, "handed over", ""))
    return sorted(events, key=lambda event: (event.at, event.kind == delivery.state))


def _edition_names(session: Session, deliveries: Sequence[Delivery]) -> dict[str, str]:
    wanted = {int(number) for delivery in deliveries for number in _numbers(delivery)}
    rows = session.execute(
        select(Edition.id, Topic.slug, Edition.date).join(Topic).where(Edition.id.in_(wanted))
    )
    return {str(number): f"{slug} {date}" for number, slug, date in rows}


def _numbers(delivery: Delivery) -> list[str]:
    return [number for number in delivery.editions.split(",") if number]
