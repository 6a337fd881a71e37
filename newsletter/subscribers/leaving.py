"""Leaving: unsubscribing, changing one's mind about it, and being forgotten."""

from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.orm import Session

from newsletter.models import ConsentKind, LinkRequest, Subscriber, SubscriberStatus
from newsletter.subscribers.consent import activate, record
from newsletter.subscribers.finding import find_by_handle

UNDO_WITHIN = timedelta(days=7)


class UndoClosed(Exception):
    """Too late to undo an unsubscription by its link: signing up again asks for a confirmation."""


def unsubscribe(
    session: Session, handle: str, via: str, wording: str, now: datetime, language: str | None = None
) -> Subscriber:
    """Send this subscriber nothing more; who has left already stays as they are.

    `language` is that of the words shown, if another than the subscriber's.
    Raises `UnknownSubscriber`.
    """
    subscriber = find_by_handle(session, handle)
    if subscriber.status != SubscriberStatus.UNSUBSCRIBED:
        subscriber.status = SubscriberStatus.UNSUBSCRIBED
        subscriber.unsubscribed_at = now
        subscriber.next_issue_at = None
        subscriber.paused_until = None
        record(session, subscriber, ConsentKind.WITHDRAWN, via, wording, now, language)
    return subscriber


def may_undo(subscriber: Subscriber, now: datetime) -> bool:
    """Whether an unsubscription is recent, and of somebody who had confirmed.

    Links in mails work for ever and may be forwarded: years later they must not sign anybody up.
    """
    left = subscriber.unsubscribed_at
    return subscriber.confirmed_at is not None and left is not None and now - left <= UNDO_WITHIN


def resubscribe(
    session: Session, handle: str, wording: str, now: datetime, language: str | None = None
) -> Subscriber:
    """Undo an unsubscription: everything as it was. A reader stays one.

    `language` is that of the words shown, if another than the subscriber's.
    Raises `UnknownSubscriber`, `UndoClosed`.
    """
    subscriber = find_by_handle(session, handle)
    if subscriber.status in (SubscriberStatus.ACTIVE, SubscriberStatus.PAUSED):
        return subscriber
    if subscriber.status != SubscriberStatus.UNSUBSCRIBED or not may_undo(subscriber, now):
        raise UndoClosed
    activate(session, subscriber, now)
    record(session, subscriber, ConsentKind.RESTORED, "web", wording, now, language)
    return subscriber


def erase(session: Session, subscriber: Subscriber) -> None:
    """Forget a subscriber wholly: choices, consent and deliveries go with them, and what they asked for."""
    session.execute(delete(LinkRequest).where(LinkRequest.address_key == subscriber.address_key))
    session.execute(delete(Subscriber).where(Subscriber.id == subscriber.id))
