"""Did this reader get today's issue, and if not, why? Every delivery to one address, event by event."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from newsletter.models import Delivery, Edition, Subscriber, Topic


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
    """A subscriber's standing and deliveries, newest first."""

    status: str
    next_issue_at: datetime | None
    deliveries: Sequence[TracedDelivery]


def trace(session: Session, address_key: str, most: int = 20) -> Trace | None:
    """What the ledger knows of an address, its latest `most` deliveries; None for an unknown one."""
    subscriber = session.scalar(select(Subscriber).where(Subscriber.address_key == address_key))
    if subscriber is None:
        return None
    found = session.scalars(
        select(Delivery)
        .where(Delivery.subscriber_id == subscriber.id)
        .order_by(Delivery.id.desc())
        .limit(most)
        .options(selectinload(Delivery.events))
    ).all()
    names = _edition_names(session, found)
    return Trace(
        status=subscriber.status,
        next_issue_at=subscriber.next_issue_at,
        deliveries=[_traced(delivery, names) for delivery in found],
    )


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
        events=[TracedEvent(event.at, event.kind, event.detail) for event in delivery.events],
    )


def _edition_names(session: Session, deliveries: Sequence[Delivery]) -> dict[str, str]:
    wanted = {int(number) for delivery in deliveries for number in _numbers(delivery)}
    rows = session.execute(
        select(Edition.id, Topic.slug, Edition.date).join(Topic).where(Edition.id.in_(wanted))
    )
    return {str(number): f"{slug} {date}" for number, slug, date in rows}


def _numbers(delivery: Delivery) -> list[str]:
    return [number for number in delivery.editions.split(",") if number]
