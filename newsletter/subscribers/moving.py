"""Moving the hour by one, earlier or later, without leaving out an issue that is about to come."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy.orm import Session

from newsletter.models import Subscriber
from newsletter.subscribers.consent import next_due
from newsletter.subscribers.finding import find_by_handle

_ANY_DAY = date(2000, 1, 2)
_HOUR = timedelta(hours=1)
# An issue further off than this from the one it replaces is that of another day.
_SAME_ISSUE = timedelta(hours=12)


class HourChanged(Exception):
    """The reader's hour is neither the one the page showed nor the one it offered."""


@dataclass(frozen=True, slots=True)
class Move:
    """What a move comes to: mail at `at` from the instant `since` on; `before` is an issue that still
    comes at the old hour. Both None while no issue is due.
    """

    at: time
    since: datetime | None
    before: datetime | None


def hour_away(at: time, hours: int) -> time:
    """The time of day `hours` hours later, or earlier when negative; around midnight it begins anew."""
    return (datetime.combine(_ANY_DAY, at) + hours * _HOUR).time()


def plan_move(session: Session, subscriber: Subscriber, at: time, now: datetime) -> Move:
    """What would come of moving a subscriber's hour to `at`; nothing is changed.

    Whoever asks for 06:00 at half past six, with today's issue due at seven, still gets it at seven.
    """
    since, old = next_due(session, subscriber, at, now), subscriber.next_issue_at
    kept = since is not None and old is not None and since - old > _SAME_ISSUE
    return Move(at, since, old if kept else None)


def move_hour(session: Session, handle: str, was: time, at: time, now: datetime) -> Subscriber:
    """Move a reader's hour from `was` to `at`; done once or twice, the outcome is the same.

    The instant of the next issue moves along. Raises `UnknownSubscriber`, and `HourChanged` when the
    hour was changed otherwise in between.
    """
    subscriber = find_by_handle(session, handle)
    if subscriber.send_time == at:
        return subscriber
    if subscriber.send_time != was:
        raise HourChanged
    move = plan_move(session, subscriber, at, now)
    subscriber.send_time = at
    subscriber.next_issue_at = move.before or move.since
    return subscriber
