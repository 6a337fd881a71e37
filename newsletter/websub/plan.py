"""What is to be said to which hub now; choosing it claims it, so that two workers never say it twice."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import and_, or_, select, update
from sqlalchemy.orm import Session

from newsletter.models import Source, SourceHub, SourceStatus

Mode = Literal["subscribe", "unsubscribe"]

GONE = "The feed is gone."
FIRST_WAIT = timedelta(hours=1)
LONGEST_WAIT = timedelta(days=7)
LEAVE_FOR = timedelta(days=1)
# A lease is renewed when two thirds of it are over, at most four days before its end; what fails is
# tried again when two thirds of the rest are over, and so on.
RENEW_WITHIN = timedelta(days=4)
RENEW_GAP = timedelta(minutes=10)
# Between two polls because of what hubs say.
KNOCK_GAP = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class HubRequest:
    """A request to a hub (section 5.1): to tell us of `topic`, or to stop."""

    source_id: int
    mode: Mode
    hub: str
    topic: str
    key: str
    secret: str


def take_leave_of_gone(session: Session) -> None:
    """Have the hubs of sources that are gone for good told that we leave."""
    gone = select(Source.id).where(Source.status == SourceStatus.GONE)
    leave = update(SourceHub).where(SourceHub.state != "refused", SourceHub.source_id.in_(gone))
    session.execute(leave.values(state="refused", lease_until=None, failure=GONE))


def claim_requests(session: Session, now: datetime, limit: int) -> list[HubRequest]:
    """Up to `limit` requests whose time has come; each is due again later, should nothing come of it."""
    due = (
        select(SourceHub)
        .where(
            or_(
                SourceHub.lease_until.is_(None),
                and_(SourceHub.state != "refused", SourceHub.lease_until <= now),
                and_(SourceHub.state == "verified", SourceHub.lease_until <= now + RENEW_WITHIN),
            )
        )
        .order_by(SourceHub.asked_at, SourceHub.source_id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return [_claim(row, now) for row in session.scalars(due) if _is_due(row, now)]


def make_due(session: Session, now: datetime) -> int:
    """Make the sources due that their hubs told us of since the last poll; how many.

    Not those that fail: they are left the peace they asked for.
    """
    told = (
        select(Source.id)
        .join(SourceHub, SourceHub.source_id == Source.id)
        .where(
            SourceHub.told_at > Source.last_polled_at,
            Source.last_polled_at <= now - KNOCK_GAP,
            Source.status == SourceStatus.ACTIVE,
            Source.failures == 0,
            Source.next_poll_at > now,
        )
    )
    ids = list(session.scalars(told))
    if ids:
        session.execute(update(Source).where(Source.id.in_(ids)).values(next_poll_at=now))
    return len(ids)


def _is_due(row: SourceHub, now: datetime) -> bool:
    if row.state != "verified" or row.lease_until is None or row.lease_until <= now:
        return True
    renew_at = row.asked_at + (row.lease_until - row.asked_at) * 2 / 3
    return renew_at <= now and row.asked_at <= now - RENEW_GAP


def _claim(row: SourceHub, now: datetime) -> HubRequest:
    mode: Mode = "unsubscribe" if row.state == "refused" else "subscribe"
    if mode == "unsubscribe":
        row.lease_until = now + LEAVE_FOR
    elif row.state == "asked":
        before = FIRST_WAIT / 2 if row.lease_until is None else row.lease_until - row.asked_at
        row.lease_until = now + min(max(before * 2, FIRST_WAIT), LONGEST_WAIT)
    elif row.lease_until is None or row.lease_until <= now:
        row.state, row.lease_until = "asked", now + FIRST_WAIT
    row.asked_at = now
    return HubRequest(row.source_id, mode, row.hub, row.topic, row.key, row.secret)
