"""Asking to read: what a sign-up writes, in a few plain statements, for anybody may ask at any time."""

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy.orm import Session

from newsletter.direct import Direct, direct_on
from newsletter.models import MailKind, SubscriberStatus
from newsletter.subscribers.finding import UnknownTopic
from newsletter.subscribers.signup import HANDLE_BYTES, SignUp

_READERS = (SubscriberStatus.ACTIVE, SubscriberStatus.PAUSED)
_TOPICS = "SELECT id, slug FROM topic WHERE active"
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
_FOLLOW = "INSERT INTO subscription (subscriber_id, topic_id) VALUES (:id, :topic)"
_FOLLOW_NOTHING = "DELETE FROM subscription WHERE subscriber_id = :id"
_RECORD = """
INSERT INTO consent_record (subscriber_id, kind, at, via, wording, language, network)
VALUES (:id, 'requested', :now, :via, :wording, :language, :network)"""


class _Who(NamedTuple):
    """A subscriber, as far as it matters here."""

    id: int
    handle: str
    status: str


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asked: the number and handle of their subscriber."""

    id: int
    handle: str


@dataclass(frozen=True, slots=True)
class SignUpOutcome:
    """Who asked, and the notice to queue for them."""

    asker: Asker
    notice: MailKind


def notice_for(door: Session | Direct, address_key: str) -> MailKind:
    """The mail that a sign-up with this address brings."""
    return _notice(_who(direct_on(door), address_key))


def sign_up(door: Session | Direct, request: SignUp, now: datetime) -> SignUpOutcome:
    """Take a sign-up down: whoever does not read us yet is asked to confirm their newest choices.

    Readers' choices are not touched: anybody may type in anybody's address. Every path writes as
    much as the others, so that neither answer nor timing tells whether an address is known.
    Whether an address may be mailed at all is decided at hand-over. Raises `UnknownTopic`.
    """
    direct, key = direct_on(door), request.address.key
    topics = _topics(direct, request.topics)
    who = _who(direct, key)
    if who:
        # What is done for an unknown address, undone: the time must not tell.
        with direct.undone():
            _add(direct, request, secrets.token_urlsafe(HANDLE_BYTES), topics, now)
    elif not _add(direct, request, key, topics, now):
        # On PostgreSQL the same address may be signing up in another transaction at this very moment.
        who = _who(direct, key)
    if who and _notice(who) is MailKind.CONFIRM:
        _choose_anew(direct, who.id, request, topics)
    who = who or _known(direct, key)
    _record(direct, who.id, request, now)
    if isinstance(door, Session):
        door.expire_all()
    return SignUpOutcome(Asker(who.id, who.handle), _notice(who))


def _notice(who: _Who | None) -> MailKind:
    return MailKind.ALREADY if who and who.status in _READERS else MailKind.CONFIRM


def _who(direct: Direct, key: str) -> _Who | None:
    return next((_Who(*row) for row in direct.rows(_WHO, key=key)), None)


def _known(direct: Direct, key: str) -> _Who:
    (row,) = direct.rows(_WHO, key=key)
    return _Who(*row)


def _topics(direct: Direct, slugs: Iterable[str]) -> list[int]:
    offered = {slug: number for number, slug in direct.rows(_TOPICS)}
    missing = set(slugs) - offered.keys()
    if missing:
        raise UnknownTopic(min(missing))
    return [offered[slug] for slug in slugs]


def _add(direct: Direct, request: SignUp, key: str, topics: Sequence[int], now: datetime) -> bool:
    """Add a subscriber; whether there was none with this key."""
    handle = secrets.token_urlsafe(HANDLE_BYTES)
    added = direct.rows(_ADD, handle=handle, key=key, no=False, now=now, **_choices(request))
    for (number,) in added:
        _follow(direct, number, topics)
    return bool(added)


def _choose_anew(direct: Direct, number: int, request: SignUp, topics: Sequence[int]) -> None:
    direct.change(_ASK_ANEW, id=number, **_choices(request))
    direct.change(_FOLLOW_NOTHING, id=number)
    _follow(direct, number, topics)


def _choices(request: SignUp) -> dict[str, object]:
    return {
        "address": request.address.display,
        "send_time": request.send_time,
        "timezone": request.timezone,
        "language": request.language,
    }


def _follow(direct: Direct, number: int, topics: Sequence[int]) -> None:
    direct.run(_FOLLOW, [{"id": number, "topic": topic} for topic in topics])


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
