"""Holding back after a server asked to slow down, and sharing out connections: the rules alone."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from newsletter.delivery.throttle.hold import NO_HOLD, Hold, back_off, ease, strike
from newsletter.delivery.throttle.shares import Share, fair_share
from tests.delivery.throttling import DAY, HOUR, MINUTE, NOW, SECOND

KEY = "domain:example.org"


def test_each_strike_doubles_the_hold_up_to_an_hour() -> None:
    minutes = [back_off(KEY, strikes) / MINUTE for strikes in range(1, 12)]
    for place, length in enumerate(minutes):
        doubled = min(2**place, 60)
        assert doubled * 0.75 <= length <= doubled


def test_limits_struck_together_do_not_come_back_together() -> None:
    assert len({back_off(f"domain:d{number}.example.org", 1) for number in range(50)}) == 50


def test_strikes_in_a_row_add_up_and_the_last_words_are_kept() -> None:
    hold, now = NO_HOLD, NOW
    for number in range(4):
        hold = strike(hold, KEY, now, f"421 slow down {number}")
        assert hold.until is not None
        now = hold.until
    assert (hold.strikes, hold.reason) == (4, "421 slow down 3")


def test_a_strike_long_after_the_last_is_a_first_one() -> None:
    hold = strike(Hold(NOW - DAY - SECOND, 6, "421"), KEY, NOW, "421")
    assert hold.strikes == 1


def test_a_success_during_the_hold_changes_nothing_and_one_after_it_ends_it() -> None:
    hold = strike(NO_HOLD, KEY, NOW, "421")
    assert ease(hold, NOW + SECOND) == hold
    assert ease(hold, NOW + MINUTE) == NO_HOLD


def test_a_hold_that_a_wild_clock_set_holds_nobody() -> None:
    assert Hold(NOW + DAY, 1, "421").over(NOW)
    assert not Hold(NOW + HOUR, 1, "421").over(NOW)


@given(
    some.lists(some.tuples(some.integers(0, 20), some.integers(0, 30)), max_size=6),
    some.integers(1, 20),
    some.integers(0, 30),
)
def test_a_share_never_takes_what_others_hold_nor_more_than_is_wanted(
    others: list[tuple[int, int]], limit: int, wanted: int
) -> None:
    shares = [Share(f"w{number}", held, want) for number, (held, want) in enumerate(others)]
    share = fair_share(limit, shares, Share("me", 0, wanted))
    assert 0 <= share <= wanted
    assert share == 0 or share + sum(held for held, _want in others) <= limit


@given(some.lists(some.integers(1, 12), min_size=1, max_size=6), some.integers(1, 20))
def test_shares_settle_so_that_all_is_used_and_nobody_is_pushed_aside(wants: list[int], limit: int) -> None:
    held = [0] * len(wants)
    for _ in range(8):
        for mine in range(len(wants)):
            others = [Share(f"w{n}", held[n], wants[n]) for n in range(len(wants)) if n != mine]
            held[mine] = fair_share(limit, others, Share(f"w{mine}", 0, wants[mine]))
    assert sum(held) <= limit
    for mine, want in enumerate(wants):
        assert held[mine] >= min(want, limit // len(wants))


@pytest.mark.parametrize("workers", [1, 2, 3])
def test_workers_that_want_all_get_equal_parts(workers: int) -> None:
    others = [Share(f"w{number}", 0, 12) for number in range(workers - 1)]
    assert fair_share(12, others, Share("x", 0, 12)) == 12 // workers


def test_a_hold_lasts_less_than_its_longest_however_it_is_struck() -> None:
    assert back_off(KEY, 10_000) <= timedelta(hours=1)
