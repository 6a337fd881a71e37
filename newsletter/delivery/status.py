"""How things stand in the ledger: how many deliveries in which state, and what holds them up."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from newsletter.models import Delivery, DeliveryEvent, DeliveryState

_EXPLAINED = (
    DeliveryState.DEFERRED,
    DeliveryState.FAILED,
    DeliveryState.UNCERTAIN,
    DeliveryState.SKIPPED,
    DeliveryState.EXPIRED,
)


@dataclass(frozen=True, slots=True)
class Reason:
    """Why deliveries are in a state: what was said last, and to how many."""

    state: DeliveryState
    detail: str
    count: int


@dataclass(frozen=True, slots=True)
class Status:
    """The ledger in figures; `waiting_since` is when the oldest mail that is due was entered."""

    counts: dict[DeliveryState, int]
    reasons: Sequence[Reason]
    waiting_since: datetime | None


def read_status(session: Session, now: datetime, most_reasons: int = 10) -> Status:
    """Count deliveries by state; for those that did not arrive, the commonest reasons first."""
    counted = session.execute(select(Delivery.state, func.count()).group_by(Delivery.state))
    counts = {DeliveryState(state): number for state, number in counted}
    waiting_since = session.scalar(
        select(func.min(Delivery.created_at)).where(
            Delivery.state == DeliveryState.QUEUED, Delivery.next_attempt_at <= now
        )
    )
    reasons = [reason for state in _EXPLAINED for reason in _reasons(session, state, most_reasons)]
    return Status(counts, reasons, waiting_since)


def count_due(session: Session, now: datetime) -> int:
    """How many mails could be sent at `now`."""
    waiting = (DeliveryState.QUEUED, DeliveryState.DEFERRED)
    due = select(func.count()).where(Delivery.state.in_(waiting), Delivery.next_attempt_at <= now)
    return session.scalar(due.where(Delivery.expires_at > now)) or 0


def _reasons(session: Session, state: DeliveryState, most: int) -> list[Reason]:
    """The last word on each delivery of a state, counted."""
    last = (
        select(func.max(DeliveryEvent.id).label("id"))
        .join(Delivery)
        .where(Delivery.state == state, DeliveryEvent.kind == state)
        .group_by(DeliveryEvent.delivery_id)
        .subquery()
    )
    count = func.count()
    rows = session.execute(
        select(DeliveryEvent.detail, count)
        .join(last, last.c.id == DeliveryEvent.id)
        .group_by(DeliveryEvent.detail)
        .order_by(count.desc(), DeliveryEvent.detail)
        .limit(most)
    )
    return [Reason(state, detail, number) for detail, number in rows]
