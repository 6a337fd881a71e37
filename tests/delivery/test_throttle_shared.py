"""The shared table under real workers: several at once never take more than there is."""

from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from datetime import datetime, timedelta
from itertools import pairwise
from multiprocessing import get_context
from threading import Barrier

from sqlalchemy import select

from newsletter.db import Database
from newsletter.delivery.throttle import Pacer
from newsletter.delivery.throttle.exchange import SeatWish, Wish, Wishes, exchange
from newsletter.delivery.throttle.reserve import Permits
from newsletter.limits import Limit
from newsletter.models import Throttle, ThrottleShare
from tests.delivery.throttling import MINUTE, NOW, RELAY, SECOND, ask_table, book

KEYS = ("domain:example.net", "domain:example.org", "relay:mail.example.com:25", "warm-up")


def _take(db: Database, worker: str, wanted: int, limit: Limit, now: datetime, *keys: str) -> list[Permits]:
    wishes = Wishes(worker, {key: Wish(limit, permits=wanted) for key in keys})
    with db.write() as session:
        grants = exchange(session, wishes, now).grants
    return [permits for key in keys if (permits := grants[key].permits)]


def _take_often(url: str, worker: int) -> list[tuple[datetime, ...]]:
    """Thirty times a few permits of several limits, in another order each time; their slots by key."""
    db = Database(url)
    limit = Limit(per_second=5, per_hour=100)
    slots: list[list[datetime]] = [[] for _ in KEYS]
    for turn in range(30):
        keys = KEYS[turn % 4 :] + KEYS[: turn % 4]
        now = NOW + (turn * 0.5 + worker % 3) * SECOND
        for key, permits in zip(keys, _take(db, f"w{worker}", 3, limit, now, *keys), strict=True):
            slots[KEYS.index(key)] += [permits.first_at + n * permits.interval for n in range(permits.count)]
    db.close()
    return [tuple(of_key) for of_key in slots]


def _race(db: Database, workers: Executor, count: int) -> list[list[datetime]]:
    """The slots given out for each key when this many workers take at once."""
    url = db.url.render_as_string(hide_password=False)
    found = list(workers.map(_take_often, [url] * count, range(count)))
    return [sorted(slot for one in found for slot in one[place]) for place in range(len(KEYS))]


def _apart(slots: list[datetime], interval: timedelta) -> bool:
    return all(later - slot >= interval for slot, later in pairwise(slots))


def test_threads_at_once_never_get_one_slot_twice_nor_more_than_an_hours_worth(any_db: Database) -> None:
    with ThreadPoolExecutor(4) as workers:
        for slots in _race(any_db, workers, 4):
            assert _apart(slots, Limit(per_second=5).interval)
            assert 60 < len(slots) <= 100


def test_processes_at_once_never_get_one_slot_twice(db: Database) -> None:
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as workers:
        for slots in _race(db, workers, 2):
            assert _apart(slots, Limit(per_second=5).interval)
            assert len(slots) > 60


def test_several_workers_at_once_take_exactly_an_hours_worth(any_db: Database) -> None:
    start = Barrier(4)

    def take(worker: int) -> int:
        start.wait()
        limit = Limit(per_hour=333)
        taken = (_take(any_db, f"w{worker}", 9, limit, NOW, "domain:example.org") for _ in range(15))
        return sum(permits.count for each in taken for permits in each)

    with ThreadPoolExecutor(4) as workers:
        assert sum(workers.map(take, range(4))) == 333


def test_a_hold_is_one_strike_however_many_workers_report_it(any_db: Database) -> None:
    start = Barrier(4)

    def report(worker: int) -> None:
        pacer = Pacer(book(), f"w{worker}", NOW)
        pacer.slow_down(NOW, "421 4.7.0 <reader@example.org>: slow down", domain="example.org")
        start.wait()
        ask_table(any_db, pacer, NOW)

    with ThreadPoolExecutor(4) as workers:
        list(workers.map(report, range(4)))
    with any_db.read() as session:
        row = session.get_one(Throttle, "domain:example.org")
        assert row.strikes == 1
        assert row.reason == "421 4.7.0 <…>: slow down"
        assert row.held_until is not None
        assert NOW + 40 * SECOND < row.held_until <= NOW + MINUTE


def test_whatever_a_server_says_can_be_stored(any_db: Database) -> None:
    pacer = Pacer(book(), "w", NOW)
    pacer.slow_down(NOW, "421 \x00\udcff\r\n slow " + "x" * 5000, domain="example.org")
    ask_table(any_db, pacer, NOW)
    with any_db.read() as session:
        assert session.get_one(Throttle, "domain:example.org").reason.startswith("421")


