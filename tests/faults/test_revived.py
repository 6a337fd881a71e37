"""Workers that stand still past their lease and come back: nobody gets two."""

import random
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from newsletter.db import Database
from newsletter.delivery.retry import MOST_FAULTS
from newsletter.models import DeliveryEvent, DeliveryState
from tests.delivery.cast import FAILED, MINUTE, NOW, SENT
from tests.faults.line import Line, by_state, readers_due, rows_of, transport_to
from tests.faults.sleepers import SHORT_LEASE, Clock, Sleeper, plan_and_sweep
from tests.faults.smtp import PIPELINING, FaultySmtp, serving

WORKERS, SCHEDULERS = 4, 2
READERS = 120
SEED = 20261122


@pytest.fixture
def server() -> Iterator[FaultySmtp]:
    with serving(FaultySmtp(extensions=("8BITMIME", PIPELINING))) as running:
        yield running


@pytest.fixture
def clock(tmp_path: Path) -> Clock:
    clock = Clock(tmp_path / "clock")
    clock.set(NOW)
    return clock


@pytest.fixture
def workers() -> Iterator[list[Sleeper]]:
    running: list[Sleeper] = []
    yield running
    for worker in running:
        worker.kill()


def time_passes(server: FaultySmtp, clock: Clock, minutes: int) -> None:
    """So much time goes by, a quarter of a lease at a time: whoever is awake can hold on to their mail."""
    for _ in range(minutes * MINUTE // (SHORT_LEASE / 4)):
        clock.set(clock.now() + SHORT_LEASE / 4)
        server.reached(len(server.moments) + 8, 0.05)


def schedulers_look(db: Database, clock: Clock) -> list[threading.Thread]:
    """Two schedulers look at the same moment, or when whoever stopped holding the database is revived."""
    looks = [threading.Thread(target=plan_and_sweep, args=(db, clock)) for _ in range(SCHEDULERS)]
    for look in looks:
        look.start()
    for look in looks:
        look.join(0.5)
    return looks


def finish(db: Database, server: FaultySmtp, clock: Clock) -> None:
    """Whatever is left is sent, as time goes by."""
    line = Line(db, transport_to(server.url), clock.now())
    line.settle()
    line.transport.close()


def test_workers_that_stand_still_past_their_lease_give_nobody_a_second_copy(
    any_db: Database, server: FaultySmtp, clock: Clock, workers: list[Sleeper]
) -> None:
    readers_due(any_db, READERS)
    chance = random.Random(SEED)
    workers += [Sleeper(any_db, server.port, clock) for _ in range(WORKERS)]
    assert server.reached(10, 60)

    paused = 0
    while any(worker.process.poll() is None for worker in workers):
        server.reached(len(server.moments) + chance.randrange(20, 60), 0.1)
        one = chance.choice(workers)
        one.stop()
        time_passes(server, clock, minutes=3)
        looks = schedulers_look(any_db, clock)
        server.reached(len(server.moments) + 40, 0.1)
        one.revive()
        for look in looks:
            look.join()
        paused += 1
    for worker in workers:
        worker.end()
    finish(any_db, server, clock)

    assert paused > 3
    rows, states = rows_of(any_db), by_state(any_db)
    # A mail that was in hand every time its worker stood still is taken for the cause, and parked.
    assert set(states) <= {SENT, FAILED}
    assert states[FAILED] <= paused // MOST_FAULTS
    assert all("something in this mail" in reason for reason in reasons_for(any_db, FAILED))
    assert server.copies() == {address: 1 for address, row in rows.items() if row.state == SENT}


def reasons_for(db: Database, state: DeliveryState) -> list[str]:
    with db.read() as session:
        told = select(DeliveryEvent.detail).where(DeliveryEvent.kind == str(state))
        return list(session.scalars(told))


@pytest.mark.parametrize("commits", [1, 5])
def test_a_worker_that_stands_still_between_mark_and_hand_over_hands_nothing_over_when_it_comes_back(
    any_db: Database, server: FaultySmtp, clock: Clock, workers: list[Sleeper], commits: int
) -> None:
    readers_due(any_db, 30)
    workers.append(Sleeper(any_db, server.port, clock, stops_after=commits))
    workers[0].wait_until_stopped()
    for minutes in (16, 11):
        clock.set(clock.now() + minutes * MINUTE)
        schedulers_look(any_db, clock)

    finish(any_db, server, clock)
    workers[0].revive()
    workers[0].end()
    finish(any_db, server, clock)

    assert set(by_state(any_db)) == {SENT}
    twice = {address for address, copies in server.copies().items() if copies > 1}
    assert not twice
    assert set(server.copies()) == set(rows_of(any_db))
