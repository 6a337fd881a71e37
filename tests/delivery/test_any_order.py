"""Whatever happens in whatever order: one row a reader and date, at most two copies, nothing lost."""

import contextlib
import shutil
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from sqlalchemy import event, select

from newsletter.db import Database
from newsletter.delivery import ledger
from newsletter.delivery.claim import take
from newsletter.delivery.due import plan_due, plan_welcomes
from newsletter.mail.outgoing import (
    OutgoingMail,
    PermanentRefusal,
    TemporaryRefusal,
    TransportDown,
    UnknownOutcome,
)
from newsletter.models import Delivery, Edition, Subscriber, Topic
from tests import fakes
from tests.delivery.cast import (
    DOMAIN,
    EXPIRED,
    FAILED,
    FRESH,
    HOUR,
    LEASE,
    MINUTE,
    NOW,
    SENT,
    UNCERTAIN,
    a_reader,
    a_topic,
    an_edition,
    deliveries,
    events_of,
)
from tests.delivery.claims import mark
from tests.delivery.office import KEYS, Office
from tests.fakes import Killed

BEHAVIOURS: tuple[fakes.Behaviour, ...] = (
    fakes.accept,
    fakes.killed_before_the_mark,
    fakes.killed_after_the_mark,
    fakes.killed_after_it_was_taken,
    fakes.take_in_silence(UnknownOutcome("cut")),
    fakes.refuse(TemporaryRefusal("451 later")),
    fakes.refuse(TransportDown("no such host")),
    fakes.refuse_at_the_end(TemporaryRefusal("452 full")),
    fakes.refuse_at_the_end(PermanentRefusal("554 no")),
)

ACTS = some.one_of(
    some.tuples(some.sampled_from(["plan", "sweep", "publish"]), some.just(0)),
    some.tuples(some.just("send"), some.integers(0, len(BEHAVIOURS) - 1)),
    some.tuples(some.just("crash"), some.sampled_from([1, 2, 3, 3, 4])),
    some.tuples(some.just("day"), some.booleans().map(int)),
    some.tuples(some.just("abandon"), some.integers(1, 3)),
    some.tuples(some.just("revive"), some.integers(0, 1)),
    some.tuples(some.just("clock"), some.sampled_from([-1440, -60, -1, 1, 6, 16, 61, 300, 725, 1440])),
    some.tuples(some.just("hour"), some.integers(-30, 30)),
)


