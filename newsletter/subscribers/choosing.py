"""Readers' choices: what, when, and not for a while."""

from dataclasses import dataclass
from datetime import date, datetime, time

from sqlalchemy.orm import Session

from newsletter.models import Subscriber, SubscriberStatus, Topic
from newsletter.subscribers.consent import activate, schedule
from newsletter.subscribers.finding import UnknownTopic, find_by_handle, topics_named

READERS = (SubscriberStatus.ACTIVE, SubscriberStatus.PAUSED)


@dataclass(frozen=True, slots=True)
class Choices:
    """What a reader chose: topic slugs, the hour in an IANA zone, weekdays (Monday the lowest bit).

    `quiet_note`: a short note on days without news, instead of silence.
    `language` is that of their mails, `length` how long they are (`models.Length`); `None` leaves either
    as it is.
    """

    topics: tuple[str, ...]
    send_time: time
    timezone: str
    weekdays: int
    quiet_note: bool = False
    language: str | None = None
    length: str | None = None


def change_preferences(session: Session, handle: str, choices: Choices, now: datetime) -> Subscriber:
    """Take over a subscriber's new choices. Raises `UnknownSubscriber`, `UnknownTopic`."""
    subscriber = find_by_handle(session, handle)
    subscriber.topics = topics_named(session, choices.topics)
    subscriber.send_time = choices.send_time
    subscriber.timezone = choices.timezone
    subscriber.weekdays = choices.weekdays
    subscriber.quiet_note = choices.quiet_note
    subscriber.language = choices.language or subscriber.language
    subscriber.length = choices.length or subscriber.length
    schedule(session, subscriber, now)
    return subscriber


def leave_topic(session: Session, handle: str, slug: str) -> Topic:
    """Take one topic from a reader who follows others too; which it was.

    Raises `UnknownSubscriber`; `UnknownTopic` when they do not follow it, or nothing else.
    """
    subscriber = find_by_handle(session, handle)
    left = next((topic for topic in subscriber.topics if topic.slug == slug), None)
    if left is None or len(subscriber.topics) < 2 or subscriber.status not in READERS:
        raise UnknownTopic(slug)
    subscriber.topics.remove(left)
    return left


def return_to_topic(session: Session, handle: str, slug: str) -> Topic:
    """Give a reader a topic back; one they follow stays. Raises `UnknownSubscriber`, `UnknownTopic`."""
    subscriber = find_by_handle(session, handle)
    (topic,) = topics_named(session, [slug])
    if subscriber.status not in READERS:
        raise UnknownTopic(slug)
    if topic not in subscriber.topics:
        subscriber.topics.append(topic)
    return topic


def pause(session: Session, handle: str, until: date | None) -> Subscriber:
    """Send a reader nothing before the local date `until`; None: until they come back.

    Only readers can pause: anybody else stays as they are. Planning ends a pause on its date
    (`newsletter.delivery.pause`). Raises `UnknownSubscriber`.
    """
    subscriber = find_by_handle(session, handle)
    if subscriber.status in READERS:
        subscriber.status = SubscriberStatus.PAUSED
        subscriber.paused_until = until
        subscriber.next_issue_at = None
    return subscriber


def resume(session: Session, handle: str, now: datetime) -> Subscriber:
    """End a pause at once; nothing happens without one. Raises `UnknownSubscriber`."""
    subscriber = find_by_handle(session, handle)
    if subscriber.status == SubscriberStatus.PAUSED:
        activate(session, subscriber, now)
    return subscriber
