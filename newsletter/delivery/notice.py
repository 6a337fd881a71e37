"""Mails that answer a sign-up: the confirmation, and the word to who reads us already."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from newsletter.delivery.outbox import AHEAD, NewMail, enter
from newsletter.models import Delivery, MailKind, Subscriber

LIFETIME = timedelta(hours=24)
MOST_CONFIRMATIONS = 3


def enqueue_notice(
    session: Session, subscriber: Subscriber, kind: MailKind, now: datetime, domain: str
) -> bool:
    """Enter a confirmation or an *already subscribed* mail; whether one was entered.

    At most one of a kind a day (UTC), and three confirmations ever, to one subscriber: a sign-up
    form must not be a way to bury a stranger in mail. Raises `ValueError` for an issue.
    """
    if kind is MailKind.ISSUE:
        raise ValueError("an issue is planned, not enqueued as a notice")
    session.flush()
    if kind is MailKind.CONFIRM and _confirmations(session, subscriber.id) >= MOST_CONFIRMATIONS:
        return False
    notice = NewMail(
        subscriber_id=subscriber.id,
        handle=subscriber.handle,
        kind=kind,
        occasion=now.astimezone(UTC).date().isoformat(),
        first_attempt_at=now - AHEAD,
        expires_at=now + LIFETIME,
    )
    return bool(enter(session, [notice], now, domain))


def _confirmations(session: Session, subscriber_id: int) -> int:
    return (
        session.scalar(
            select(func.count()).where(
                Delivery.subscriber_id == subscriber_id, Delivery.kind == MailKind.CONFIRM
            )
        )
        or 0
    )
