"""The browsers that may be told: allowed and stopped by their readers, due once an issue."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from newsletter.models import Delivery, DeliveryState, MailKind, PushBrowser, Subscriber
from newsletter.models.audience import SubscriberStatus
from newsletter.push.envelope import Subscription

# Of one reader; the one allowed first goes when there are more.
MOST = 5
# After so many notices in a row that were not taken a browser is let go.
MOST_FAILURES = 10


@dataclass(frozen=True, slots=True)
class DueNotice:
    """A browser to tell of an issue that was sent."""

    browser_id: int
    to: Subscription
    language: str
    editions: tuple[int, ...]
    occasion: str


def allow(session: Session, subscriber: Subscriber, to: Subscription, language: str, now: datetime) -> None:
    """Tell this browser from now on; one that is known belongs to whoever allowed it last."""
    session.execute(delete(PushBrowser).where(PushBrowser.endpoint == to.endpoint))
    browser = PushBrowser(subscriber_id=subscriber.id, endpoint=to.endpoint, p256dh=to.p256dh, auth=to.auth)
    browser.language, browser.created_at, browser.told_until = language, now, now
    session.add(browser)
    session.flush()
    newest = (
        select(PushBrowser.id)
        .where(PushBrowser.subscriber_id == subscriber.id)
        .order_by(PushBrowser.id.desc())
        .limit(MOST)
    )
    session.execute(
        delete(PushBrowser).where(
            PushBrowser.subscriber_id == subscriber.id, PushBrowser.id.not_in(newest.scalar_subquery())
        )
    )


def stop(session: Session, subscriber: Subscriber) -> None:
    """Tell none of a reader's browsers any more."""
    session.execute(delete(PushBrowser).where(PushBrowser.subscriber_id == subscriber.id))


def any_due(session: Session) -> bool:
    """Whether a browser waits to be told; asked every minute, without taking the one writer."""
    return bool(session.scalar(select(_due(select(PushBrowser.id)).exists())))


def take_due(session: Session, most: int) -> list[DueNotice]:
    """The browsers whose reader's issue was sent since they were last told; they count as told from here on.

    So that none is told twice: what is not taken then is not repeated, for the mail is there.
    """
    rows = session.execute(
        _due(select(PushBrowser, Delivery.editions, Delivery.occasion, Delivery.finished_at))
        .order_by(PushBrowser.id, Delivery.finished_at.desc())
        .limit(most)
        .with_for_update(skip_locked=True, of=PushBrowser)
    ).all()
    found: dict[int, DueNotice] = {}
    for browser, editions, occasion, finished_at in rows:
        if browser.id not in found:
            to = Subscription(browser.endpoint, browser.p256dh, browser.auth)
            numbers = tuple(int(number) for number in editions.split(",") if number)
            found[browser.id] = DueNotice(browser.id, to, browser.language, numbers, occasion)
            browser.told_until = max(finished_at, browser.told_until or finished_at)
    return list(found.values())


def _due(wanted: Any) -> Any:
    """Sent issues with the browsers of their readers that were not told of them."""
    return (
        wanted.select_from(PushBrowser)
        .join(Delivery, Delivery.subscriber_id == PushBrowser.subscriber_id)
        .join(Subscriber, Subscriber.id == PushBrowser.subscriber_id)
        .where(
            Delivery.kind == MailKind.ISSUE,
            Delivery.state == DeliveryState.SENT,
            Delivery.editions != "",
            Delivery.finished_at > PushBrowser.told_until,
            Subscriber.status == SubscriberStatus.ACTIVE,
        )
    )


def note(session: Session, told: Sequence[int], gone: Sequence[int], failed: Sequence[int]) -> None:
    """What became of notices: browsers that took theirs, those that are no more, and the others."""
    if told:
        session.execute(update(PushBrowser).where(PushBrowser.id.in_(told)).values(failures=0))
    if failed:
        session.execute(
            update(PushBrowser).where(PushBrowser.id.in_(failed)).values(failures=PushBrowser.failures + 1)
        )
    session.execute(
        delete(PushBrowser).where(PushBrowser.id.in_(gone) | (PushBrowser.failures >= MOST_FAILURES))
    )
