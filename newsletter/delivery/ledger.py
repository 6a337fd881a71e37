"""The ledger's protocol: a claim has a lease and a fence; mark before the hand-over, record the answer.

Every change is conditional on the fence the claim gave out. A worker that was thought dead and comes
back finds its fence outdated and can neither hand over nor record. Callers commit after each step.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

import structlog
from sqlalchemy import bindparam, update
from sqlalchemy.orm import Session

from newsletter.delivery.events import IN_HAND, add_events
from newsletter.delivery.hand import Claim
from newsletter.delivery.retry import Outcome, released
from newsletter.delivery.sweep import Swept, sweep
from newsletter.delivery.transition import settle
from newsletter.models import Base, Delivery, DeliveryState

__all__ = [
    "ANSWER_WAIT",
    "Claim",
    "LeaseLost",
    "Swept",
    "held",
    "record",
    "release",
    "renew",
    "sweep",
    "take_in_hand",
]

# A server may take ten minutes to answer the final dot (RFC 5321, section 4.5.3.2.6); until it has
# had them nobody else may believe this worker dead, or the mail would be repeated under its hands.
ANSWER_WAIT = timedelta(minutes=15)

# That the server took the mail is true even when the sweep has meanwhile given its worker up: as long
# as nobody else has claimed it, this settles the delivery and spares the reader the repeat.
SETTLED_BY_ACCEPTANCE = (DeliveryState.SENDING, DeliveryState.QUEUED, DeliveryState.UNCERTAIN)

_TABLE = Base.metadata.tables[Delivery.__tablename__]

log = structlog.get_logger()


class LeaseLost(Exception):
    """Somebody else has taken this delivery over. Let go of it and change nothing; never retry."""

    def __init__(self, claim: Claim) -> None:
        super().__init__(f"delivery {claim.delivery_id} is no longer held under fence {claim.fence}")


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


def record(session: Session, claim: Claim, outcome: Outcome, now: datetime) -> None:
    """Store what became of the attempt. Raises `LeaseLost`, having changed nothing."""
    of = SETTLED_BY_ACCEPTANCE if outcome.state is DeliveryState.SENT else (DeliveryState.SENDING,)
    if not settle(session, claim.delivery_id, claim.fence, outcome, now, of=of):
        raise LeaseLost(claim)


def renew(session: Session, claims: Sequence[Claim], now: datetime, lease: timedelta) -> None:
    """Hold on to deliveries whose turn has not come: until `now + lease` nobody is to believe us dead."""
    renewed = (
        update(_TABLE)
        .where(
            _TABLE.c.id == bindparam("number"),
            _TABLE.c.fence == bindparam("held_under"),
            _TABLE.c.state == DeliveryState.SENDING,
            _TABLE.c.handed_over_at.is_(None),
        )
        .values(lease_until=now + lease)
    )
    if claims:
        held_under = [{"number": one.delivery_id, "held_under": one.fence} for one in claims]
        session.connection().execute(renewed, held_under)


def release(session: Session, claims: Iterable[Claim], now: datetime, reason: str) -> None:
    """Put claimed deliveries back untried, at once, for whoever comes next."""
    for claim in claims:
        try:
            record(session, claim, released(reason), now)
        except LeaseLost:
            log.info("released too late", delivery=claim.delivery_id)
