"""Polls that found nothing new, which most do: written down many at once.

For itself each of these writes would cost more than the asking.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from threading import Lock
from typing import Any

from sqlalchemy import Connection, bindparam, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from newsletter.db import Database
from newsletter.ingest.habits import KEPT_DAYS
from newsletter.ingest.hubs import told_by_hubs
from newsletter.ingest.planning import plan_poll, unlearnt
from newsletter.models import Source, SourceDay, SourceStatus

# So many wait to be written; whoever dies with them in hand has them asked again.
PORTION = 32

# A source's number, and when it was polled.
Poll = tuple[int, datetime]


class Unchanged:
    """Takes polls that found nothing new, from any thread, and writes them down a portion at a time."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._lock = Lock()
        # One portion is written at a time: who has the next one full waits, and takes no more in hand.
        self._writing = Lock()
        self._polls: list[Poll] = []

    def add(self, source_id: int, now: datetime) -> None:
        """Take one down. Raises database errors."""
        with self._lock:
            self._polls.append((source_id, now))
            full = self._take() if len(self._polls) >= PORTION else []
        self._write(full)

    def finish(self) -> None:
        """Write what is left. Raises database errors."""
        with self._lock:
            left = self._take()
        self._write(left)

    def _write(self, polls: Sequence[Poll]) -> None:
        if polls:
            with self._writing:
                note_unchanged(self._db, polls)

    def _take(self) -> list[Poll]:
        polls, self._polls = self._polls, []
        return polls


def note_unchanged(db: Database, polls: Sequence[Poll]) -> None:
    """Write these polls down in one short transaction; sources that are gone are passed over."""
    if not polls:
        return
    # In one order, whoever writes: two that lock the same rows must not wait for each other.
    moments = dict(sorted(polls))
    with db.direct() as connection:
        rows = _outlooks(connection, moments)
        if rows:
            connection.execute(_UPDATE, rows)
            _note_days(connection, [(row["number"], moments[row["number"]]) for row in rows])


def _outlooks(connection: Connection, moments: dict[int, datetime]) -> list[dict[str, Any]]:
    wanted = (
        select(Source.id, Source.interval, Source.asked_interval, Source.last_new_at, Source.created_at)
        .where(Source.id.in_(moments))
        .order_by(Source.id)
    )
    told = told_by_hubs(connection, list(moments), min(moments.values()))
    rows = []
    for number, interval, asked, last_new_at, created_at in connection.execute(wanted):
        now = moments[number]
        learnt = unlearnt(interval, last_new_at or created_at, now)
        planned = plan_poll(number, learnt, asked, number in told, now)
        rows.append({"number": number, "now": now, "wait": planned.interval, "next": planned.next_poll_at})
    return rows


_UPDATE = (
    update(Source)
    .where(Source.id == bindparam("number"))
    .values(
        interval=bindparam("wait"),
        next_poll_at=bindparam("next"),
        last_polled_at=bindparam("now"),
        last_success_at=bindparam("now"),
        status=SourceStatus.ACTIVE,
        failures=0,
        failure=None,
        missing_since=None,
        moved_to=None,
        moved_times=0,
    )
)


def _note_days(connection: Connection, polls: Iterable[Poll]) -> None:
    """One poll more on each source's day; days long past are let go, as `days.note_poll` does."""
    days = {number: now.astimezone(UTC).date() for number, now in polls}
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    another = dialect.insert(SourceDay)
    connection.execute(
        another.on_conflict_do_update(
            index_elements=["source_id", "date"], set_={"polls": SourceDay.polls + another.excluded.polls}
        ),
        [{"source_id": number, "date": day, "polls": 1} for number, day in days.items()],
    )
    oldest = min(days.values()) - timedelta(days=KEPT_DAYS)
    connection.execute(delete(SourceDay).where(SourceDay.source_id.in_(days), SourceDay.date < oldest))
