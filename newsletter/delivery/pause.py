"""The end of a pause: who paused until a date reads again from that date on."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import select, tuple_, update
from sqlalchemy.orm import Session

from newsletter import sendtime
from newsletter.delivery.given import among
from newsletter.delivery.readers import zone_of
from newsletter.models import Subscriber, SubscriberStatus

# No zone is further ahead of UTC than 14 hours: a pause ends nowhere before this.
_FURTHEST_AHEAD = timedelta(hours=14)
_PAUSED = Subscriber.__table__.c


def resume_paused(session: Session, now: datetime, limit: int) -> int:
    """Make up to `limit` readers active whose `paused_until` has come; how many.

    That date is the first on which they read again, in their own zone.
    """
    ended = _ended(session, now)
    if not ended:
        return 0
    readers = session.execute(
        select(_PAUSED.id, _PAUSED.paused_until, _PAUSED.send_time, _PAUSED.timezone, _PAUSED.weekdays)
        .where(
            Subscriber.status == SubscriberStatus.PAUSED,
            tuple_(Subscriber.paused_until, Subscriber.timezone).in_(ended),
        )
        .order_by(Subscriber.paused_until)
        .limit(limit)
        .with_for_update(skip_locked=True, of=Subscriber)
    ).all()
    alike: dict[datetime | None, list[int]] = {}
    for number, *habit in readers:
        alike.setdefault(_first_slot(*habit), []).append(number)
    for slot, numbers in alike.items():
        _resume(session, numbers, slot)
    return len(readers)


def _ended(session: Session, now: datetime) -> list[tuple[date, str]]:
    """The dates and zones in which pauses have ended: few, however many readers.

    They are asked for first, so that readers whose date has not come yet, all of one holiday perhaps,
    never fill the places of those whose date has come further east.
    """
    pairs = session.execute(
        select(_PAUSED.paused_until, _PAUSED.timezone)
        .where(
            Subscriber.status == SubscriberStatus.PAUSED,
            Subscriber.paused_until <= (now + _FURTHEST_AHEAD).date(),
        )
        .distinct()
    )
    return [(until, zone) for until, zone in pairs if until <= sendtime.local_date(now, zone_of(zone))]


def _first_slot(until: date, send_time: time, timezone: str, weekdays: int) -> datetime | None:
    # Counted from that date's midnight, so that a slot in its first minutes is not passed over.
    zone = zone_of(timezone)
    midnight = datetime.combine(until, time(), tzinfo=zone).astimezone(UTC)
    return sendtime.next_instant(midnight - timedelta(seconds=1), send_time, zone, weekdays)


def _resume(session: Session, numbers: Sequence[int], slot: datetime | None) -> None:
    session.execute(
        update(Subscriber)
        .where(among(session, Subscriber.id, numbers))
        .values(status=SubscriberStatus.ACTIVE, paused_until=None, next_issue_at=slot)
        .execution_options(synchronize_session=False)
    )
