"""A worker's pacer: who may leave, who waits, and how little it asks for that."""

from collections import Counter
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest

from newsletter.delivery.throttle import HORIZON, Book, Pacer
from newsletter.limits import Limit
from newsletter.providers import DomainLimits
from newsletter.warmup import WarmUp
from tests.delivery.throttling import (
    DAY,
    HOUR,
    MINUTE,
    MS,
    NOW,
    RELAY,
    SECOND,
    Table,
    book,
    run,
    senders,
)


def test_mail_that_nothing_limits_leaves_at_once_and_asks_for_nothing() -> None:
    pacer = Pacer(book(), "w", NOW)
    Table().ask(pacer, NOW)
    assert [pacer.admit("example.org", NOW, RELAY) for _ in range(1000)] == [None] * 1000
    assert not pacer.due(NOW + SECOND)


def test_mail_under_a_limit_leaves_once_permits_have_come() -> None:
    table, pacer = Table(), Pacer(book(example_org=Limit(per_hour=2)), "w", NOW)
    assert [pacer.admit("example.org", NOW) for _ in range(3)] == [NOW] * 3
    table.ask(pacer, NOW)
    assert [pacer.admit("example.org", NOW) for _ in range(2)] == [None, None]
    assert pacer.admit("example.org", NOW) == NOW
    table.ask(pacer, NOW)
    later = pacer.admit("example.org", NOW)
    assert later is not None
    assert NOW + HOUR < later <= NOW + HOUR + 2 * MINUTE


def test_all_names_of_a_provider_draw_on_one_limit() -> None:
    table, pacer = Table(), Pacer(Book(DomainLimits({"gmail.com": Limit(per_hour=1)})), "w", NOW)
    pacer.admit("gmail.com", NOW)
    table.ask(pacer, NOW)
    assert pacer.admit("googlemail.com", NOW) is None
    assert pacer.admit("gmail.com", NOW) is not None


def test_a_mail_waits_for_the_slowest_of_its_limits_and_uses_up_none_of_the_others() -> None:
    limits = book(relay=Limit(per_hour=10), example_org=Limit(per_hour=1))
    table, pacer = Table(), Pacer(limits, "w", NOW)
    for _ in range(3):
        pacer.admit("example.org", NOW, RELAY)
    table.ask(pacer, NOW)
    admitted = [pacer.admit("example.org", NOW, RELAY) for _ in range(3)]
    assert admitted.count(None) == 1
    assert [pacer.admit("example.net", NOW, RELAY) for _ in range(2)] == [None, None]


def test_a_rate_is_kept_and_reached_by_several_workers_together() -> None:
    several = senders(3, book(example_org=Limit(per_second=20)))
    several[0].ledger.enter("example.org", 1200)
    end = run(several, NOW + 5 * MINUTE)
    assert timedelta(seconds=57) <= end - NOW <= timedelta(seconds=66)
    by_second = Counter(int((at - NOW) / SECOND) for at, _domain in several[0].ledger.left)
    assert max(by_second.values()) <= 20 * 3 + 1


def test_a_long_line_is_not_claimed_again_and_again() -> None:
    several = senders(2, book(example_org=Limit(per_second=20)))
    ledger = several[0].ledger
    ledger.enter("example.org", 6000)
    end = run(several, NOW + HOUR)
    assert end - NOW <= timedelta(seconds=6000 / 20 * 1.1)
    assert ledger.claims.total() <= 2.2 * 6000
    assert max(ledger.claims.values()) <= 4


def test_the_faster_mail_leaves_the_more_permits_are_fetched_at_once() -> None:
    (only,) = senders(1, book(example_org=Limit(per_day=1_000_000)))
    only.ledger.enter("example.org", 20_000)
    run([only], NOW + 10 * MINUTE, step=2 * MS)
    assert only.table.asked <= 40


def test_other_domains_go_on_while_one_has_to_wait() -> None:
    (only,) = senders(1, book(example_org=Limit(per_second=1)))
    only.ledger.enter("example.org", 500)
    only.ledger.enter("example.net", 500)
    run([only], NOW + 5 * SECOND)
    assert Counter(domain for _at, domain in only.ledger.left)["example.net"] == 500


