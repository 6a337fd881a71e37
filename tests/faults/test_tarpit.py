"""One domain's mail answered so slowly that it holds up connections: the others' mail goes on."""

import threading
import time
from collections.abc import Iterator
from datetime import timedelta

import pytest

from newsletter.db import Database
from newsletter.delivery.send import Desk, send
from newsletter.delivery.throttle import Book
from newsletter.limits import Limit
from newsletter.providers import DomainLimits
from tests.delivery.cast import LEASE, NOW, SENT
from tests.delivery.office import KEYS, PUBLICATION
from tests.faults.line import by_state, readers_due, transport_to
from tests.faults.matrix import ILL
from tests.faults.smtp import FINE, PIPELINING, FaultySmtp, Moment, serving

READERS = 80
CONNECTIONS = 4
SLOW_SECONDS = 2.0


class Tarpit:
    """Answers nothing about one domain's mail until all other mail has come, or for so many seconds."""

    def __init__(self, healthy: int) -> None:
        self.healthy, self.came, self.at_first_answer = healthy, 0, -1
        self.all_came, self.counting = threading.Event(), threading.Lock()

    def __call__(self, moment: Moment) -> str:
        if moment.recipient.endswith(f"@{ILL}"):
            self.all_came.wait(SLOW_SECONDS)
            with self.counting:
                if self.at_first_answer < 0:
                    self.at_first_answer = self.came
        elif moment.stage == "DOT":
            with self.counting:
                self.came += 1
            if self.came == self.healthy:
                self.all_came.set()
        return FINE


@pytest.fixture(params=["one by one", "pipelined"])
def server(request: pytest.FixtureRequest) -> Iterator[FaultySmtp]:
    extensions = ("8BITMIME", PIPELINING) if request.param == "pipelined" else ("8BITMIME",)
    with serving(FaultySmtp(extensions=extensions)) as running:
        yield running


@pytest.mark.parametrize(
    "limits",
    [DomainLimits(), DomainLimits(named={ILL: Limit(connections=2)})],
    ids=["nobody knows it", "it has a limit"],
)
def test_mail_to_other_domains_does_not_wait_for_a_tarpit(
    db: Database, server: FaultySmtp, limits: DomainLimits
) -> None:
    addresses = readers_due(db, READERS)
    healthy = sum(not address.endswith(f"@{ILL}") for address in addresses)
    server.mood = tarpit = Tarpit(healthy)
    transport = transport_to(server.url, connections=CONNECTIONS)
    started, gives_up_at = time.monotonic(), time.monotonic() + 60
    desk = Desk(
        db,
        transport,
        lambda: NOW + timedelta(seconds=time.monotonic() - started),
        PUBLICATION,
        KEYS,
        Book(limits),
    )

    send(desk, 20, LEASE, stop=lambda: time.monotonic() > gives_up_at)
    transport.close()

    assert by_state(db) == {SENT: READERS}
    assert set(server.copies().values()) == {1}
    assert tarpit.at_first_answer >= 0.9 * healthy
