"""How often a source publishes, from what a poll brought: its entries' times, or our own counts."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from sqlalchemy.orm import Session

from newsletter.ingest.days import days_of
from newsletter.ingest.entries import NormalisedEntry
from newsletter.ingest.interval import gap_of_counts, usual_gap
from newsletter.ingest.planning import Learnt
from newsletter.models import Source

_COUNTED_DAYS = timedelta(days=14)


def learn_habit(
    session: Session, source: Source, entries: Sequence[NormalisedEntry], now: datetime
) -> Learnt:
    """What a reading of the feed tells; where it has too few dates, what its last two weeks do."""
    times = [entry.published_at for entry in entries if entry.dated and entry.published_at <= now]
    gap = usual_gap(times, now)
    if gap is not None:
        return Learnt(gap, now - max(times))
    return Learnt(_counted_gap(session, source.id, now), now - (source.last_new_at or now))


def _counted_gap(session: Session, source_id: int, now: datetime) -> timedelta | None:
    today = now.astimezone(UTC).date()
    days = days_of(session, source_id, today - _COUNTED_DAYS)
    # Not the first of all, which brought what had gathered, nor today, which is not over.
    return gap_of_counts([day.new for day in days[1:] if day.date < today and day.polls > day.failures])