def test_a_domain_that_asks_to_slow_down_is_held_and_the_rest_is_not() -> None:
    table, pacer = Table(), Pacer(book(), "w", NOW)
    pacer.admit("example.org", NOW)
    pacer.slow_down(NOW, "421 4.7.0 too fast", domain="example.org")
    pacer.settle("example.org", NOW)
    table.ask(pacer, NOW)
    held = pacer.admit("example.org", NOW)
    assert held is not None
    assert NOW + 40 * SECOND < held <= NOW + MINUTE
    assert pacer.admit("example.net", NOW) is None


def test_all_workers_learn_of_a_hold_within_seconds() -> None:
    table = Table()
    one, two = Pacer(book(), "one", NOW), Pacer(book(), "two", NOW)
    table.ask(two, NOW)
    one.slow_down(NOW, "421 slow down", domain="example.org")
    table.ask(one, NOW)
    soon = NOW + 2 * SECOND
    assert two.due(soon)
    table.ask(two, soon)
    assert two.admit("example.org", soon) is not None


def test_after_a_hold_one_mail_is_tried_and_its_success_frees_the_others() -> None:
    table, pacer = Table(), Pacer(book(), "w", NOW)
    pacer.slow_down(NOW, "421 slow down", domain="example.org")
    table.ask(pacer, NOW)
    later = NOW + MINUTE
    table.ask(pacer, later)
    assert pacer.admit("example.org", later) is None
    assert pacer.admit("example.org", later) is not None
    pacer.settle("example.org", later, taken=True)
    assert pacer.admit("example.org", later) is None
    assert pacer.admit("example.org", later) is None
    table.ask(pacer, later)
    assert table.rows["domain:example.org"].hold.strikes == 0


def test_a_mail_taken_that_was_under_way_before_does_not_end_a_hold() -> None:
    table, pacer = Table(), Pacer(book(), "w", NOW)
    for _ in range(2):
        pacer.admit("example.org", NOW)
    pacer.slow_down(NOW, "421 slow down", domain="example.org")
    pacer.settle("example.org", NOW)
    pacer.settle("example.org", NOW, taken=True)
    table.ask(pacer, NOW)
    assert pacer.admit("example.org", NOW) is not None


def test_many_refusals_at_once_are_one_strike() -> None:
    table, pacer = Table(), Pacer(book(), "w", NOW)
    for place in range(8):
        pacer.slow_down(NOW + place * SECOND, "421 slow down", domain="example.org")
        table.ask(pacer, NOW + place * SECOND)
    assert table.rows["domain:example.org"].hold.strikes == 1


def test_mail_held_back_returns_spread_over_time() -> None:
    (only,) = senders(1, book())
    only.pacer.slow_down(NOW, "421 slow down", domain="example.org")
    only.ledger.enter("example.org", 1000)
    run([only], NOW + SECOND)
    due = sorted(at for at, _number, _domain in only.ledger.waiting)
    assert len(due) == 1000
    assert due[0] > NOW + 40 * SECOND
    assert due[-1] - due[0] > 40 * SECOND
    run([only], NOW + 5 * MINUTE, start=NOW + SECOND)
    assert len(only.ledger.left) == 1000
    assert max(only.ledger.claims.values()) <= 4


def test_a_held_relay_holds_all_its_mail() -> None:
    table, pacer = Table(), Pacer(book(), "w", NOW)
    pacer.slow_down(NOW, "421 too many", relay=RELAY)
    table.ask(pacer, NOW)
    assert pacer.admit("example.org", NOW, RELAY) is not None
    assert pacer.admit("", NOW, RELAY) is not None
    assert pacer.admit("example.org", NOW, "other.example.com:25") is None


def test_permits_of_mails_that_never_left_are_given_back() -> None:
    table, pacer = Table(), Pacer(book(example_org=Limit(per_hour=3)), "w", NOW)
    for _ in range(3):
        pacer.admit("example.org", NOW)
    table.ask(pacer, NOW)
    assert pacer.admit("example.org", NOW) is None
    assert pacer.admit("example.org", NOW) is None
    pacer.settle("example.org", NOW, unused=True)
    later = NOW + 5 * SECOND
    table.ask(pacer, later)  # one was returned, one lapsed, one was used
    for _ in range(3):
        pacer.admit("example.org", later)
    table.ask(pacer, later)
    assert [pacer.admit("example.org", later) for _ in range(3)].count(None) == 2


