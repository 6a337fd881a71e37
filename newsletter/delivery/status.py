"""How things stand in the ledger: how many deliveries in which state, how fast, and what holds them up.

It is asked every two seconds of a ledger with millions of rows while a send runs. So counts use
indexes alone, and what must look at rows looks at the latest few thousand.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from newsletter.delivery.pace import Pace, read_pace
from newsletter.delivery.reasons import Need, Reason, needs, nothing_moves, reasons_of
from newsletter.delivery.transition import WAITING
from newsletter.models import Delivery, DeliveryState

REASONS_WINDOW = timedelta(days=7)
NEEDS_WINDOW = timedelta(days=1)
STUCK = timedelta(minutes=10)

_EXPLAINED = (
    DeliveryState.DEFERRED,
    DeliveryState.FAILED,
    DeliveryState.UNCERTAIN,
    DeliveryState.SKIPPED,
    DeliveryState.EXPIRED,
)
_HEAD = 1000


@dataclass(frozen=True, slots=True)
class Progress:
    """Mail whose time is not long past: how much was entered, how much of it was sent or is settled."""

    planned: int
    sent: int
    settled: int


@dataclass(frozen=True, slots=True)
class Status:
    """The ledger in figures.

    `due` mails could leave now, `later` ones are waiting for their next attempt. `waiting_since` is when
    the oldest mail at the head of the line was entered. `reasons` look back a week, `needs` a day.
    """

    counts: dict[DeliveryState, int]
    today: Progress
    due: int
    later: int
    pace: Pace
    waiting_since: datetime | None
    needs: Sequence[Need]
    reasons: Sequence[Reason]

    @property
    def time_left(self) -> timedelta | None:
        """How long what is due will take at the pace of the last minute; None when nothing moves."""
        if not self.due or not self.pace.a_second:
            return None
        return timedelta(seconds=round(self.due / self.pace.a_second))


def read_status(
    session: Session, now: datetime, today_from: datetime | None = None, most_reasons: int = 10
) -> Status:
    """Count deliveries by state; how fast they leave; why some did not, the commonest reasons first.

    Today's mail is what expires after `today_from`, by default what has not expired at `now`: an
    issue's slot and its expiry lie a fixed time apart, and the index knows the latter.
    """
    since = now - REASONS_WINDOW
    oldest = waiting_since(session, now)
    pace = read_pace(session, now)
    stuck = oldest is not None and now - oldest > STUCK and not pace.minute
    return Status(
        counts=_counts(session),
        today=_progress(session, today_from or now),
        due=count_due(session, now),
        later=_waiting(session, Delivery.next_attempt_at > now),
        pace=pace,
        waiting_since=oldest,
        needs=[*([nothing_moves(session, now)] if stuck else ()), *needs(session, now - NEEDS_WINDOW)],
        reasons=[one for state in _EXPLAINED for one in reasons_of(session, state, since, most_reasons)],
    )


def count_due(session: Session, now: datetime) -> int:
    """How many mails could be sent at `now`."""
    # Reckoned from counts that an index alone answers, or that meet few rows: hundreds of thousands may
    # be due, and looking at each row's expiry would take longer than all the rest.
    come_up = _waiting(session, Delivery.next_attempt_at <= now)
    expired = _waiting(session, Delivery.expires_at <= now)
    expired_early = _waiting(session, Delivery.expires_at <= now, Delivery.next_attempt_at > now)
    return come_up - (expired - expired_early)


def _counts(session: Session) -> dict[DeliveryState, int]:
    counted = session.execute(select(Delivery.state, func.count()).group_by(Delivery.state))
    return {DeliveryState(state): number for state, number in counted}


def _progress(session: Session, today_from: datetime) -> Progress:
    # Every state by name: then the index on state and expiry gives each its range.
    counted = session.execute(
        select(Delivery.state, func.count())
        .where(Delivery.state.in_(list(DeliveryState)), Delivery.expires_at >= today_from)
        .group_by(Delivery.state)
    )
    counts = {DeliveryState(state): number for state, number in counted}
    open_ones = sum(counts.get(state, 0) for state in (*WAITING, DeliveryState.SENDING))
    planned = sum(counts.values())
    arrived = (DeliveryState.SENT, DeliveryState.BOUNCED, DeliveryState.COMPLAINED)
    return Progress(planned, sum(counts.get(state, 0) for state in arrived), planned - open_ones)


def _waiting(session: Session, *when: ColumnElement[bool]) -> int:
    return session.scalar(select(func.count()).where(Delivery.state.in_(WAITING), *when)) or 0


def waiting_since(session: Session, now: datetime) -> datetime | None:
    """When the oldest of the mails at the head of the line was entered; None when nothing is due."""
    head = (
        select(Delivery.created_at)
        .where(Delivery.state == DeliveryState.QUEUED, Delivery.next_attempt_at <= now)
        .order_by(Delivery.next_attempt_at)
        .limit(_HEAD)
        .subquery()
    )
    oldest: datetime | None = session.scalar(select(func.min(head.c.created_at)))
    return oldest
