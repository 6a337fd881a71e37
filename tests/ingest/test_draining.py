"""Everything that is due is polled, with a fixed amount in hand; slow sources hold up none that are well."""

import threading
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event, func, insert, select, text, update
from sqlalchemy.exc import OperationalError

from newsletter.db import Database
from newsletter.ingest.claiming import due_sources
from newsletter.ingest.draining import drain
from newsletter.ingest.fetch import FetchError, FetchPolicy, FetchRequest, NotModified
from newsletter.ingest.unchanged import PORTION
from newsletter.models import Source, SourceStatus
from tests.ingest.polling import HOUR, source_of


def add_many(db: Database, number: int, now: datetime, **values: object) -> list[int]:
    rows = [
        {
            "url": f"https://{values.get('failures', 0)}-{n}.example.com/feed",
            "name": f"Paper {n}",
            "next_poll_at": now - timedelta(seconds=number - n),
            "created_at": now - HOUR * 24,
            "last_success_at": now - HOUR * 24,
            "etag": '"1"',
            **values,
        }
        for n in range(number)
    ]
    with db.write() as session:
        return list(session.scalars(insert(Source).returning(Source.id, sort_by_parameter_order=True), rows))


def unchanged(_request: FetchRequest, _policy: FetchPolicy) -> NotModified:
    return NotModified()


def claimed(db: Database, now: datetime) -> int:
    """How many sources wait for a claim to end: none has its next regular poll so soon or so late."""
    with db.read() as session:
        soon = Source.next_poll_at > now, Source.next_poll_at <= now + HOUR / 2
        return session.scalar(select(func.count()).where(*soon)) or 0


def test_all_that_is_due_is_polled_with_no_more_than_a_batch_claimed(any_db: Database, now: datetime) -> None:
    add_many(any_db, 150, now)
    seen: list[int] = []

    def fetch(_request: FetchRequest, _policy: FetchPolicy) -> NotModified:
        seen.append(claimed(any_db, now))
        return NotModified()

    drained = drain(any_db, lambda: now, FetchPolicy(), 40, workers=8, fetch=fetch)

    assert (drained.sources, drained.failed) == (150, 0)
    # Those that had nothing new are written down a portion at a time, while the next one gathers.
    assert max(seen) <= 40 + 2 * PORTION
    assert claimed(any_db, now) == 0
    with any_db.write() as session:
        assert due_sources(session, now, 10) == []


def test_sources_that_hang_again_hold_up_none_that_are_well(db: Database, now: datetime) -> None:
    ill = add_many(db, 30, now - HOUR, failures=3)
    well = add_many(db, 100, now)
    all_well_done, done = threading.Event(), list[str]()

    def fetch(request: FetchRequest, _policy: FetchPolicy) -> NotModified:
        if request.url.startswith("https://3-"):
            if not all_well_done.wait(60):
                raise AssertionError("those that hang held up the others")
            raise FetchError("It did not answer in time.")
        done.append(request.url)
        if len(done) == len(well):
            all_well_done.set()
        return NotModified()

    drained = drain(db, lambda: now, FetchPolicy(), 40, workers=8, fetch=fetch)

    assert (drained.sources, drained.failed) == (130, 30)
    assert source_of(db, ill[0]).failures == 4


def test_what_a_stopping_worker_has_in_hand_is_done_and_no_more_is_taken(db: Database, now: datetime) -> None:
    add_many(db, 100, now)
    polled: list[str] = []

    def fetch(request: FetchRequest, _policy: FetchPolicy) -> NotModified:
        polled.append(request.url)
        return NotModified()

    drained = drain(
        db, lambda: now, FetchPolicy(), 20, workers=4, fetch=fetch, stop=lambda: len(polled) >= 10
    )

    assert drained.sources == len(polled) < 60
    assert claimed(db, now) == 0


def test_a_database_that_fails_is_told_once_what_is_in_hand_is_done(db: Database, now: datetime) -> None:
    add_many(db, 300, now)
    polled: list[str] = []

    def fetch(request: FetchRequest, _policy: FetchPolicy) -> NotModified:
        polled.append(request.url)
        return NotModified()

    with db.write() as session:
        session.execute(text("DROP TABLE source_day"))
    with pytest.raises(OperationalError, match="source_day"):
        drain(db, lambda: now, FetchPolicy(), 20, workers=4, fetch=fetch)
    # The first portion fails while the others go on with what is in hand.
    assert len(polled) < 300


def test_suspended_sources_are_tried_and_those_gone_are_not(db: Database, now: datetime) -> None:
    (suspended,) = add_many(db, 1, now, failures=9, status=SourceStatus.SUSPENDED)
    add_many(db, 1, now, failures=1, status=SourceStatus.GONE)

    drained = drain(db, lambda: now, FetchPolicy(), 20, fetch=unchanged)

    assert drained.sources == 1
    assert source_of(db, suspended).status == SourceStatus.ACTIVE


def test_the_claims_of_a_long_round_count_from_the_present(db: Database, now: datetime) -> None:
    add_many(db, 2, now)

    with db.write() as session:
        ids = due_sources(session, now, 10, failing=False, claimed_at=now + HOUR)
    assert source_of(db, ids[0]).next_poll_at == now + HOUR * 1.5


def test_what_is_due_is_found_by_its_index_without_sorting(db: Database, now: datetime) -> None:
    add_many(db, 3, now)
    asked: list[tuple[str, Any]] = []

    @event.listens_for(db.engine, "before_cursor_execute")
    def note(_conn: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        asked.append((statement, parameters))

    with db.write() as session:
        due_sources(session, now, 200, failing=False)
    query, parameters = next(one for one in asked if one[0].startswith("SELECT"))
    with db.engine.connect() as connection:
        plan = str(connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {query}", parameters).all())

    assert "ix_source_status_next_poll_at" in plan
    assert "TEMP B-TREE" not in plan


def test_ten_thousand_sources_that_are_due_are_claimed_in_small_portions(db: Database, now: datetime) -> None:
    add_many(db, 10_000, now)
    taken, portions = 0, 0
    while True:
        with db.write() as session:
            ids = due_sources(session, now, 150, failing=False)
            # As a poll would: on to its next turn.
            later = update(Source).where(Source.id.in_(ids)).values(next_poll_at=now + HOUR)
            session.execute(later)
        if not ids:
            break
        assert len(ids) <= 150
        taken, portions = taken + len(ids), portions + 1

    assert (taken, portions) == (10_000, 67)
