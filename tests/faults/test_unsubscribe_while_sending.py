"""Readers who leave while a send runs: after the commit nothing goes but what is in flight."""

import threading
from collections.abc import Iterator

import pytest
from sqlalchemy import select

from newsletter.db import Database
from newsletter.models import Subscriber
from newsletter.subscribers import unsubscribe
from tests.delivery.cast import NOW, SENT, SKIPPED
from tests.faults.line import Line, by_state, readers_due, transport_to
from tests.faults.smtp import FINE, PIPELINING, FaultySmtp, Moment, serving

READERS = 40
SENDERS = 3
CONNECTIONS = 4


@pytest.fixture
def server() -> Iterator[FaultySmtp]:
    with serving(FaultySmtp()) as running:
        yield running


def everybody_leaves(db: Database) -> None:
    """Every reader unsubscribes; committed when this returns."""
    with db.write() as session:
        for handle in session.scalars(select(Subscriber.handle)).all():
            unsubscribe(session, handle, "web", "Unsubscribe", NOW)


class Exodus:
    """Everybody leaves when the server has come to a stage for the `place`-th time."""

    def __init__(self, db: Database, server: FaultySmtp, stage: str, place: int) -> None:
        self.db, self.server, self.stage, self.place = db, server, stage, place
        self.leaving, self.left, self.in_flight = threading.Lock(), False, ""
        self.before: list[str] = []

    def __call__(self, moment: Moment) -> str:
        # Whoever else is speaking with the server waits here until everybody has left.
        with self.leaving:
            if moment.stage == self.stage and self.server.count(self.stage) >= self.place and not self.left:
                self.left, self.in_flight = True, moment.recipient
                everybody_leaves(self.db)
                self.before = [mail.recipient for mail in self.server.taken]
        return FINE


@pytest.mark.parametrize(("stage", "in_flight"), [("MAIL", 0), ("RCPT", 0), ("DATA", 1), ("DOT", 1)])
def test_who_leaves_while_the_send_runs_gets_nothing_beyond_the_one_in_flight(
    any_db: Database, server: FaultySmtp, stage: str, in_flight: int
) -> None:
    readers_due(any_db, READERS)
    exodus = Exodus(any_db, server, stage, place=10)
    server.mood = exodus
    line = Line(any_db, transport_to(server.url))

    line.send_all()
    line.transport.close()

    after = [mail.recipient for mail in server.taken[len(exodus.before) :]]
    assert len(exodus.before) == 9
    assert after == [exodus.in_flight] * in_flight
    assert by_state(any_db) == {SENT: 9 + in_flight, SKIPPED: READERS - 9 - in_flight}


@pytest.mark.parametrize("stage", ["MAIL", "RCPT", "DATA", "DOT"])
def test_with_groups_of_commands_over_several_connections_each_has_at_most_one_mail_in_flight(
    any_db: Database, server: FaultySmtp, stage: str
) -> None:
    server.extensions += (PIPELINING,)
    readers_due(any_db, READERS)
    exodus = Exodus(any_db, server, stage, place=14)
    server.mood = exodus
    line = Line(any_db, transport_to(server.url, connections=CONNECTIONS))

    line.send_all()
    line.transport.close()

    assert exodus.before
    assert len(server.taken) - len(exodus.before) <= CONNECTIONS
    assert set(server.copies().values()) == {1}
    assert by_state(any_db) == {SENT: len(server.taken), SKIPPED: READERS - len(server.taken)}


@pytest.mark.parametrize("stage", ["RCPT", "DOT"])
def test_several_senders_have_at_most_one_mail_each_in_flight_when_everybody_leaves(
    any_db: Database, server: FaultySmtp, stage: str
) -> None:
    readers_due(any_db, READERS)
    exodus = Exodus(any_db, server, stage, place=12)
    server.mood = exodus
    senders = [threading.Thread(target=send_in_thread, args=(any_db, server)) for _ in range(SENDERS)]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join(60)

    assert exodus.before
    assert len(server.taken) - len(exodus.before) <= SENDERS
    assert set(server.copies().values()) == {1}
    assert by_state(any_db) == {SENT: len(server.taken), SKIPPED: READERS - len(server.taken)}


def send_in_thread(db: Database, server: FaultySmtp) -> None:
    """Send what is due, a few at a time, over a connection of its own."""
    line = Line(db, transport_to(server.url))
    line.send_all(limit=4)
    line.transport.close()
