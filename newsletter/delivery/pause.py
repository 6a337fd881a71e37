"""The end of a pause: who paused until a date reads again from that date on."""

from datetime import datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter import sendtime
from newsletter.delivery.readers import zone_of
from newsletter.models import Subscriber, SubscriberStatus

# No zone is further ahead of UTC than 14 hours: a pause ends nowhere before this.
_FURTHEST_AHEAD = timedelta(hours=14)


def resume_paused(session: Session, now: datetime, limit: int) -> int:
    """Make up to `limit` readers active whose `paused_until` has come; how many.

    That date is the first on which they read again, in their own zone.
    """
    paused = session.scalars(
        select(Subscriber)
        .where(
            Subscriber.status == SubscriberStatus.PAUSED,
            Subscriber.paused_until <= (now + _FURTHEST_AHEAD).date(),
        )
        .order_by(Subscriber.paused_until)
        .limit(limit)
        .with_for_update(skip_locked=True, of=Subscriber)
    )
    return sum(_resume(subscriber, now) for subscriber in paused)


def _resume(subscriber: Subscriber, now: datetime) -> bool:
    zone, until = zone_of(subscriber.timezone), subscriber.paused_until
    if until is None or until > sendtime.local_date(now, zone):
        return False
    subscriber.status = SubscriberStatus.ACTIVE
    subscriber.paused_until = None
    # Counted from that date's midnight, so that a slot in its first minutes is not passed over.
    midnight = datetime.combine(until, time(), tzinfo=zone).astimezone(now.tzinfo)
    subscriber.next_issue_at = sendtime.next_instant(
        midnight - timedelta(seconds=1), subscriber.send_time, zone, subscriber.weekdays
    )
    return True
