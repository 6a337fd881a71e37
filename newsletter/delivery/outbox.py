"""The way into the ledger: one row a mail, and none where the unique key already holds one."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import literal
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from newsletter.delivery.events import add_events
from newsletter.delivery.given import on_postgresql, rows_given
from newsletter.direct import Direct, direct_on
from newsletter.models import Delivery, DeliveryState, MailKind

# Somebody sits waiting for these, so they overtake a morning's issues: the ledger is worked off in the
# order of first attempts, and theirs is set back by this much.
AHEAD = timedelta(hours=12)

_ENTER_ONE = """
INSERT INTO delivery (subscriber_id, kind, occasion, welcome, editions, message_id, about, address, state,
                      attempts, fence, repeats, next_attempt_at, expires_at, created_at, finished_at)
VALUES (:subscriber_id, :kind, :occasion, :welcome, :editions, :message_id, :about, :address, :state,
        0, 0, 0, :next_attempt_at, :expires_at, :created_at, :finished_at)
ON CONFLICT (subscriber_id, kind, occasion) DO NOTHING RETURNING id"""
_KEY = ("subscriber_id", "kind", "occasion")
# What differs from mail to mail; all else the mails of one slot have in common.
_OWN = ("subscriber_id", "editions", "message_id", "about")


@dataclass(frozen=True, slots=True)
class NewMail:
    """A mail to enter: to whom, which, for which occasion, and from when until when it may go.

    `missed` says why it is already too late for it; such a row is entered as expired, to be seen.
    `about` (`delivery.about`) and `address` are as in the ledger's row.
    """

    subscriber_id: int
    handle: str
    kind: MailKind
    occasion: str
    first_attempt_at: datetime
    expires_at: datetime
    editions: tuple[int, ...] = ()
    welcome: bool = False
    missed: str = ""
    about: str = ""
    address: str | None = None


def enter(session: Session, mails: Sequence[NewMail], now: datetime, domain: str) -> set[int]:
    """Enter the mails; the numbers of the subscribers whose row is new.

    A mail whose key (subscriber, kind, occasion) is taken leaves the row that stands there alone:
    two planners, a restart or a clock that jumps back never make a second one.
    """
    entered: dict[int, int] = {}
    for alike in _alike(mails):
        entered |= _insert(session, alike, now, domain)
    missed = [(entered[m.subscriber_id], m.missed) for m in mails if m.missed and m.subscriber_id in entered]
    add_events(session, missed, now, DeliveryState.EXPIRED)
    return set(entered)


def enter_one(door: Session | Direct, mail: NewMail, now: datetime, domain: str) -> bool:
    """Enter one mail that waits to be sent, as `enter` does; whether its row is new."""
    row = row_of(mail, now, domain) | {"state": str(DeliveryState.QUEUED), "kind": str(mail.kind)}
    return bool(direct_on(door).rows(_ENTER_ONE, **row))


def row_of(mail: NewMail, now: datetime, domain: str) -> dict[str, Any]:
    """The ledger row a mail begins as."""
    return {
        "subscriber_id": mail.subscriber_id,
        "kind": mail.kind,
        "occasion": mail.occasion,
        "welcome": mail.welcome,
        "editions": _editions(mail),
        "message_id": _message_id(mail, domain),
        "about": mail.about,
        "address": mail.address,
        "state": DeliveryState.EXPIRED if mail.missed else DeliveryState.QUEUED,
        "next_attempt_at": mail.first_attempt_at,
        "expires_at": mail.expires_at,
        "created_at": now,
        "finished_at": now if mail.missed else None,
    }


def message_id(handle: str, kind: str, occasion: str, domain: str) -> str:
    """The Message-ID of a mail (RFC 5322, section 3.6.4), the same however often it is worked out.

    The reader stands in it as a hash only, so that the header tells nothing about them.
    """
    digest = hashlib.sha256(f"{handle} {kind} {occasion}".encode()).hexdigest()
    return f"<{kind.replace('_', '-')}.{occasion}.{digest[:32]}@{domain}>"


def _alike(mails: Sequence[NewMail]) -> list[list[NewMail]]:
    """The mails in groups whose rows differ in nothing but `_OWN`: a slot's readers, mostly."""
    groups: dict[tuple[object, ...], list[NewMail]] = {}
    for mail in mails:
        when = mail.first_attempt_at, mail.expires_at
        common = mail.kind, mail.occasion, *when, mail.welcome, mail.missed, mail.address
        groups.setdefault(common, []).append(mail)
    return list(groups.values())


def _insert(session: Session, alike: Sequence[NewMail], now: datetime, domain: str) -> dict[int, int]:
    """Enter mails that are alike, in one statement; the new rows' numbers by their subscribers'."""
    own = [(mail.subscriber_id, _editions(mail), _message_id(mail, domain), mail.about) for mail in alike]
    row = row_of(alike[0], now, domain)
    common = {name: value for name, value in row.items() if name not in _OWN and value is not None}
    values = [literal(value, Delivery.__table__.c[name].type) for name, value in common.items()]
    insert = postgresql.insert if on_postgresql(session) else sqlite.insert
    statement = (
        insert(Delivery)
        .from_select([*_OWN, *common], rows_given(session, own).add_columns(*values))
        .on_conflict_do_nothing(index_elements=_KEY)
        .returning(Delivery.subscriber_id, Delivery.id)
    )
    return dict(session.execute(statement).all())


def _editions(mail: NewMail) -> str:
    return ",".join(map(str, mail.editions))


def _message_id(mail: NewMail, domain: str) -> str:
    return message_id(mail.handle, mail.kind, mail.occasion, domain)
