"""A disk that is full in the midst of a send: sending waits and says so, and goes on when there is room."""

import sqlite3
from typing import Any

import pytest
from sqlalchemy import event

from newsletter.db import Database
from tests.delivery.cast import SENT
from tests.faults.hearing import what_senders_say
from tests.faults.line import Line, by_state, readers_due, rows_of, transport_to
from tests.faults.smtp import FINE, PIPELINING, FaultySmtp, Moment, serving

READERS = 24
WAITS = {"ledger cannot be written, sending waits", "ledger cannot be used, sending waits"}
PLENTY = 1_000_000


# Every write is made to need room that nobody had before.
_GREEDY = """
CREATE TABLE filler (content BLOB);
CREATE TRIGGER greedy AFTER UPDATE ON delivery
BEGIN INSERT INTO filler VALUES (zeroblob(9000)); END;
"""


class Disk:
    """The room a database has: no more pages than it has, from when a stage is reached until two refusals."""

    def __init__(self, db: Database, server: FaultySmtp, stage: str, place: int) -> None:
        with sqlite3.connect(str(db.url.database)) as raw:
            raw.executescript(_GREEDY)
        raw.close()
        self.server, self.stage, self.place = server, stage, place
        self.full, self.was_full, self.refused = False, False, 0
        event.listen(db.engine, "begin", self._limit)
        event.listen(db.engine, "handle_error", self._refused)

    def __call__(self, moment: Moment) -> str:
        if moment.stage == self.stage and self.server.count(self.stage) == self.place and not self.was_full:
            self.full = self.was_full = True
        return FINE

    def _limit(self, connection: Any) -> None:
        # SQLite raises a limit below what is used to what is used: not one page more can be had.
        connection.exec_driver_sql(f"PRAGMA max_page_count = {1 if self.full else PLENTY}")

    def _refused(self, context: Any) -> None:
        self.refused += "full" in str(context.original_exception)
        self.full = self.full and self.refused < 2


@pytest.mark.parametrize("place", [1, 5, 13])
@pytest.mark.parametrize("stage", ["MAIL", "RCPT", "DATA", "DOT"])
def test_a_full_disk_is_waited_for_and_nothing_is_lost_or_repeated(
    db: Database, stage: str, place: int
) -> None:
    readers_due(db, READERS)
    with serving(FaultySmtp(extensions=("8BITMIME", PIPELINING))) as server, what_senders_say() as said:
        disk = Disk(db, server, stage, place)
        server.mood = disk
        line = Line(db, transport_to(server.url, connections=4))
        line.send_on(batch=10)
        line.transport.close()

    assert disk.refused, "the disk was never full"
    assert WAITS & {entry["event"] for entry in said}
    assert by_state(db) == {SENT: READERS}
    assert set(server.copies().values()) == {1}
    assert {row.attempts for row in rows_of(db).values()} == {1}
