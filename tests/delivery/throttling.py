"""A shared table in memory and a sender in small, to watch pacers over hours in no time."""

import heapq
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from newsletter.db import Database
from newsletter.delivery.throttle import HORIZON, Book, Pacer, Wishes, exchange
from newsletter.delivery.throttle.exchange import Answer, Grant, Row, settle
from newsletter.limits import Limit
from newsletter.providers import DomainLimits

NOW = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)
MS, SECOND, MINUTE = timedelta(milliseconds=1), timedelta(seconds=1), timedelta(minutes=1)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
RELAY = "mail.example.com:587"


def book(relay: Limit | None = None, **domains: Limit) -> Book:
    """Limits for domains (`example_org`, `others`), and for the relay."""
    named = {name.replace("_", "."): limit for name, limit in domains.items() if name != "others"}
    relays = {RELAY: relay} if relay else {}
    return Book(DomainLimits(named, domains.get("others", Limit())), relays)


def ask_table(db: Database, pacer: Pacer, now: datetime, leaving: bool = False) -> None:
    """What a sender does when its pacer is due."""
    wishes = pacer.wishes(now, leaving)
    with db.write() as session:
        answer = exchange(session, wishes, now)
    pacer.receive(answer, now)


@dataclass
class Table:
    """The shared table in memory: the same arithmetic without a database. No shares of connections."""

    rows: dict[str, Row] = field(default_factory=dict)
    asked: int = 0

    def ask(self, pacer: Pacer, now: datetime) -> None:
        wishes = pacer.wishes(now)
        self.asked += 1
        pacer.receive(self._answer(wishes, now), now)

    def _answer(self, wishes: Wishes, now: datetime) -> Answer:
        grants = {}
        for key, wish in wishes.by_key.items():
            row, permits = settle(key, self.rows.get(key, Row()), wish, now)
            self.rows[key] = row
            grants[key] = Grant(permits, None, row.hold, row.line_at)
        holds = {key: row.hold for key, row in self.rows.items() if row.hold.strikes}
        return Answer(grants, holds if wishes.look_around else None)


@dataclass
class Ledger:
    """Mails that wait, by when; counts how often each was claimed and when it left."""

    waiting: list[tuple[datetime, int, str]] = field(default_factory=list)
    claims: Counter[int] = field(default_factory=Counter)
    left: list[tuple[datetime, str]] = field(default_factory=list)

    def enter(self, domain: str, count: int, at: datetime = NOW) -> None:
        first = len(self.waiting)
        for number in range(first, first + count):
            heapq.heappush(self.waiting, (at, number, domain))

    def claim(self, now: datetime, most: int) -> list[tuple[datetime, int, str]]:
        claimed: list[tuple[datetime, int, str]] = []
        while len(claimed) < most and self.waiting and self.waiting[0][0] <= now:
            _at, number, domain = heapq.heappop(self.waiting)
            self.claims[number] += 1
            claimed.append((now, number, domain))
        return claimed


@dataclass
class Sender:
    """A worker's loop as the package describes it; each mail is taken by the server at once."""

    table: Table
    ledger: Ledger
    pacer: Pacer
    in_hand: list[tuple[datetime, int, str]] = field(default_factory=list)

    def turn(self, now: datetime) -> None:
        if self.pacer.due(now):
            self.table.ask(self.pacer, now)
        for one in self.ledger.claim(now, 200):
            heapq.heappush(self.in_hand, one)
        asking = []
        while self.in_hand and self.in_hand[0][0] <= now:
            asking.append(heapq.heappop(self.in_hand))
        for _at, number, domain in asking:
            self._send(number, domain, now)

    def _send(self, number: int, domain: str, now: datetime) -> None:
        at = self.pacer.admit(domain, now)
        if at is None:
            self.ledger.left.append((now, domain))
            self.pacer.settle(domain, now, taken=True)
        elif at - now <= HORIZON:
            heapq.heappush(self.in_hand, (at, number, domain))
        else:
            heapq.heappush(self.ledger.waiting, (self.pacer.turn(domain, now), number, domain))


def run(senders: list[Sender], until: datetime, step: timedelta = 50 * MS, start: datetime = NOW) -> datetime:
    """Let the senders work in turn until all mail has left, at most until then; the moment it ended."""
    now, ledger = start, senders[0].ledger
    total = len(ledger.left) + len(ledger.waiting) + sum(len(one.in_hand) for one in senders)
    while len(ledger.left) < total and now < until:
        for sender in senders:
            sender.turn(now)
        now += step
    return now


def senders(count: int, limits: Book, now: datetime = NOW) -> list[Sender]:
    table, ledger = Table(), Ledger()
    return [Sender(table, ledger, Pacer(limits, f"worker-{number}", now)) for number in range(count)]
