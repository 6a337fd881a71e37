"""Asking to read: what a sign-up writes, in a few plain statements, for anybody may ask at any time."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy.orm import Session

from newsletter.direct import Direct, direct_on
from newsletter.models import MailKind, SubscriberStatus
from newsletter.subscribers.finding import UnknownTopic
from newsletter.subscribers.signup import HANDLE_BYTES, SignUp

_READERS = (SubscriberStatus.ACTIVE, SubscriberStatus.PAUSED)
_WHO = "SELECT id, handle, status FROM subscriber WHERE address_key = :key"
_ADD = """
INSERT INTO subscriber (handle, address, address_key, status, send_time, timezone, weekdays, length, language,
                        quiet_note, created_at)
VALUES (:handle, :address, :key, 'pending', :send_time, :timezone, 127, 'standard', :language, :no, :now)
ON CONFLICT (address_key) DO NOTHING RETURNING id"""
_ASK_ANEW = """
UPDATE subscriber SET address = :address, status = 'pending', send_time = :send_time, timezone = :timezone,
       language = :language
WHERE id = :id"""
_FOLLOW = """
INSERT INTO subscription (subscriber_id, topic_id)
SELECT :id, topic.id FROM topic WHERE topic.active AND topic.slug AMONG :topics RETURNING topic_id"""
_OFFERED = "SELECT slug FROM topic WHERE active"
_FOLLOW_NOTHING = "DELETE FROM subscription WHERE subscriber_id = :id"
_RECORD = """
INSERT INTO consent_record (subscriber_id, kind, at, via, wording, language, network)
VALUES (:id, 'requested', :now, :via, :wording, :language, :network)"""


class Known(NamedTuple):
    """Who has an address already."""

    id: int
    handle: str
    status: str


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asked: the number and handle of their subscriber."""

    id: int
    handle: str


def who_has(door: Session | Direct, address_key: str) -> Known | None:
    """The subscriber with this address (`addresses.Address.key`), if there is one."""
    return next((Known(*row) for row in direct_on(door).rows(_WHO, key=address_key)), None)


def notice_for(known: Known | None) -> MailKind:
    """The mail that a sign-up brings to whoever has its address."""
    return MailKind.ALREADY if known and known.status in _READERS else MailKind.CONFIRM


def sign_up(door: Session | Direct, request: SignUp, known: Known | None, now: datetime) -> Asker:
    """Take a sign-up down: whoever does not read us yet is asked to confirm their newest choices.

    `known` is who has its address. Readers' choices are not touched: anybody may type in anybody's
    address. Every path writes as much as the others, so that neither answer nor timing tells whether an
    address is known. Whether an address may be mailed at all is decided at hand-over.
    Raises `UnknownTopic` (roll back then).
    """
    direct = direct_on(door)
    asker = _asker(direct, request, known, now)
    _record(direct, asker.id, request, now)
    if isinstance(door, Session):
        door.expire_all()
    return asker


def _asker(direct: Direct, request: SignUp, known: Known | None, now: datetime) -> Asker:
    key = request.address.key
    if known is None:
        added = _add(direct, request, key, now)
        if added:
            return added
        # On PostgreSQL the same address may be signing up in another transaction at this very moment.
        known = _must_have(direct, key)
    else:
        # What is done for an unknown address, undone: the time must not tell.
        with direct.undone():
            _add(direct, request, secrets.token_urlsafe(HANDLE_BYTES), now)
    if notice_for(known) is MailKind.CONFIRM:
        _choose_anew(direct, known.id, request)
    return Asker(known.id, known.handle)


def _must_have(direct: Direct, key: str) -> Known:
    (row,) = direct.rows(_WHO, key=key)
    return Known(*row)


def _add(direct: Direct, request: SignUp, key: str, now: datetime) -> Asker | None:
    """Add a subscriber; None where there is one with this key."""
    handle = secrets.token_urlsafe(HANDLE_BYTES)
    added = direct.rows(_ADD, handle=handle, key=key, no=False, now=now, **_choices(request))
    for (number,) in added:
        _follow(direct, number, request.topics)
        return Asker(number, handle)
    return None


def _choose_anew(direct: Direct, number: int, request: SignUp) -> None:
    direct.change(_ASK_ANEW, id=number, **_choices(request))
    direct.change(_FOLLOW_NOTHING, id=number)
    _follow(direct, number, request.topics)


def _follow(direct: Direct, number: int, slugs: Sequence[str]) -> None:
    wanted = set(slugs)
    if len(direct.rows(_FOLLOW, id=number, topics=sorted(wanted))) < len(wanted):
        raise UnknownTopic(min(wanted.difference(slug for (slug,) in direct.rows(_OFFERED))))


def _choices(request: SignUp) -> dict[str, object]:
    return {
        "address": request.address.display,
        "send_time": request.send_time,
        "timezone": request.timezone,
        "language": request.language,
    }


def _record(direct: Direct, number: int, request: SignUp, now: datetime) -> None:
    """Keep proof of the request, as `consent.record` does."""
    direct.change(
        _RECORD,
        id=number,
        now=now,
        via=request.via,
        wording=request.wording,
        language=request.language,
        network=request.network,
    )
