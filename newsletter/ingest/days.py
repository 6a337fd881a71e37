"""What sources did day by day (UTC): written at each poll, read to tell their habits."""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from operator import attrgetter

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from newsletter.ingest.habits import KEPT_DAYS, Day
from newsletter.models import SourceDay

_AT_A_TIME = 200


def note_poll(session: Session, source_id: int, now: datetime, **counts: int) -> None:
    """Add one poll, and what it counted, to the source's day. `counts` are columns of `SourceDay`.

    The first poll of a day also lets go of days long past: a source costs no more rows than it is told by.
    """
    today = now.astimezone(UTC).date()
    counts["polls"] = 1
    added = {name: getattr(SourceDay, name) + number for name, number in counts.items() if number}
    this_day = update(SourceDay).where(SourceDay.source_id == source_id, SourceDay.date == today)
    # Executed on the connection: no object of this session knows the row.
    if session.connection().execute(this_day.values(added)).rowcount:
        return
    old = SourceDay.source_id == source_id, SourceDay.date < today - timedelta(days=KEPT_DAYS)
    session.execute(delete(SourceDay).where(*old), execution_options={"synchronize_session": False})
    session.add(SourceDay(source_id=source_id, date=today, **counts))
    session.flush()


def days_of(session: Session, source_id: int, since: date | None = None) -> list[Day]:
    """A source's days, the oldest first."""
    return next((days for _source, days in all_days(session, [source_id], since)), [])


def all_days(
    session: Session, source_ids: Sequence[int], since: date | None = None
) -> Iterator[tuple[int, list[Day]]]:
    """The days of each of these sources that has any, read a few hundred sources at a time."""
    for start in range(0, len(source_ids), _AT_A_TIME):
        portion = SourceDay.source_id.in_(source_ids[start : start + _AT_A_TIME])
        wanted = select(SourceDay.__table__).where(portion).order_by(SourceDay.source_id, SourceDay.date)
        rows = session.execute(wanted if since is None else wanted.where(SourceDay.date >= since))
        for source_id, days in groupby(rows, key=attrgetter("source_id")):
            yield source_id, [Day(*day[1:]) for day in days]
