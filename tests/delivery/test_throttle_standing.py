"""What an operator sees of the limits."""

from datetime import date
from zoneinfo import ZoneInfo

from newsletter.db import Database
from newsletter.delivery.throttle import Book, Pacer, standing
from newsletter.delivery.throttle.standing import Standing
from newsletter.limits import Limit
from newsletter.providers import DomainLimits
from newsletter.warmup import WarmUp
from tests.delivery.throttling import DAY, HOUR, MINUTE, NOW, RELAY, SECOND, ask_table, book


def _standing(db: Database, limits: Book) -> dict[str, Standing]:
    with db.read() as session:
        return {one.key: one for one in standing(session, limits, NOW)}


def _send(db: Database, pacer: Pacer, count: int, domain: str = "example.org") -> None:
    for _ in range(count):
        pacer.admit(domain, NOW, RELAY)
    ask_table(db, pacer, NOW)
    assert [pacer.admit(domain, NOW, RELAY) for _ in range(count)].count(None) > 0


def test_a_quiet_installation_has_nothing_to_show(any_db: Database) -> None:
    ask_table(any_db, Pacer(book(), "w", NOW), NOW)
    assert _standing(any_db, book()) == {}


def test_counts_of_the_hour_and_day_are_shown_with_the_limit(any_db: Database) -> None:
    limits = book(relay=Limit(per_hour=100, per_day=500, connections=4), example_org=Limit(per_hour=50))
    pacer = Pacer(limits, "w", NOW)
    pacer.connect(RELAY, NOW)
    _send(any_db, pacer, 7)
    relay, domain = (_standing(any_db, limits)[key] for key in (f"relay:{RELAY}", "domain:example.org"))
    assert (relay.hour, relay.day, relay.at_once) == (7, 7, 1)
    assert str(relay.limit) == "100/h, 500/d, 4 at once"
    assert (domain.hour, domain.day, str(domain.limit)) == (7, None, "50/h")


def test_who_is_on_hold_is_shown_until_when_and_why_and_that_mail_waits(any_db: Database) -> None:
    pacer = Pacer(book(), "w", NOW)
    pacer.slow_down(NOW, "421 4.7.0 slow down", domain="example.org")
    for _ in range(100):
        pacer.turn("example.org", NOW)
    ask_table(any_db, pacer, NOW)
    held = _standing(any_db, book())["domain:example.org"]
    assert held.reason == "421 4.7.0 slow down"
    assert held.held_until is not None
    assert held.line_until is not None
    assert NOW < held.held_until <= NOW + MINUTE < held.line_until + 20 * SECOND


def test_the_days_of_warm_up_are_counted_by_the_calendar(any_db: Database) -> None:
    limits = Book(DomainLimits({}), warm_up=WarmUp(date(2026, 11, 22), (50, 100), ZoneInfo("UTC")))
    pacer = Pacer(limits, "w", NOW)
    _send(any_db, pacer, 12)
    assert _standing(any_db, limits)["warm-up"].day == 12
    with any_db.read() as session:
        assert standing(session, limits, NOW + DAY) == []


def test_what_is_past_is_not_shown(any_db: Database) -> None:
    limits = book(example_org=Limit(per_second=5, per_hour=50))
    _send(any_db, Pacer(limits, "w", NOW), 7)
    assert _standing(any_db, limits)
    with any_db.read() as session:
        assert standing(session, limits, NOW + 2 * HOUR) == []
