"""Which sources are due, each claimed by one poller."""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, select, update
from sqlalchemy.orm import Session

from newsletter.models import Source, SourceStatus

# Longer than a full batch takes at its slowest; a source whose poller died is due again after it.
CLAIM = timedelta(minutes=30)


def due_sources(
    session: Session,
    now: datetime,
    limit: int,
    *,
    failing: bool | None = None,
    claimed_at: datetime | None = None,
) -> list[int]:
    """Claim up to `limit` sources that are due at `now`, the longest waiting first; their numbers.

    `failing` asks only for those that failed last time, or only for the others. The claim moves
    `next_poll_at` on, only where nobody did so first: no two pollers get one source. It counts from
    `claimed_at`, which is later than `now` where much is due.
    """
    due = _is_due(now, failing)
    waiting = (
        select(Source.id)
        .where(due)
        .order_by(Source.next_poll_at, Source.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    ids = list(session.scalars(waiting))
    claimed = (
        update(Source)
        .where(Source.id.in_(ids), due)
        .values(next_poll_at=(claimed_at or now) + CLAIM)
        .returning(Source.id)
    )
    found = set(session.scalars(claimed, execution_options={"synchronize_session": False}))
    return [source_id for source_id in ids if source_id in found]


def _is_due(now: datetime, failing: bool | None) -> ColumnElement[bool]:
    due = Source.next_poll_at <= now
    if failing is None:
        return and_(due, Source.status != SourceStatus.GONE)
    if failing:
        return and_(
            due, Source.failures > 0, Source.status.in_([SourceStatus.ACTIVE, SourceStatus.SUSPENDED])
        )
    # One status: the index has them in the order of their turns.
    return and_(due, Source.failures == 0, Source.status == SourceStatus.ACTIVE)
