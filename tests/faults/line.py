"""A sending line for fault tests: the real engine and transport, and a clock that is moved by hand."""

import os
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import func, select

from newsletter.db import Database
from newsletter.delivery import ledger
from newsletter.delivery.send import Desk, SendReport, send
from newsletter.mail.transport import SmtpTransport, Transport, parse_smtp_urls
from newsletter.mail.transport.patience import Patience
from newsletter.mail.transport.relays import LONGEST_WAIT
from newsletter.models import Delivery, DeliveryState, Subscriber
from tests.delivery.cast import DEFERRED, LEASE, MINUTE, NOW, QUEUED, SENDING, a_delivery, a_reader, a_topic
from tests.delivery.cast import an_edition as an_edition_of
from tests.delivery.office import KEYS, PUBLICATION

DOMAINS = ("example.org", "example.net", "example.com", "mail.example.org")
RECIPIENTS_PER_CASE = int(os.environ.get("FAULTS_MATRIX_RECIPIENTS", "16"))
# A domain that says 421 to each mail's first four tries, on one connection, takes one mail every few rounds,
# a quarter of an hour each: with many recipients half a day is not enough.
MOST_ROUNDS = 100 + 2 * RECIPIENTS_PER_CASE
FRESH = timedelta(hours=max(12, RECIPIENTS_PER_CASE // 2))
_relay_clock = [0.0]
# The clock stands still while a send runs: whoever has to wait is put back.
AT_ONCE = timedelta(0)
UNSETTLED = (QUEUED, DEFERRED, SENDING)


@dataclass
class Line:
    """Sends what is due in `db` through `transport` at `now`."""

    db: Database
    transport: Transport
    now: datetime = NOW

    def send(self, limit: int = 50) -> SendReport:
        return send(self._desk(lambda: self.now), limit, LEASE, most=limit)

    def send_on(self, batch: int, stop: Callable[[], bool] = lambda: False) -> SendReport:
        """Send in one go what is due as a worker does, claiming more on the way; its clock runs on."""
        started = time.monotonic()
        desk = self._desk(lambda: self.now + timedelta(seconds=time.monotonic() - started))
        return send(desk, batch, LEASE, stop)

    def send_by(self, now_of: Callable[[], datetime], batch: int, lease: timedelta) -> SendReport:
        """Send in one go what is due by a clock that somebody else moves."""
        return send(self._desk(now_of), batch, lease)

    def _desk(self, now_of: Callable[[], datetime]) -> Desk:
        _relay_clock[0] += LONGEST_WAIT
        return Desk(self.db, self.transport, now_of, PUBLICATION, KEYS, horizon=AT_ONCE)

    def send_all(self, limit: int = 50) -> SendReport:
        """Batch after batch until nothing is due or no mail can leave; the last batch's report."""
        while (report := self.send(limit)).claimed and not report.interrupted:
            pass
        return report

    def settle(self, most_rounds: int = MOST_ROUNDS) -> None:
        """Send, sweep, and move the clock to whatever comes next, until every delivery has ended."""
        for _ in range(most_rounds):
            report = self.send_all()
            with self.db.write() as session:
                ledger.sweep(session, self.now)
            if not unsettled(self.db):
                return
            soon = self.now + MINUTE
            self.now = soon if report.interrupted else max(soon, self._next())
        raise AssertionError(f"never settled: {by_state(self.db)}")

    def _next(self) -> datetime:
        with self.db.read() as session:
            again = session.scalar(
                select(func.min(Delivery.next_attempt_at)).where(Delivery.state.in_((QUEUED, DEFERRED)))
            )
            lease = session.scalar(select(func.min(Delivery.lease_until)).where(Delivery.state == SENDING))
        return min(moment for moment in (again, lease) if moment)


def transport_to(
    url: str, after_dot_seconds: float = 20.0, command_seconds: float = 20.0, connections: int = 1
) -> SmtpTransport:
    """A transport to the servers of this setting; a relay that was down may be tried at each new send."""
    servers = [replace(server, connections=connections) for server in parse_smtp_urls(url)]
    return SmtpTransport(servers, Patience(command_seconds, after_dot_seconds), lambda: _relay_clock[0])


def readers_due(db: Database, count: int, fresh: timedelta = FRESH) -> list[str]:
    """As many readers, over several domains in turn, each with an issue that is due; their addresses."""
    with db.write() as session:
        topic = a_topic(session)
        edition = an_edition_of(session, topic)
        addresses = [f"reader{number}@{DOMAINS[number % len(DOMAINS)]}" for number in range(count)]
        for number, address in enumerate(addresses):
            reader = a_reader(session, topic, name=f"reader{number}", address=address, address_key=address)
            a_delivery(session, reader, editions=str(edition.id), expires_at=NOW + fresh)
    return addresses


def rows_of(db: Database) -> dict[str, Delivery]:
    """Every delivery by its reader's address."""
    with db.read() as session:
        found = session.execute(select(Subscriber.address, Delivery).join(Delivery.subscriber))
        return {row.address: row.Delivery for row in found}


def by_state(db: Database) -> Counter[DeliveryState]:
    """How many deliveries are in which state."""
    with db.read() as session:
        counted = session.execute(select(Delivery.state, func.count()).group_by(Delivery.state))
        return Counter({DeliveryState(state): number for state, number in counted})


def unsettled(db: Database) -> int:
    """How many deliveries have not ended."""
    states = by_state(db)
    return sum(states[state] for state in UNSETTLED)
