"""A sending office for tests: a publication, keys, a clock that is moved by hand, and a transport."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from newsletter.db import Database
from newsletter.delivery import ledger
from newsletter.delivery.send import Desk, SendReport, send
from newsletter.mail.issue import Publication
from newsletter.mail.transport import BlockingTransport
from tests.delivery.cast import LEASE, MINUTE, NOW
from tests.fakes import FakeTransport

PUBLICATION = Publication(
    name="Daily Edition",
    base_url="https://news.example.com",
    sender="Daily Edition <news@example.com>",
    reply_to=None,
    bounce_address="bounces@example.com",
    postal_address="1 Paper Street, Exampleton",
    list_domain="news.example.com",
)
KEYS = ("a key that is long enough to sign with",)


@dataclass
class Office:
    """Sends what is due in `db` through `transport` at `now`."""

    db: Database
    transport: FakeTransport = field(default_factory=FakeTransport)
    now: datetime = NOW

    def send(self, limit: int = 50, stop: Callable[[], bool] = lambda: False) -> SendReport:
        desk = Desk(self.db, BlockingTransport(self.transport), lambda: self.now, PUBLICATION, KEYS)
        return send(desk, limit, LEASE, stop, most=limit)

    def sweep(self) -> ledger.Swept:
        with self.db.write() as session:
            return ledger.sweep(session, self.now)

    def wait(self, how_long: timedelta = LEASE + MINUTE) -> None:
        """Let time pass: by default until every lease has run out."""
        self.now += how_long
