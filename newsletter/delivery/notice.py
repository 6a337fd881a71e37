"""Mails that are no issue, on their way into the ledger: once, and never enough to bury anybody."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from newsletter.addresses import masked
from newsletter.delivery.about import written
from newsletter.delivery.outbox import AHEAD, NewMail, enter_one
from newsletter.direct import Direct, direct_on
from newsletter.models import Delivery, DeliveryState, MailKind, Subscriber

# Later than that nobody waits for it any more.
LIFETIME = timedelta(hours=24)
MOST_CONFIRMATIONS = 3
_CONFIRMATIONS = "SELECT count(*) AS number FROM delivery WHERE subscriber_id = :id AND kind = 'confirm'"
# Entered by who plans them, with what they are about.
_PLANNED = (MailKind.ISSUE, MailKind.ALERT)


@dataclass(frozen=True, slots=True)
class Change:
    """A wish for another address: its handle, the address, and which of the reader's wishes today it is."""

    handle: str
    address: str
    number: int


class Recipient(Protocol):
    """Whom a notice goes to: a subscriber, or as much of one."""

    @property
    def id(self) -> int:
        """The subscriber's number."""

    @property
    def handle(self) -> str:
        """What stands for them in links."""


def enqueue_notice(
    door: Session | Direct,
    subscriber: Recipient,
    kind: MailKind,
    now: datetime,
    domain: str,
    about: str = "",
) -> bool:
    """Enter a notice; whether one was entered.

    At most one of a kind a day (UTC), and three confirmations ever, to one subscriber: no form must be
    a way to bury a stranger in mail. Raises `ValueError` for an issue or an alert.
    """
    if kind in _PLANNED:
        raise ValueError(f"a mail of kind {kind} is planned, not enqueued as a notice")
    direct = direct_on(door)
    if kind is MailKind.CONFIRM and _confirmations(direct, subscriber.id) >= MOST_CONFIRMATIONS:
        return False
    return _enter(direct, subscriber, kind, _day(now), now, domain, about)


def enqueue_paused(session: Session, subscriber: Subscriber, now: datetime, domain: str) -> bool:
    """Enter the mail that tells until when a reader has paused; whether it was entered."""
    until = subscriber.paused_until
    about = written(until=until.isoformat() if until else None)
    return enqueue_notice(session, subscriber, MailKind.PAUSED, now, domain, about)


def enqueue_change(
    session: Session,
    subscriber: Subscriber,
    kind: MailKind,
    change: Change,
    now: datetime,
    domain: str,
) -> bool:
    """Enter the mail that asks the old or the new address whether to change; whether it was entered.

    One for each wish of a day: who mistyped an address may ask again. How often is decided when a wish
    is taken down.
    """
    to_new = kind is MailKind.ADDRESS_NEW
    about = written(change=change.handle, masked=masked(subscriber.address if to_new else change.address))
    occasion = f"{_day(now)}.{change.number}"
    return _enter(session, subscriber, kind, occasion, now, domain, about, change.address if to_new else None)


def enqueue_goodbye(session: Session, subscriber: Subscriber, now: datetime, domain: str) -> bool:
    """Enter the last mail of a subscriber who has just left; whether it was entered.

    One for each day they leave on, whichever way and however often they say so. None to who never
    confirmed, and none to who has ever reported a mail as unwanted: they want no other.
    """
    session.flush()
    left = subscriber.unsubscribed_at
    if left is None or subscriber.confirmed_at is None or _complained(session, subscriber.id):
        return False
    return _enter(session, subscriber, MailKind.GOODBYE, _day(left), now, domain)


def _enter(
    door: Session | Direct,
    subscriber: Recipient,
    kind: MailKind,
    occasion: str,
    now: datetime,
    domain: str,
    about: str = "",
    address: str | None = None,
) -> bool:
    notice = NewMail(
        subscriber_id=subscriber.id,
        handle=subscriber.handle,
        kind=kind,
        occasion=occasion,
        first_attempt_at=now - AHEAD,
        expires_at=now + LIFETIME,
        about=about,
        address=address,
    )
    return enter_one(door, notice, now, domain)


def _day(moment: datetime) -> str:
    return moment.astimezone(UTC).date().isoformat()


def _confirmations(direct: Direct, subscriber_id: int) -> int:
    ((number,),) = direct.rows(_CONFIRMATIONS, id=subscriber_id)
    return int(number)


def _complained(session: Session, subscriber_id: int) -> bool:
    reported = exists().where(
        Delivery.subscriber_id == subscriber_id, Delivery.state == DeliveryState.COMPLAINED
    )
    return bool(session.scalar(select(reported)))
