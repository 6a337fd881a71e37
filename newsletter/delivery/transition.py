"""The one way a delivery changes its state: under its fence, and with an event that says why."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import case, update
from sqlalchemy.orm import Session

from newsletter.delivery.events import add_events
from newsletter.delivery.retry import OUT_OF_TIME, OUT_OF_TIME_REPEATED, Outcome
from newsletter.models import Delivery, DeliveryState

WAITING = (DeliveryState.QUEUED, DeliveryState.DEFERRED)


def settle(
    session: Session,
    delivery_id: int,
    fence: int,
    outcome: Outcome,
    now: datetime,
    *,
    of: Collection[DeliveryState] = (DeliveryState.SENDING,),
    event: str = "",
) -> bool:
    """Move a delivery to its outcome if it still has this fence and one of the states `of`.

    The event is of the new state's kind unless `event` names another. False: nothing was changed.
    """
    moved = change(session, delivery_id, fence, of, **_values(outcome, now))
    if moved:
        add_events(session, [(delivery_id, outcome.detail)], now, event or outcome.state)
    return moved


def change(
    session: Session,
    delivery_id: int,
    fence: int,
    of: Collection[DeliveryState],
    *only_if: Any,
    **values: Any,
) -> bool:
    """Set `values` on a delivery that still has this fence, one of the states `of`, and meets `only_if`."""
    statement = (
        update(Delivery)
        .where(Delivery.id == delivery_id, Delivery.fence == fence, Delivery.state.in_(of), *only_if)
        .values(**values)
        .returning(Delivery.id)
        .execution_options(synchronize_session=False)
    )
    return bool(session.execute(statement).all())


def expire(session: Session, numbers: Sequence[int], now: datetime) -> dict[DeliveryState, int]:
    """Park waiting deliveries whose time has passed; how many went to which state.

    One that was handed over once without an answer may have arrived: it is uncertain, not expired.
    """
    if not numbers:
        return {}
    parked = session.execute(
        update(Delivery)
        .where(Delivery.id.in_(numbers), Delivery.state.in_(WAITING))
        .values(
            state=case((Delivery.repeats > 0, DeliveryState.UNCERTAIN), else_=DeliveryState.EXPIRED),
            finished_at=now,
            lease_until=None,
        )
        .returning(Delivery.id, Delivery.state)
        .execution_options(synchronize_session=False)
    )
    by_state: dict[str, list[int]] = {}
    for number, state in parked:
        by_state.setdefault(state, []).append(number)
    for state, why in ((DeliveryState.EXPIRED, OUT_OF_TIME), (DeliveryState.UNCERTAIN, OUT_OF_TIME_REPEATED)):
        add_events(session, ((number, why) for number in by_state.get(state, ())), now, state)
    return {DeliveryState(state): len(found) for state, found in by_state.items()}


def _values(outcome: Outcome, now: datetime) -> dict[str, Any]:
    again = outcome.state in WAITING
    values: dict[str, Any] = {
        "state": outcome.state,
        "lease_until": None,
        "finished_at": None if again else now,
        "repeats": Delivery.repeats + int(outcome.repeat),
        "attempts": Delivery.attempts - int(not outcome.counts),
        "refusal": outcome.refusal,
    }
    if again:
        values["handed_over_at"] = None
    if outcome.next_attempt_at is not None:
        values["next_attempt_at"] = outcome.next_attempt_at
    return values