class World:
    """A small installation that things are done to; every method but `settle` is one act."""

    def __init__(self, db: Database) -> None:
        self.office = Office(db)
        self.abandoned: list[ledger.Claim] = []
        with db.write() as session:
            topic = a_topic(session)
            an_edition(session, topic)
            for number in range(3):
                a_reader(session, topic, name=f"r{number}", welcomed_at=NOW - HOUR if number else None)

    def plan(self, _unused: int) -> None:
        with self.office.db.write() as session:
            plan_due(session, self.office.now, FRESH, DOMAIN)
            plan_welcomes(session, self.office.now, FRESH, DOMAIN)

    def send(self, behaviour: int) -> None:
        """A worker sends; to one reader the server, or the worker, behaves as told."""
        self.office.transport.heal()
        self.office.transport.to("r0@example.org", BEHAVIOURS[behaviour])
        with contextlib.suppress(Killed):
            self.office.send()

    def crash(self, behaviour: int) -> None:
        """Workers break off one after the other; each time leases run out, and the sweep comes by."""
        for _worker in range(3):
            self.send(behaviour)
            self.office.wait()
            self.office.sweep()

    def day(self, publishes: int) -> None:
        """A day goes by as days should; the next morning there is a new edition, or none."""
        self.plan(0)
        self.send(0)
        self.office.wait(timedelta(days=1))
        if publishes:
            self.publish(0)
        self.plan(0)
        self.send(0)

    def abandon(self, limit: int) -> None:
        """A worker claims and then stands still."""
        with self.office.db.write() as session:
            self.abandoned += [one.claim for one in take(session, KEYS, self.office.now, limit, LEASE).mails]

    def revive(self, delivers: int) -> None:
        """Those workers go on: they hand over if they still may, and die before they can record."""
        claims, self.abandoned = self.abandoned, []
        for claim in claims:
            with contextlib.suppress(ledger.LeaseLost):
                self._hand_over(claim, bool(delivers))

    def _hand_over(self, claim: ledger.Claim, delivers: bool) -> None:
        mark(self.office.db, claim, self.office.now)
        with self.office.db.read() as session:
            row = session.get_one(Delivery, claim.delivery_id)
            mail = OutgoingMail(row.message_id, "", row.subscriber.address, b"")
        if delivers:
            self.office.transport.taken.append(mail)

    def sweep(self, _unused: int) -> None:
        self.office.sweep()

    def clock(self, minutes: int) -> None:
        self.office.wait(minutes * MINUTE)

    def publish(self, _unused: int) -> None:
        """An edition closed an hour ago, unless that date has one."""
        closed_at = self.office.now - HOUR
        with self.office.db.write() as session:
            if not session.scalar(select(Edition).where(Edition.date == closed_at.date())):
                an_edition(session, session.scalars(select(Topic)).one(), closed_at)

    def hour(self, hours: int) -> None:
        """A reader's next slot moves."""
        with self.office.db.write() as session:
            reader = session.scalars(select(Subscriber).order_by(Subscriber.id).limit(1)).one()
            reader.next_issue_at = self.office.now + hours * HOUR

    def settle(self) -> None:
        """Nothing breaks any more, and time passes until every delivery has come to an end."""
        self.office.transport.heal()
        latest = max([self.office.now, *(row.expires_at for row in deliveries(self.office.db))])
        while self.office.now < latest + 2 * HOUR:
            self.office.wait(timedelta(minutes=45))
            self.office.sweep()
            self.office.send()


@contextmanager
def world_from(template: Path, folder: Path) -> Iterator[World]:
    path = folder / f"{uuid4().hex}.db"
    shutil.copy(template, path)
    db = Database(f"sqlite:///{path}")
    # Hundreds of small transactions, and no power cut in this test.
    event.listen(db.engine, "connect", lambda raw, _record: raw.execute("PRAGMA synchronous = OFF"))
    yield World(db)
    db.close()


def check(world: World) -> None:
    """What must hold at any moment."""
    rows = deliveries(world.office.db)
    keys = Counter((row.subscriber_id, row.kind, row.occasion) for row in rows)
    copies = Counter(mail.message_id for mail in world.office.transport.taken)
    assert not keys or max(keys.values()) == 1, "two rows for one reader and date"
    assert not copies or max(copies.values()) <= 2, "more than two copies"
    assert all(row.repeats <= 1 for row in rows)
    had: Counter[tuple[int, str]] = Counter()
    for row in rows:
        if row.state == SENT:
            assert copies[row.message_id], "called sent, and nobody has it"
            had.update((row.subscriber_id, edition) for edition in row.editions.split(","))
    assert not had or max(had.values()) == 1, "an edition sent twice in different issues"


@settings(max_examples=40, deadline=None)
@given(acts=some.lists(ACTS, min_size=5, max_size=20))
def test_any_order_of_events_ends_well(
    acts: list[tuple[str, int]], migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("any_order")
    with world_from(migrated_sqlite, folder) as world:
        for act, amount in acts:
            getattr(world, act)(amount)
            check(world)
        world.settle()
        check(world)
        copies = Counter(mail.message_id for mail in world.office.transport.taken)
        for row in deliveries(world.office.db):
            assert row.state in (SENT, FAILED, EXPIRED, UNCERTAIN), "left behind"
            assert "composing failed" not in str(events_of(world.office.db, row.id)), "nothing was tested"
            if row.state in (EXPIRED, FAILED):
                assert not copies[row.message_id] or row.repeats, "arrived, and called lost"
    shutil.rmtree(folder)
