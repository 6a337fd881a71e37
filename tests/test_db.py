"""The database's doors: writers wait their turn, readers never write, instants are UTC."""

import threading
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, StatementError

from newsletter.db import Database
from newsletter.models import Source, Suppression


def _suppression(name: str, at: datetime) -> Suppression:
    return Suppression(address_hash=name, reason="test", created_at=at)


def test_writers_that_read_first_wait_their_turn_and_none_fails(db: Database, now: datetime) -> None:
    with db.write() as session:
        session.add(_suppression("0", now))
    failures: list[Exception] = []

    def count_up() -> None:
        try:
            for _ in range(25):
                with db.write() as session:
                    row = session.get_one(Suppression, 1)
                    row.address_hash = str(int(row.address_hash) + 1)
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=count_up) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    with db.read() as session:
        assert session.get_one(Suppression, 1).address_hash == "100"


def test_what_a_reader_changes_is_gone(any_db: Database, now: datetime) -> None:
    with any_db.read() as session:
        session.add(_suppression("a", now))
        session.flush()
    with any_db.read() as session:
        assert session.query(Suppression).count() == 0


def test_a_writer_that_fails_leaves_nothing(any_db: Database, now: datetime) -> None:
    with pytest.raises(LookupError), any_db.write() as session:
        session.add(_suppression("a", now))
        session.flush()
        raise LookupError
    with any_db.read() as session:
        assert session.query(Suppression).count() == 0


def test_an_instant_of_any_zone_comes_back_as_the_same_moment_in_utc(any_db: Database) -> None:
    moment = datetime(2026, 11, 22, 7, 30, tzinfo=timezone(timedelta(hours=5, minutes=45)))
    with any_db.write() as session:
        session.add(_suppression("a", moment))
    with any_db.read() as session:
        stored = session.query(Suppression).one().created_at
    assert stored == moment
    assert stored.tzinfo is UTC


def test_a_moment_without_a_zone_is_refused(db: Database) -> None:
    with pytest.raises(StatementError, match="needs a time zone"), db.write() as session:
        session.add(_suppression("a", datetime(2026, 11, 22)))


def test_foreign_keys_are_enforced(db: Database) -> None:
    with db.read() as session:
        assert session.scalar(text("PRAGMA foreign_keys")) == 1


def test_a_look_gives_plain_rows_of_what_was_committed(any_db: Database, now: datetime) -> None:
    with any_db.write() as session:
        session.add(Source(url="https://example.com/feed", name="Ann's", created_at=now, next_poll_at=now))
    with any_db.look() as direct:
        asked = "SELECT name, next_poll_at FROM source WHERE url AMONG :urls"
        found = direct.rows(asked, urls=["https://example.com/feed"])
        assert [(name, direct.instant(at)) for name, at in found] == [("Ann's", now)]


def test_what_goes_wrong_in_a_look_is_told_as_by_every_other_door(any_db: Database) -> None:
    with pytest.raises(DBAPIError) as told, any_db.look() as direct:
        direct.rows("SELECT secret FROM nowhere WHERE id = :id", id=7)
    assert "7" not in str(told.value.params or "")
    with any_db.look() as direct:
        assert len(direct.rows("SELECT 1")) == 1
