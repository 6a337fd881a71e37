"""Changing the address: asked for by who reads the old mailbox, carried out when both have confirmed."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import ColumnElement, delete, exists, func, select, update
from sqlalchemy.orm import Session

from newsletter.addresses import Address
from newsletter.models import (
    AddressChange,
    ConsentKind,
    ConsentRecord,
    Subscriber,
    SubscriberStatus,
)
from newsletter.subscribers.consent import record
from newsletter.subscribers.finding import find_by_address, find_by_handle
from newsletter.tokens import ADDRESS_WITHIN

_HANDLE_BYTES = 16
_READERS = (SubscriberStatus.ACTIVE, SubscriberStatus.PAUSED)
# So often a reader may ask: for who has mistyped. So often an address that is nobody's yet is written to,
# whoever asks: it may be a stranger's.
MOST_ASKED_A_DAY = 3
MOST_TOLD_A_MONTH = 3
_DAY = timedelta(days=1)
_KEPT = timedelta(days=30)


class ChangeClosed(Exception):
    """The link was used, its change carried out, stopped, replaced by a newer one, or is too old."""


class AskedTooOften(Exception):
    """The reader has asked for other addresses too often today."""


class Side(StrEnum):
    """The mailbox a confirmation came from."""

    OLD = "old"
    NEW = "new"


@dataclass(frozen=True, slots=True)
class Asked:
    """What became of a wish for another address, for who sends the mails.

    `change` asks both addresses. `owner` reads us at the new address already and is told so instead.
    `quiet`: nothing is to be sent to the new address, as it was asked before or too often. `number` counts
    the reader's wishes of a day; 0 when this one was there already, and asked both.
    """

    subscriber: Subscriber
    change: AddressChange
    owner: Subscriber | None
    quiet: bool
    number: int


def open_to_change(session: Session, handle: str, link_made_at: datetime) -> Subscriber:
    """The reader a link to ask for another address is for.

    Raises `UnknownSubscriber`, and `ChangeClosed` once a change asked for after the link was made has
    ended, or for who does not read us.
    """
    subscriber = find_by_handle(session, handle)
    used = exists().where(
        AddressChange.subscriber_id == subscriber.id,
        AddressChange.requested_at >= link_made_at,
        AddressChange.ended_at.is_not(None),
    )
    if subscriber.status not in _READERS or session.scalar(select(used)):
        raise ChangeClosed
    return subscriber


def ask_for_change(session: Session, subscriber: Subscriber, address: Address, now: datetime) -> Asked:
    """Note a reader's wish to be written to at `address`; it takes the place of one still open.

    Nothing changes before both addresses have confirmed it. Who asks for the same address again keeps
    the wish, and the links, there are. Raises `AskedTooOften`.
    """
    newest = _newest(session, subscriber.id)
    again = newest is not None and newest.ended_at is None and newest.address_key == address.key
    if newest is not None and again and now - newest.requested_at <= ADDRESS_WITHIN:
        return Asked(subscriber, newest, None, quiet=True, number=0)
    number = _asked(session, now - _DAY, AddressChange.subscriber_id == subscriber.id) + 1
    if number > MOST_ASKED_A_DAY:
        raise AskedTooOften
    quiet = _asked(session, now - _KEPT, AddressChange.address_key == address.key) >= MOST_TOLD_A_MONTH
    change = AddressChange(
        subscriber_id=subscriber.id,
        handle=secrets.token_urlsafe(_HANDLE_BYTES),
        address=address.display,
        address_key=address.key,
        requested_at=now,
    )
    session.add(change)
    session.flush()
    owner = find_by_address(session, address.key)
    return Asked(subscriber, change, owner if _reads(owner) else None, quiet, number)


def open_change(
    session: Session, handle: str, now: datetime, lock: bool = False
) -> tuple[AddressChange, Subscriber]:
    """A change that can still be confirmed, with its reader. Raises `ChangeClosed`."""
    query = (
        select(AddressChange, Subscriber)
        .join(Subscriber, Subscriber.id == AddressChange.subscriber_id)
        .where(AddressChange.handle == handle)
    )
    found = session.execute(query.with_for_update() if lock else query).one_or_none()
    if found is None:
        raise ChangeClosed
    change, subscriber = found
    is_open = change.ended_at is None and now - change.requested_at <= ADDRESS_WITHIN
    if not is_open or not _reads(subscriber) or _newest(session, subscriber.id) is not change:
        raise ChangeClosed
    return change, subscriber


def confirm_change(session: Session, handle: str, side: Side, wording: str, now: datetime) -> bool:
    """Confirm a change from one of the two mailboxes; whether it has been carried out with that.

    The new address is then the subscriber's; the proof of what its owner agreed to before comes along.
    Raises `ChangeClosed`, also when somebody else reads us there by now.
    """
    change, subscriber = open_change(session, handle, now, lock=True)
    confirmed = f"{side}_confirmed_at"
    if getattr(change, confirmed) is None:
        setattr(change, confirmed, now)
        kind = ConsentKind.REQUESTED if side is Side.OLD else ConsentKind.CONFIRMED
        record(session, subscriber, kind, f"address-{side}", wording, now)
    if change.old_confirmed_at is None or change.new_confirmed_at is None:
        return False
    _carry_out(session, change, subscriber, now)
    return True


def stop_change(session: Session, handle: str, now: datetime) -> None:
    """Stop a change, at the wish of who reads the old mailbox. Raises `ChangeClosed`."""
    change, _subscriber = open_change(session, handle, now, lock=True)
    change.ended_at = now


def forget_changes(session: Session, now: datetime) -> None:
    """Forget wishes of more than thirty days ago, and with them the addresses they named."""
    session.execute(delete(AddressChange).where(AddressChange.requested_at < now - _KEPT))


def _carry_out(session: Session, change: AddressChange, subscriber: Subscriber, now: datetime) -> None:
    other = find_by_address(session, change.address_key)
    if other is not None and other.id != subscriber.id:
        if _reads(other):
            raise ChangeClosed
        _take_over(session, other, subscriber)
    subscriber.address, subscriber.address_key = change.address, change.address_key
    change.ended_at = now


def _take_over(session: Session, other: Subscriber, subscriber: Subscriber) -> None:
    """Let who left, or never confirmed, under this address become one with its reader: one person."""
    session.execute(
        update(ConsentRecord)
        .where(ConsentRecord.subscriber_id == other.id)
        .values(subscriber_id=subscriber.id)
        .execution_options(synchronize_session=False)
    )
    session.execute(delete(Subscriber).where(Subscriber.id == other.id))
    session.expunge(other)


def _newest(session: Session, subscriber_id: int) -> AddressChange | None:
    mine = select(AddressChange).where(AddressChange.subscriber_id == subscriber_id)
    return session.scalar(mine.order_by(AddressChange.id.desc()).limit(1))


def _asked(session: Session, since: datetime, which: ColumnElement[bool]) -> int:
    """How many changes were asked for since then."""
    counted = select(func.count()).where(AddressChange.requested_at > since, which)
    return session.scalar(counted) or 0


def _reads(subscriber: Subscriber | None) -> bool:
    return subscriber is not None and subscriber.status in _READERS
