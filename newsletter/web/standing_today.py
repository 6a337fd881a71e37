"""How the service is doing, in what the database knows: for the page that tells readers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from newsletter.editions.due import newest_cutoff
from newsletter.models import Delivery, DeliveryState, Edition, EditionStatus, Topic

# Closing takes a minute; somebody's mail may wait a little for its turn.
LATE = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class TopicToday:
    """A topic's newest edition, and whether the one whose cut-off passed last is missing for too long."""

    name: str
    slug: str
    newest: Edition | None
    late: bool


@dataclass(frozen=True, slots=True)
class Service:
    """All topics; when mail last left; whether some has waited for too long."""

    topics: Sequence[TopicToday]
    last_mail_at: datetime | None
    mail_waits: bool

    @property
    def well(self) -> bool:
        return not self.mail_waits and not any(topic.late for topic in self.topics)


def service_today(session: Session, topics: Sequence[Topic], now: datetime) -> Service:
    """What there is to say of the service at `now`, in a handful of indexed queries."""
    return Service(
        [_topic(session, topic, now) for topic in topics], _last_mail(session), _mail_waits(session, now)
    )


def _topic(session: Session, topic: Topic, now: datetime) -> TopicToday:
    newest = session.scalar(
        select(Edition)
        .where(Edition.topic_id == topic.id, Edition.status == EditionStatus.PUBLISHED)
        .order_by(Edition.date.desc())
        .limit(1)
    )
    due = newest_cutoff(topic, now)
    # A quiet day has no edition and is no fault: late is what never came after the one before.
    missed = due and newest and newest.date < due.date - timedelta(days=1)
    return TopicToday(topic.name, topic.slug, newest, bool(due and missed and now - due.cutoff > LATE))


def _last_mail(session: Session) -> datetime | None:
    """Of the last thousand mails entered: counting all would take long where there are millions."""
    latest = select(Delivery.finished_at, Delivery.state).order_by(Delivery.id.desc()).limit(1000).subquery()
    last: datetime | None = session.scalar(
        select(func.max(latest.c.finished_at)).where(latest.c.state == DeliveryState.SENT)
    )
    return last


def _mail_waits(session: Session, now: datetime) -> bool:
    waiting = Delivery.state == DeliveryState.QUEUED, Delivery.next_attempt_at < now - LATE
    return bool(session.scalar(select(exists().where(*waiting))))
