"""Polls that found nothing new: gathered, and written down together as each would be for itself."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import delete, select

from newsletter.db import Database
from newsletter.ingest.fetch import NotModified
from newsletter.ingest.record import record
from newsletter.ingest.unchanged import PORTION, Unchanged, note_unchanged
from newsletter.models import Source, SourceDay
from tests.ingest.polling import HOUR
from tests.ingest.test_draining import add_many


def everything(db: Database) -> list[tuple[object, ...]]:
    """Every source and every day of one."""
    with db.read() as session:
        sources = session.execute(select(Source.__table__).order_by(Source.id)).all()
        days = session.execute(select(SourceDay.__table__).order_by(SourceDay.source_id, SourceDay.date))
        return [tuple(row) for row in (*sources, *days)]


def test_what_is_written_together_is_what_each_poll_would_have_written(db: Database, now: datetime) -> None:
    ill = {"failures": 2, "failure": "It did not answer.", "interval": 1800}
    ids = add_many(db, 3, now, **ill)
    before = now - timedelta(days=400)
    with db.write() as session:
        session.add_all(SourceDay(source_id=number, date=before.date(), polls=7) for number in ids)
    for moment in (now, now + HOUR):
        for number in ids:
            record(db, number, NotModified(), moment)
    each_alone = everything(db)
    with db.write() as session:
        session.execute(delete(Source))
    assert add_many(db, 3, now, **ill) == ids
    for moment in (now, now + HOUR):
        note_unchanged(db, [(number, moment) for number in reversed(ids)])
    assert everything(db) == each_alone


@pytest.mark.parametrize("count", [PORTION - 1, PORTION, PORTION + 1])
def test_a_portion_is_written_when_it_is_full_and_the_rest_at_the_end(
    db: Database, now: datetime, count: int
) -> None:
    ids, gathered = add_many(db, count, now), Unchanged(db)
    for number in ids:
        gathered.add(number, now)
    assert polled(db) == (PORTION if count >= PORTION else 0)
    gathered.finish()
    assert polled(db) == count


def test_a_source_removed_meanwhile_is_passed_over(any_db: Database, now: datetime) -> None:
    first, second = add_many(any_db, 2, now)
    with any_db.write() as session:
        session.execute(delete(Source).where(Source.id == first))
    note_unchanged(any_db, [(first, now), (second, now)])
    assert polled(any_db) == 1


def polled(db: Database) -> int:
    with db.read() as session:
        return len(session.scalars(select(Source.id).where(Source.last_polled_at.is_not(None))).all())
