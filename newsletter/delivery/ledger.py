"""The ledger's protocol: claim with a lease and a fence, mark before the hand-over, record the answer.

Every change is conditional on the fence the claim gave out. A worker that was thought dead and comes
back finds its fence outdated and can neither hand over nor record. Callers commit after each step.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from newsletter.delivery.events import HANDOVER, IN_HAND, add_events
from newsletter.delivery.retry import Outcome, released
from newsletter.delivery.sweep import Swept, sweep
from newsletter.delivery.transition import change, expire, settle
from newsletter.models import Delivery, DeliveryState

__all__ = [
    "ANSWER_WAIT",
    "Claim",
    "LeaseLost",
    "Swept",
    "claim",
    "held",
    "mark_handover",
    "record",
    "release",
    "sweep",
    "take_in_hand",
]

# A server may take ten minutes to answer the final dot (RFC 5321, section 4.5.3.2.6); until it has
# had them nobody else may believe this worker dead, or the mail would be repeated under its hands.
ANSWER_WAIT = timedelta(minutes=15)

# That the server took the mail is true even when the sweep has meanwhile given its worker up: as long
# as nobody else has claimed it, this settles the delivery and spares the reader the repeat.
_SETTLED_BY_ACCEPTANCE = (DeliveryState.SENDING, DeliveryState.QUEUED, DeliveryState.UNCERTAIN)

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Claim:
    """A worker's hold on a delivery. `suspect` when an earlier worker vanished holding it."""

    delivery_id: int
    fence: int
    suspect: bool = False


class LeaseLost(Exception):
    """Somebody else has taken this delivery over. Let go of it and change nothing; never retry."""

    def __init__(self, claim: Claim) -> None:
        super().__init__(f"delivery {claim.delivery_id} is no longer held under fence {claim.fence}")


def claim(session: Session, now: datetime, limit: int, lease: timedelta) -> list[Claim]:
    """Take up to `limit` deliveries whose time has come, longest due first, until `now + lease`.

    What is met on the way and has passed its time expires here.
    """
    claims: list[Claim] = []
    for state in (DeliveryState.QUEUED, DeliveryState.DEFERRED):
        while len(claims) < limit:
            head = _head(session, state, now, limit - len(claims))
            late = [number for number, expires_at in head if expires_at <= now]
            expire(session, late, now)
            claims += _take(session, state, [number for number, _ in head if number not in late], now, lease)
            if not late:
                break
    return claims


def _head(session: Session, state: DeliveryState, now: datetime, limit: int) -> list[tuple[int, datetime]]:
    # One state at a time, so that the index gives the head of the line without sorting all of it.
    statement = (
        select(Delivery.id, Delivery.expires_at)
        .where(Delivery.state == state, Delivery.next_attempt_at <= now)
        .order_by(Delivery.next_attempt_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return [(number, expires_at) for number, expires_at in session.execute(statement)]


def _take(
    session: Session, state: DeliveryState, numbers: list[int], now: datetime, lease: timedelta
) -> list[Claim]:
    taken = session.execute(
        update(Delivery)
        .where(Delivery.id.in_(numbers), Delivery.state == state)
        .values(
            state=DeliveryState.SENDING,
            lease_until=now + lease,
            fence=Delivery.fence + 1,
            attempts=Delivery.attempts + 1,
        )
        .returning(Delivery.id, Delivery.fence, Delivery.attempts)
        .execution_options(synchronize_session=False)
    )
    queued = state is DeliveryState.QUEUED
    claims = {number: Claim(number, fence, queued and attempts > 1) for number, fence, attempts in taken}
    add_events(session, ((number, "") for number in claims), now, DeliveryState.SENDING)
    return [claims[number] for number in numbers if number in claims]


def held(session: Session, claim: Claim) -> Delivery:
    """The claimed delivery, fresh from the database; raises `LeaseLost` when it is no longer ours."""
    delivery = session.get(Delivery, claim.delivery_id, populate_existing=True)
    if delivery is None or delivery.fence != claim.fence or delivery.state != DeliveryState.SENDING:
        raise LeaseLost(claim)
    return delivery


def take_in_hand(session: Session, claim: Claim, now: datetime) -> None:
    """Note that a suspect is about to be composed, so that the sweep can tell it from bystanders.

    When a worker dies its whole batch is found unsent, and only one of the batch can be the cause.
    Parking everything that was in three dying batches would let one poisonous mail take the others
    with it. Raises `LeaseLost`.
    """
    held(session, claim)
    add_events(session, [(claim.delivery_id, "")], now, IN_HAND)


def mark_handover(session: Session, claim: Claim, now: datetime) -> None:
    """Store the mark *about to hand over*; commit it before the message's last bytes leave.

    Once a claim: a transport that would hand over a second time is refused too. Raises `LeaseLost`.
    """
    if not change(
        session,
        claim.delivery_id,
        claim.fence,
        (DeliveryState.SENDING,),
        Delivery.handed_over_at.is_(None),
        handed_over_at=now,
        lease_until=now + ANSWER_WAIT,
    ):
        raise LeaseLost(claim)
    add_events(session, [(claim.delivery_id, "")], now, HANDOVER)


def record(session: Session, claim: Claim, outcome: Outcome, now: datetime) -> None:
    """Store what became of the attempt. Raises `LeaseLost`, having changed nothing."""
    of = _SETTLED_BY_ACCEPTANCE if outcome.state is DeliveryState.SENT else (DeliveryState.SENDING,)
    if not settle(session, claim.delivery_id, claim.fence, outcome, now, of=of):
        raise LeaseLost(claim)


def release(session: Session, claims: Iterable[Claim], now: datetime, reason: str) -> None:
    """Put claimed deliveries back untried, at once, for whoever comes next."""
    for claim in claims:
        try:
            record(session, claim, released(reason), now)
        except LeaseLost:
            log.info("released too late", delivery=claim.delivery_id)
