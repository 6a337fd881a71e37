"""Editions that are thin: far fewer stories than the topic is used to, or none."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from statistics import median_low

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from newsletter.alerts.trouble import Trouble
from newsletter.editions.due import newest_cutoff
from newsletter.mail.alert import AlertKind
from newsletter.models import Edition, Story, Topic

# By then an edition has closed, if it will; later it is no news, and asking would cost for nothing.
_LOOK_AFTER, _LOOK_UNTIL = timedelta(hours=1), timedelta(hours=5)
_REMEMBER = timedelta(days=28)
_WEEK = timedelta(days=7)
# Judged by so many editions; a topic that has always been small is not thin.
_ENOUGH, _MOST = 5, 14
_SMALL = 3
_FAR_FEWER = 3


def thin_editions(session: Session, now: datetime) -> Iterator[Trouble]:
    """Topics whose edition closed lately with less than a third of what is usual, or not at all."""
    for topic in session.scalars(select(Topic).where(Topic.active).order_by(Topic.position, Topic.id)):
        due = newest_cutoff(topic, now)
        if due is None or not _LOOK_AFTER <= now - due.cutoff <= _LOOK_UNTIL:
            continue
        counts = _stories(session, topic.id, due.date)
        stories, usual = counts.get(due.date, 0), usual_stories(counts, due.date)
        if usual and stories * _FAR_FEWER < usual:
            facts = {
                "topic": topic.name,
                "date": due.date.isoformat(),
                "stories": stories,
                "usual": usual,
            }
            yield Trouble(AlertKind.EDITIONS, f"edition:{topic.id}:{due.date}", facts)


def usual_stories(counts: Mapping[date, int], day: date) -> int:
    """How many stories an edition of `day` would usually have; 0 when nothing can be said.

    The middle of the latest fourteen, or what the same weekday had a week before when that is less: who
    prints little on Sundays is not to be told so every week.
    """
    earlier = sorted(one for one in counts if one < day)
    latest = [counts[one] for one in earlier[-_MOST:]]
    if len(latest) < _ENOUGH:
        return 0
    usual = median_low(latest)
    if earlier[0] <= day - _WEEK:
        usual = min(usual, counts.get(day - _WEEK, 0))
    return usual if usual >= _SMALL else 0


def _stories(session: Session, topic_id: int, day: date) -> dict[date, int]:
    """How many stories each of the topic's editions up to `day` has."""
    rows = session.execute(
        select(Edition.date, func.count(Story.id))
        .outerjoin(Story, Story.edition_id == Edition.id)
        .where(Edition.topic_id == topic_id, Edition.date.between(day - _REMEMBER, day))
        .group_by(Edition.date)
    )
    return {row[0]: row[1] for row in rows}
