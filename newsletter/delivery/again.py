"""Sending again what was parked: only by an operator's explicit choice, and never stale mail."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter.delivery.events import add_events
from newsletter.delivery.transition import change
from newsletter.models import Delivery, DeliveryState, Subscriber

RETRIABLE = (DeliveryState.FAILED, DeliveryState.UNCERTAIN)
_BY_CHOICE = "put back by the operator"


@dataclass(frozen=True, slots=True)
class Requeued:
    """How many deliveries were put back, and how many could not be, their time having passed."""

    queued: int
    too_late: int


def requeue(
    session: Session, states: Collection[DeliveryState], now: datetime, address_key: str | None = None
) -> Requeued:
    """Queue failed or uncertain deliveries once more; of one address only when it is given.

    An uncertain mail may thereby reach its reader another time: that is what the operator decided.
    Raises `ValueError` for any other state.
    """
    if not set(states) <= set(RETRIABLE):
        raise ValueError(f"only {' and '.join(RETRIABLE)} deliveries can be sent again")
    parked = select(Delivery.id, Delivery.fence).where(Delivery.state.in_(states))
    if address_key is not None:
        parked = parked.join(Subscriber).where(Subscriber.address_key == address_key)
    late = session.scalars(parked.with_only_columns(Delivery.id).where(Delivery.expires_at <= now)).all()
    in_time = session.execute(parked.where(Delivery.expires_at > now)).all()
    queued = [number for number, fence in in_time if _put_back(session, number, fence, now)]
    add_events(session, ((number, _BY_CHOICE) for number in queued), now, DeliveryState.QUEUED)
    return Requeued(queued=len(queued), too_late=len(late))


def _put_back(session: Session, number: int, fence: int, now: datetime) -> bool:
    return change(
        session,
        number,
        fence,
        RETRIABLE,
        state=DeliveryState.QUEUED,
        next_attempt_at=now,
        attempts=0,
        handed_over_at=None,
        finished_at=None,
    )
