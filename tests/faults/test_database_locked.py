"""A database that another process holds while a send runs: sending waits, and loses nothing."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import event

from newsletter.db import Database
from tests.delivery.cast import HOUR, SENT
from tests.faults.hearing import what_senders_say
from tests.faults.line import Line, by_state, readers_due, rows_of, transport_to
from tests.faults.smtp import FINE, FaultySmtp, Moment, serving

LOCKED_SECONDS = float(os.environ.get("FAULTS_LOCKED_SECONDS", "1"))
_HOLD = """
import sqlite3, sys, time
held = sqlite3.connect(sys.argv[1], isolation_level=None)
held.execute("BEGIN IMMEDIATE")
print("held", flush=True)
time.sleep(float(sys.argv[2]))
held.execute("ROLLBACK")
"""


@pytest.fixture
def server() -> Iterator[FaultySmtp]:
    with serving(FaultySmtp()) as running:
        yield running


class Holder:
    """Another process takes the database's one writer for a time when a mail comes to a stage."""

    def __init__(self, db: Database, server: FaultySmtp, stage: str, seconds: float) -> None:
        self.db, self.server, self.stage, self.seconds = db, server, stage, seconds
        self.place = 5
        self.process: subprocess.Popen[str] | None = None

    def __call__(self, moment: Moment) -> str:
        if moment.stage == self.stage and self.server.count(self.stage) == self.place and not self.process:
            command = [sys.executable, "-c", _HOLD, str(self.db.url.database), str(self.seconds)]
            self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
            assert self.process.stdout is not None
            assert self.process.stdout.readline() == "held\n"
        return FINE

    def let_go(self) -> None:
        """Wait until the database is free."""
        assert self.process is not None
        self.process.communicate(timeout=30)
        assert self.process.returncode == 0


@pytest.mark.parametrize("stage", ["MAIL", "RCPT", "DOT"])
def test_a_database_locked_for_some_time_is_waited_for(db: Database, server: FaultySmtp, stage: str) -> None:
    readers_due(db, 10)
    holder = Holder(db, server, stage, LOCKED_SECONDS)
    server.mood = holder
    line = Line(db, transport_to(server.url))

    started = time.monotonic()
    line.send_all()
    took = time.monotonic() - started
    line.transport.close()
    holder.let_go()

    assert took > 0.9 * LOCKED_SECONDS
    assert by_state(db) == {SENT: 10}
    assert set(server.copies().values()) == {1}
    assert {row.attempts for row in rows_of(db).values()} == {1}


@pytest.mark.parametrize("stage", ["RCPT", "DOT"])
def test_a_database_locked_beyond_all_patience_is_waited_for_and_nothing_is_repeated(
    db: Database, server: FaultySmtp, stage: str
) -> None:
    readers_due(db, 10)
    lose_patience(db)
    holder = Holder(db, server, stage, LOCKED_SECONDS)
    server.mood = holder
    line = Line(db, transport_to(server.url))

    with what_senders_say() as said:
        line.send_all()
    holder.let_go()
    line.transport.close()

    assert "ledger cannot be written, sending waits" in {entry["event"] for entry in said}
    assert by_state(db) == {SENT: 10}
    assert set(server.copies().values()) == {1}
    assert {row.attempts for row in rows_of(db).values()} == {1}


def test_a_lock_at_the_last_moment_does_not_count_against_a_mail_that_was_deferred_before(
    db: Database, server: FaultySmtp
) -> None:
    readers_due(db, 5)
    line = Line(db, transport_to(server.url))
    server.mood = lambda moment: "451 4.3.0 busy" if moment.stage == "RCPT" else FINE
    for _ in range(2):
        line.send_all()
        line.now += HOUR
    assert {row.attempts for row in rows_of(db).values()} == {2}

    lose_patience(db)
    holder = Holder(db, server, "RCPT", seconds=0.5)
    server.mood = holder
    holder.place = server.count("RCPT") + 5
    line.settle()
    line.transport.close()
    holder.let_go()

    assert by_state(db) == {SENT: 5}
    assert set(server.copies().values()) == {1}
    assert {row.attempts for row in rows_of(db).values()} == {3}


def lose_patience(db: Database) -> None:
    """From now on the database waits 20 ms for others, in place of many seconds."""
    event.listen(db.engine, "connect", _no_patience)
    db.close()


def _no_patience(dbapi_connection: Any, _record: Any) -> None:
    dbapi_connection.execute("PRAGMA busy_timeout = 20")