def test_a_success_after_the_hold_frees_all_workers(any_db: Database) -> None:
    one, two = Pacer(book(), "one", NOW), Pacer(book(), "two", NOW)
    one.slow_down(NOW, "421 slow down", domain="example.org")
    for pacer in (one, two):
        ask_table(any_db, pacer, NOW)
    assert two.admit("example.org", NOW) is not None
    later = NOW + MINUTE
    ask_table(any_db, one, later)
    assert one.admit("example.org", later) is None
    one.settle("example.org", later, taken=True)
    for pacer in (one, two):
        ask_table(any_db, pacer, later)
    assert [two.admit("example.org", later) for _ in range(5)] == [None] * 5


def test_workers_share_what_may_be_under_way_at_once(any_db: Database) -> None:
    limits = book(example_org=Limit(connections=8))
    one, two = Pacer(limits, "one", NOW), Pacer(limits, "two", NOW)
    assert _fill(any_db, one, NOW) == 8
    assert _fill(any_db, two, NOW) == 0
    for _ in range(8):
        one.settle("example.org", NOW, taken=True)
    now = NOW + 2 * SECOND
    assert _fill(any_db, one, now) == 8  # until it hears of the other it goes on
    now += 2 * SECOND
    ask_table(any_db, one, now)
    for _ in range(8):
        one.settle("example.org", now, taken=True)
    ask_table(any_db, one, now + 2 * SECOND)
    later = now + 4 * SECOND
    assert _fill(any_db, two, later) == 4
    assert _fill(any_db, one, later) == 4


def _fill(db: Database, pacer: Pacer, now: datetime) -> int:
    """How many mails get under way when many want to."""
    admitted = 0
    for _ in range(2):
        admitted += [pacer.admit("example.org", now) for _ in range(20)].count(None)
        ask_table(db, pacer, now)
    return admitted + [pacer.admit("example.org", now) for _ in range(20)].count(None)


def test_racing_workers_never_hold_more_connections_than_there_are(any_db: Database) -> None:
    start, limit = Barrier(4), Limit(connections=6)

    def lease(worker: int) -> None:
        start.wait()
        for turn in range(12):
            wish = Wish(limit, seats=SeatWish(wanted=(worker + turn) % 7, in_use=0))
            with any_db.write() as session:
                exchange(session, Wishes(f"w{worker}", {"domain:example.org": wish}), NOW)
                held = session.scalars(select(ThrottleShare.connections)).all()
            assert sum(held) <= 6

    with ThreadPoolExecutor(4) as workers:
        list(workers.map(lease, range(4)))


def test_connections_to_a_relay_are_counted_over_all_workers(any_db: Database) -> None:
    limits = book(relay=Limit(connections=3))
    one, two = Pacer(limits, "one", NOW), Pacer(limits, "two", NOW)
    opened = {"one": 0, "two": 0}
    for _ in range(4):
        for name, pacer in (("one", one), ("two", two)):
            opened[name] += sum(pacer.connect(RELAY, NOW) for _ in range(4))
            ask_table(any_db, pacer, NOW)
    assert opened == {"one": 3, "two": 0}
    assert one.admit("example.org", NOW, RELAY) is None
    one.disconnect(RELAY)
    assert one.connect(RELAY, NOW)


def test_the_share_of_a_worker_that_died_falls_to_the_others(any_db: Database) -> None:
    limits = book(example_org=Limit(connections=4))
    assert _fill(any_db, Pacer(limits, "dead", NOW), NOW) == 4
    assert _fill(any_db, Pacer(limits, "alive", NOW), NOW) == 0
    later = NOW + MINUTE
    assert _fill(any_db, Pacer(limits, "alive", later), later) == 4


def test_a_worker_that_leaves_gives_back_what_it_did_not_use(any_db: Database) -> None:
    limits = book(example_org=Limit(per_hour=10, connections=4))
    one, two = Pacer(limits, "one", NOW), Pacer(limits, "two", NOW)
    for _ in range(10):
        one.admit("example.org", NOW)
    ask_table(any_db, one, NOW)
    assert one.admit("example.org", NOW) is None
    one.settle("example.org", NOW, taken=True)
    ask_table(any_db, one, NOW, leaving=True)
    assert _fill(any_db, two, NOW) == 4
    for _ in range(4):
        two.settle("example.org", NOW, taken=True)
    assert _fill(any_db, two, NOW + SECOND) == 4
    with any_db.read() as session:
        assert session.scalars(select(ThrottleShare.worker)).all() == ["two"]


def test_a_transaction_that_fails_takes_nothing(any_db: Database) -> None:
    limit = Limit(per_hour=5)
    try:
        with any_db.write() as session:
            exchange(session, Wishes("w", {"domain:example.org": Wish(limit, permits=5)}), NOW)
            raise ConnectionError
    except ConnectionError:
        pass
    assert _take(any_db, "w", 9, limit, NOW, "domain:example.org")[0].count == 5