def test_nothing_is_lost_when_a_table_could_not_be_written() -> None:
    table, pacer = Table(), Pacer(book(example_org=Limit(per_hour=3)), "w", NOW)
    pacer.admit("example.org", NOW)
    pacer.slow_down(NOW, "421 slow down", domain="example.net")
    first = pacer.wishes(NOW)
    assert pacer.due(NOW)
    second = pacer.wishes(NOW)
    assert first.by_key.keys() == second.by_key.keys() == {"domain:example.org", "domain:example.net"}
    table.ask(pacer, NOW)
    assert pacer.admit("example.org", NOW) is None
    assert table.rows["domain:example.net"].hold.strikes == 1


def _warming_up(*plan: int) -> Book:
    return Book(DomainLimits({}), warm_up=WarmUp(date(2026, 11, 22), plan, ZoneInfo("UTC")))


def test_warm_up_lets_as_many_through_a_day_as_planned_and_ends() -> None:
    (only,) = senders(1, _warming_up(5, 10))
    for day, count in [(0, 5), (1, 10), (2, 100)]:
        morning = NOW + day * DAY
        only.ledger.waiting.clear()
        only.in_hand.clear()
        only.ledger.left.clear()
        only.ledger.enter("example.org", 100, morning)
        run([only], morning + 30 * SECOND, start=morning)
        assert len(only.ledger.left) == count


def test_what_does_not_fit_todays_plan_is_put_back_for_tomorrow() -> None:
    (only,) = senders(1, _warming_up(5, 10))
    only.ledger.enter("example.org", 20)
    run([only], NOW + 30 * SECOND)
    due = [at for at, _number, _domain in only.ledger.waiting]
    assert len(due) == 15
    assert min(due) == NOW + 18 * HOUR


def test_urgent_mail_is_counted_but_not_held_back_by_warm_up() -> None:
    table, pacer = Table(), Pacer(_warming_up(2, 10), "w", NOW)
    assert [pacer.admit("example.org", NOW, urgent=True) for _ in range(3)] == [None] * 3
    pacer.admit("example.org", NOW)
    table.ask(pacer, NOW)
    wait = pacer.admit("example.org", NOW)
    assert wait == NOW + 18 * HOUR


@pytest.mark.parametrize("back", [5 * SECOND, HOUR, DAY])
def test_a_clock_that_jumps_back_stops_nobody(back: timedelta) -> None:
    (only,) = senders(1, book(example_org=Limit(per_second=20)))
    only.ledger.enter("example.org", 400)
    run([only], NOW + 2 * SECOND)
    only.pacer.slow_down(NOW + 2 * SECOND, "421 slow down", domain="example.net")
    run([only], NOW + 3 * SECOND, start=NOW + 2 * SECOND)
    before = len(only.ledger.left)
    only.in_hand = [(NOW - back, number, domain) for _at, number, domain in only.in_hand]
    only.ledger.waiting = [(NOW - back, number, domain) for _at, number, domain in only.ledger.waiting]
    start = NOW + 3 * SECOND - back
    run([only], start + 40 * SECOND, start=start)
    assert len(only.ledger.left) == 400 > before


def test_lanes_of_domains_long_past_are_forgotten() -> None:
    table, pacer = Table(), Pacer(book(others=Limit(per_second=50)), "w", NOW)
    for number in range(300):
        pacer.admit(f"d{number}.example.org", NOW)
    table.ask(pacer, NOW)
    later = NOW + MINUTE
    table.ask(pacer, later)
    table.ask(pacer, later + 3 * SECOND)
    assert pacer.lanes <= 1


def test_waits_in_hand_are_spaced_up_to_the_horizon() -> None:
    table, pacer = Table(), Pacer(book(example_org=Limit(per_second=10)), "w", NOW)
    for _ in range(300):
        pacer.admit("example.org", NOW)
    table.ask(pacer, NOW)
    waits = [pacer.admit("example.org", NOW) for _ in range(300)]
    assert waits[0] is None
    in_hand = [at for at in waits[1:] if at and at - NOW <= HORIZON]
    assert in_hand == sorted(set(in_hand))
    assert 195 <= len(in_hand) <= 200
