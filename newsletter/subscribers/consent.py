"""What every change of heart has in common: the record of it, and when the next issue is due."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from newsletter.models import ConsentKind, ConsentRecord, Delivery, MailKind, Subscriber, SubscriberStatus
from newsletter.sendtime import next_instant, slot_date


def record(
    session: Session,
    subscriber: Subscriber,
    kind: ConsentKind,
    via: str,
    wording: str,
    now: datetime,
    language: str | None = None,
    network: str | None = None,
) -> None:
    """Keep proof of a decision: when, how, and the very words shown (GDPR article 7 (1)).

    `language` is that of the words; the subscriber's where none is given. `network` is
    where it came from, if that is to be kept.
    """
    session.add(
        ConsentRecord(
            subscriber_id=subscriber.id,
            kind=kind,
            at=now,
            via=via,
            wording=wording,
            language=language or subscriber.language,
            network=network,
        )
    )


def activate(session: Session, subscriber: Subscriber, now: datetime) -> None:
    """From now on issues are due: the next one at the next chosen hour."""
    subscriber.status = SubscriberStatus.ACTIVE
    subscriber.paused_until = None
    subscriber.unsubscribed_at = None
    schedule(session, subscriber, now)


def schedule(session: Session, subscriber: Subscriber, now: datetime) -> None:
    """Set when the next issue is due: never, unless active and on at least one weekday.

    A date whose issue is in the ledger already is passed over: there is one issue a date.
    """
    subscriber.next_issue_at = next_due(session, subscriber, subscriber.send_time, now)


def next_due(session: Session, subscriber: Subscriber, at: time, now: datetime) -> datetime | None:
    """When the next issue would be due, were `at` the subscriber's hour; nothing is changed."""
    if subscriber.status != SubscriberStatus.ACTIVE:
        return None
    zone, due = ZoneInfo(subscriber.timezone), now
    while (slot := next_instant(due, at, zone, subscriber.weekdays)) is not None:
        if not _has_issue(session, subscriber.id, slot_date(slot, at, zone)):
            break
        due = slot
    return slot


def _has_issue(session: Session, subscriber_id: int, day: date) -> bool:
    entered = exists().where(
        Delivery.subscriber_id == subscriber_id,
        Delivery.kind == MailKind.ISSUE,
        Delivery.occasion == day.isoformat(),
    )
    return bool(session.scalar(select(entered)))
