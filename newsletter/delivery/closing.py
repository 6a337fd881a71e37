"""Topics whose edition is being made at this moment: their readers are better served a little later."""

from datetime import datetime, timedelta

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from newsletter.delivery.readers import zone_of
from newsletter.models import Edition, Topic
from newsletter.sendtime import instant_of, local_date

# Longer than closing takes; short enough that a topic with nothing to say delays nobody noticeably.
PATIENCE = timedelta(minutes=10)


def closing_topics(session: Session, now: datetime) -> list[int]:
    """The active topics whose cut-off passed less than ten minutes ago and whose edition is not there.

    Without this wait, whoever reads at the very minute of the cut-off would be planned before the
    edition exists, each day, and get yesterday's news for ever.
    """
    topics = session.scalars(select(Topic).where(Topic.active))
    return [topic.id for topic in topics if _is_closing(session, topic, now)]


def _is_closing(session: Session, topic: Topic, now: datetime) -> bool:
    zone = zone_of(topic.timezone)
    # The date just before `now - PATIENCE` may be yesterday's: a cut-off at 23:55, seen at 00:02.
    for day in {local_date(now, zone), local_date(now - PATIENCE, zone)}:
        cutoff = instant_of(day, topic.cutoff, zone)
        if cutoff is not None and cutoff <= now < cutoff + PATIENCE:
            made = exists().where(Edition.topic_id == topic.id, Edition.date == day)
            return not session.scalar(select(made))
    return False
