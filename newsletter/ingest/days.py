"""What sources did day by day (UTC): written at each poll, read to tell their habits."""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from operator import attrgetter

from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter.direct import Direct
from newsletter.ingest.habits import KEPT_DAYS, Day
from newsletter.models import SourceDay

_AT_A_TIME = 200
_NOTHING = dict.fromkeys(("failures", "new", "changed", "entries", "undated", "churned"), 0)
_ADD = """
INSERT INTO source_day (source_id, date, polls, failures, new, changed, entries, undated, churned)
VALUES (:source, :date, 1, :failures, :new, :changed, :entries, :undated, :churned)
ON CONFLICT (source_id, date) DO UPDATE SET
    polls = source_day.polls + 1,
    failures = source_day.failures + excluded.failures,
    new = source_day.new + excluded.new,
    changed = source_day.changed + excluded.changed,
    entries = source_day.entries + excluded.entries,
    undated = source_day.undated + excluded.undated,
    churned = source_day.churned + excluded.churned
RETURNING polls"""
_FORGET = "DELETE FROM source_day WHERE source_id = :source AND date < :oldest"


def note_poll(session: Session, source_id: int, now: datetime, **counts: int) -> None:
    """Add one poll, and what it counted, to the source's day. `counts` are columns of `SourceDay`.

    The first poll of a day also lets go of days long past: a source costs no more rows than it is told by.
    """
    today = now.astimezone(UTC).date()
    direct = Direct(session.connection())
    added = direct.rows(_ADD, source=source_id, date=today, **_NOTHING | counts)
    # The first one: nothing was there yet.
    if added[0][0] == 1:
        direct.change(_FORGET, source=source_id, oldest=today - timedelta(days=KEPT_DAYS))


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
