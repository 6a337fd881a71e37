"""The welcome issue: who has just confirmed sees at once what they signed up for."""

from datetime import datetime, timedelta

from sqlalchemy import func, or_
from sqlalchemy.orm import Session

from newsletter.delivery.outbox import AHEAD, enter
from newsletter.delivery.readers import Position, save_readers, take_readers
from newsletter.delivery.shelf import load_shelf
from newsletter.delivery.slots import Planned, after_welcome, chunk_of, welcome_issue
from newsletter.models import Subscriber, Topic

WAIT = timedelta(days=7)
CHUNK = 5000


def plan_welcomes(
    session: Session,
    now: datetime,
    freshness: timedelta,
    domain: str,
    limit: int = CHUNK,
    after: Position | None = None,
) -> Planned:
    """Enter a welcome issue for up to `limit` readers who never had one.

    It holds the newest edition of each of their topics, up to seven days old. Who follows topics
    without any waits for the first edition, at most seven days; then the daily issues do without.
    """
    shelf = load_shelf(session, now, WAIT)
    confirmed_at = func.coalesce(Subscriber.confirmed_at, Subscriber.created_at)
    readers = take_readers(
        session,
        limit,
        after,
        Subscriber.welcomed_at.is_(None),
        # Only those something can be done for: or who waits would stand before the others for ever.
        or_(confirmed_at <= now - WAIT, Subscriber.topics.any(Topic.id.in_(shelf.newest))),
    )
    issues = [one for r in readers if (one := welcome_issue(r, shelf, now, now - AHEAD, freshness))]
    served = enter(session, issues, now, domain)
    save_readers(
        session, ((reader.id, after_welcome(reader, reader.id in served, now)) for reader in readers)
    )
    return chunk_of(readers, len(served), limit)
