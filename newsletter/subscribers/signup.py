"""Signing up: the request, confirming it, and forgetting who never confirmed."""

import secrets
from dataclasses import dataclass
from datetime import datetime, time

from sqlalchemy import delete, exists, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from newsletter.addresses import Address
from newsletter.models import ConsentKind, ConsentRecord, Subscriber, SubscriberStatus, Topic
from newsletter.subscribers.consent import activate, record
from newsletter.subscribers.finding import find_by_address, find_by_handle, topics_named
from newsletter.tokens import CONFIRM_WITHIN

HANDLE_BYTES = 16


class LinkOutdated(Exception):
    """The confirmation asked for was overtaken: its subscriber has unsubscribed since."""


class AlreadyKnown(Exception):
    """The address belongs to a subscriber already."""


@dataclass(frozen=True, slots=True)
class SignUp:
    """What somebody asked for, and the very words (`wording`) they were shown when they did.

    `topics` are slugs, `send_time` is local to the IANA zone `timezone`, `via` says how they asked,
    `network` from where, if that is to be kept.
    """

    address: Address
    topics: tuple[str, ...]
    send_time: time
    timezone: str
    wording: str
    language: str = "en"
    via: str = "web"
    network: str | None = None


def confirm(
    session: Session,
    handle: str,
    wording: str,
    now: datetime,
    language: str | None = None,
    network: str | None = None,
) -> Subscriber:
    """Make a pending subscriber a reader; whoever reads already stays as they are.

    `language` is that of the words shown, if another than the subscriber's; `network` is
    where they come from, if that is to be kept.
    Raises `UnknownSubscriber`, and `LinkOutdated` after an unsubscription: an old mail's link must
    not bring back who has left.
    """
    subscriber = find_by_handle(session, handle)
    if subscriber.status == SubscriberStatus.UNSUBSCRIBED:
        raise LinkOutdated
    if subscriber.status == SubscriberStatus.PENDING:
        _welcome(session, subscriber, now)
        record(session, subscriber, ConsentKind.CONFIRMED, "web", wording, now, language, network)
    return subscriber


def admit(session: Session, request: SignUp, now: datetime) -> Subscriber:
    """Make somebody a reader at once, on the operator's word for their consent (`wording`).

    Raises `UnknownTopic`, and `AlreadyKnown` when they read us, or have unsubscribed, already.
    """
    topics = topics_named(session, request.topics)
    subscriber = find_by_address(session, request.address.key) or _add(session, request, topics, now)
    if subscriber.status != SubscriberStatus.PENDING:
        raise AlreadyKnown
    _take_choices(subscriber, request, topics)
    _welcome(session, subscriber, now)
    record(session, subscriber, ConsentKind.CONFIRMED, request.via, request.wording, now)
    return subscriber


def purge_unconfirmed(session: Session, now: datetime) -> int:
    """Forget who asked longer than seven days ago and never confirmed; how many were erased.

    Somebody who once read us, left, and let a new request lapse is unsubscribed again: the proof of
    what they once agreed to is kept.
    """
    asked_lately = exists().where(
        ConsentRecord.subscriber_id == Subscriber.id,
        ConsentRecord.kind == ConsentKind.REQUESTED,
        ConsentRecord.at >= now - CONFIRM_WITHIN,
    )
    lapsed = (Subscriber.status == SubscriberStatus.PENDING, ~asked_lately)
    session.execute(
        update(Subscriber)
        .where(*lapsed, Subscriber.confirmed_at.is_not(None))
        .values(status=SubscriberStatus.UNSUBSCRIBED)
        .execution_options(synchronize_session=False)
    )
    gone = session.scalars(select(Subscriber.id).where(*lapsed)).all()
    if gone:
        session.execute(delete(Subscriber).where(*lapsed).execution_options(synchronize_session=False))
    return len(gone)


def _welcome(session: Session, subscriber: Subscriber, now: datetime) -> None:
    activate(session, subscriber, now)
    subscriber.confirmed_at = now
    subscriber.editions_until = None
    subscriber.welcomed_at = None


def _take_choices(subscriber: Subscriber, request: SignUp, topics: list[Topic]) -> None:
    subscriber.address = request.address.display
    subscriber.topics = topics
    subscriber.send_time = request.send_time
    subscriber.timezone = request.timezone
    subscriber.language = request.language


def _add(session: Session, request: SignUp, topics: list[Topic], now: datetime) -> Subscriber:
    subscriber = _new(request, request.address.key, topics, now)
    try:
        with session.begin_nested():
            session.add(subscriber)
    except IntegrityError:
        # On PostgreSQL the same address may be signing up in another transaction at this very moment.
        other = find_by_address(session, request.address.key)
        if other is None:
            raise
        return other
    return subscriber


def _new(request: SignUp, key: str, topics: list[Topic], now: datetime) -> Subscriber:
    subscriber = Subscriber(
        handle=secrets.token_urlsafe(HANDLE_BYTES),
        address_key=key,
        status=SubscriberStatus.PENDING,
        created_at=now,
    )
    _take_choices(subscriber, request, topics)
    return subscriber
