"""Senders killed with kill -9 at random instants: nobody is forgotten, and nobody gets more than two."""

import os
import random
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest

from newsletter.db import Database
from newsletter.delivery import ledger
from newsletter.delivery.status import count_due
from tests.delivery.cast import FAILED, LEASE, MINUTE, NOW, SENT, UNCERTAIN
from tests.faults.line import by_state, readers_due, rows_of, unsettled
from tests.faults.nursery import Nursery
from tests.faults.smtp import FINE, PIPELINING, FaultySmtp, Moment, serving

RECIPIENTS = int(os.environ.get("FAULTS_RECIPIENTS", "200"))
KILLS = int(os.environ.get("FAULTS_KILLS", "25"))
SEED = int(os.environ.get("FAULTS_SEED", "20261122"))
SENDERS, CONNECTIONS = 2, 4
BATCH = 20 if RECIPIENTS < 5000 else 50
LONG = 10_000
STANDSTILL_SECONDS = 60


@dataclass
class Storm:
    """Kills senders while they send to `server`, starts others in their place, and moves the clock on."""

    db: Database
    server: FaultySmtp
    nursery: Nursery
    chance: random.Random
    now: datetime = NOW
    kills: int = 0

    def rage(self, most_kills: int = KILLS) -> None:
        """Until nothing is left in the ledger; `most_kills` kills, spread over the whole send."""
        while unsettled(self.db):
            senders = [self.nursery.start(self.now) for _ in range(SENDERS)]
            while self.kills < most_kills and self._some_moments_pass():
                self._kill_one(senders)
            for number in senders:
                self.nursery.wait(number)
            self.pass_lease()

    def pass_lease(self) -> None:
        """Let every lease run out, and take back what the dead left."""
        self.now += LEASE + MINUTE
        with self.db.write() as session:
            ledger.sweep(session, self.now)

    def _some_moments_pass(self) -> bool:
        """False when the senders have nothing more to claim."""
        gap = max(2, 2 * RECIPIENTS // KILLS)
        goal = len(self.server.moments) + self.chance.randrange(1, 2 * gap)
        ends = time.monotonic() + STANDSTILL_SECONDS
        while not self.server.reached(goal, 0.05):
            assert time.monotonic() < ends, "the senders stand still; see their tracebacks"
            with self.db.read() as session:
                if not count_due(session, self.now):
                    return False
        return True

    def _kill_one(self, senders: list[int]) -> None:
        # Not to wait for anything: it takes the kill away from the server's moments to any instant.
        time.sleep(self.chance.uniform(0, 0.008))
        place = self.chance.randrange(SENDERS)
        self.kills += self.nursery.kill(senders[place])
        senders[place] = self.nursery.start(self.now)


@contextmanager
def storm_over(db: Database, smtp: FaultySmtp, connections: int = CONNECTIONS) -> Iterator[Storm]:
    with serving(smtp) as server:
        nursery = Nursery(db, server.port, BATCH, connections)
        yield Storm(db, server, nursery, random.Random(SEED))
        nursery.close()


@pytest.mark.parametrize(
    "extensions", [("8BITMIME",), ("8BITMIME", PIPELINING)], ids=["one by one", "pipelined"]
)
def test_a_storm_of_kills_loses_nobody_and_repeats_at_most_one_mail_a_connection(
    db: Database, extensions: tuple[str, ...]
) -> None:
    addresses = readers_due(db, RECIPIENTS, fresh=timedelta(days=900))

    with storm_over(db, FaultySmtp(extensions=extensions)) as storm:
        storm.rage()

    copies, rows, states = storm.server.copies(), rows_of(storm.db), by_state(storm.db)
    repeats = sum(copies.values()) - len(copies)
    figures = f"{storm.kills} kills: {dict(states)}, {repeats} repeats"
    print(figures)  # noqa: T201
    assert storm.kills >= KILLS // 2, "the storm was over before it began"
    assert set(states) <= {SENT, UNCERTAIN, FAILED}, figures

    missing = set(addresses) - set(copies)
    assert all(rows[address].state in (UNCERTAIN, FAILED) for address in missing), figures
    assert all(
        rows[address].state == SENT for address in addresses if copies[address] and not rows[address].repeats
    )

    assert repeats <= storm.kills * CONNECTIONS, figures
    assert all(copies[address] <= 1 + rows[address].repeats <= 2 for address in addresses), figures
    assert sum(row.repeats for row in rows.values()) <= storm.kills * CONNECTIONS, figures
    # Parked are only those whose own mail was in hand when a sender died, twice over.
    assert states[UNCERTAIN] + states[FAILED] <= storm.kills // 2, figures
    assert_repeats_are_copies(storm)
    if RECIPIENTS >= LONG:
        assert states[UNCERTAIN] <= RECIPIENTS // 1000, figures


@pytest.fixture
def storm(db: Database) -> Iterator[Storm]:
    with storm_over(db, FaultySmtp(), connections=1) as storm:
        yield storm


def test_a_sender_killed_before_it_heard_the_answer_repeats_the_same_mail_once(storm: Storm) -> None:
    readers_due(storm.db, 6)
    senders, may_die, dead = [0], threading.Event(), threading.Event()
    victims: list[str] = []

    def kill_after_the_dot(moment: Moment) -> str:
        if moment.stage == "DOT" and not victims and may_die.wait(20):
            victims.append(moment.recipient)
            storm.kills += storm.nursery.kill(senders[0])
            dead.set()
        return FINE

    storm.server.mood = kill_after_the_dot
    senders[0] = storm.nursery.start(NOW)
    may_die.set()
    assert dead.wait(20)
    storm.pass_lease()
    storm.rage(most_kills=1)

    assert storm.kills == 1
    assert by_state(storm.db) == {SENT: 6}
    assert {address for address, copies in storm.server.copies().items() if copies == 2} == set(victims)
    assert_repeats_are_copies(storm)


def assert_repeats_are_copies(storm: Storm) -> None:
    """Whatever came twice is the same mail, under the Message-ID the ledger has."""
    rows = rows_of(storm.db)
    seen: dict[str, bytes] = {}
    for message in storm.server.taken:
        assert message.message_id == rows[message.recipient].message_id
        assert seen.setdefault(message.recipient, message.content) == message.content
