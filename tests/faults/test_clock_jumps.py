"""A clock that jumps in the midst of a send, either way, while others plan and sweep: nothing twice."""

import threading
from collections.abc import Iterator
from datetime import timedelta

import pytest

from newsletter.db import Database
from newsletter.delivery import ledger
from newsletter.delivery.due import plan_due
from tests.delivery.cast import DOMAIN, FRESH, SENT
from tests.faults.line import Line, by_state, readers_due, rows_of, transport_to
from tests.faults.smtp import FINE, PIPELINING, FaultySmtp, Moment, serving

READERS = 24
CONNECTIONS = 4
JUMPS = [
    timedelta(seconds=5),
    timedelta(minutes=16),
    timedelta(hours=11),
    timedelta(days=1),
]


class Jump:
    """When a stage is reached, the clock jumps, and somebody else plans and sweeps by it."""

    def __init__(self, line: Line, server: FaultySmtp, stage: str, by: timedelta, back: bool) -> None:
        self.line, self.server, self.stage, self.by, self.back = line, server, stage, by, back
        self.once, self.places = threading.Lock(), {7, 15}

    def __call__(self, moment: Moment) -> str:
        with self.once:
            if moment.stage == self.stage and self.server.count(self.stage) in self.places:
                self.places.discard(self.server.count(self.stage))
                self.line.now += self.by
                self.somebody_else_looks()
                if self.back:
                    self.line.now -= self.by
                    self.somebody_else_looks()
        return FINE

    def somebody_else_looks(self) -> None:
        with self.line.db.write() as session:
            ledger.sweep(session, self.line.now)
            plan_due(session, self.line.now, FRESH, DOMAIN)


@pytest.fixture
def server() -> Iterator[FaultySmtp]:
    with serving(FaultySmtp(extensions=("8BITMIME", PIPELINING))) as running:
        yield running


@pytest.mark.parametrize("stage", ["MAIL", "DATA", "DOT"])
@pytest.mark.parametrize("back", [False, True], ids=["once", "and back"])
@pytest.mark.parametrize("sign", [1, -1], ids=["forward", "backward"])
@pytest.mark.parametrize("by", JUMPS, ids=str)
def test_a_clock_that_jumps_gives_nobody_a_second_copy(
    db: Database, server: FaultySmtp, by: timedelta, sign: int, back: bool, stage: str
) -> None:
    readers_due(db, READERS, fresh=timedelta(days=4))
    line = Line(db, transport_to(server.url, connections=CONNECTIONS))
    jump = Jump(line, server, stage, sign * by, back)
    server.mood = jump

    line.send_on(batch=10)
    line.settle()
    line.transport.close()

    assert not jump.places, "the clock never jumped"
    assert server.copies() == dict.fromkeys(rows_of(db), 1)
    assert by_state(db) == {SENT: READERS}
