"""Permits under a limit: however workers ask, no span of time holds more mails than it may."""

from bisect import bisect_right
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as some

from newsletter.delivery.throttle import windows
from newsletter.delivery.throttle.reserve import GRACE, Permits, State, charge, reserve
from newsletter.limits import Limit

NOW = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)
SECOND, MINUTE, HOUR, DAY = (timedelta(**{unit: 1}) for unit in ("seconds", "minutes", "hours", "days"))
SKEW = 5.0

# What a worker does: so many seconds after the last one somebody asks, whose clock is so far off, for so
# many permits, and uses each so late after its slot (as a part of the time it has).
ask = some.tuples(some.floats(0, 1.5), some.floats(-SKEW, SKEW), some.integers(1, 40), some.floats(0, 1))
slow_ask = some.tuples(
    some.floats(0, 1200), some.floats(-SKEW, SKEW), some.integers(1, 40), some.floats(0, 1)
)
Ask = tuple[float, float, int, float]


def _leave(asks: Sequence[Ask], limit: Limit, jumps: Sequence[float] = ()) -> list[datetime]:
    """The true moments mails leave at when workers ask like this, in order."""
    state, true, left = State(), NOW, []
    for place, (after, skew, wanted, late) in enumerate(asks):
        true += after * SECOND
        off = skew * SECOND - (jumps[place] if place < len(jumps) else 0) * SECOND
        state, permits = reserve(state, limit, true + off, wanted)
        for number in range(permits.count):
            slot = permits.first_at + number * permits.interval - off
            # Never before it was given out, whatever the clock says; and not at all when it has lapsed.
            first, last = max(true, slot), slot + GRACE
            left += [first + late * (last - first)] if first <= last else []
    return sorted(left)


def _most_within(moments: Sequence[datetime], span: timedelta) -> int:
    """The most of them that any half-open span of this length holds."""
    ends = [bisect_right(moments, at + span - timedelta(microseconds=1)) for at in moments]
    return max((end - begin for begin, end in enumerate(ends)), default=0)


@given(some.lists(ask, max_size=60), some.sampled_from([0.7, 3.0, 20.0, 40.0]), some.sampled_from([1, 5, 20]))
def test_no_span_of_time_holds_more_than_the_rate(asks: list[Ask], rate: float, span: int) -> None:
    left = _leave(asks, Limit(per_second=rate))
    allowed = rate * (span + GRACE.total_seconds() + 2 * SKEW) + 1
    assert _most_within(left, span * SECOND) <= allowed


@given(some.lists(ask.map(lambda one: (one[0], 0.0, one[2], one[3])), max_size=60))
def test_with_equal_clocks_only_the_grace_comes_on_top_of_the_rate(asks: list[Ask]) -> None:
    left = _leave(asks, Limit(per_second=20))
    assert _most_within(left, SECOND) <= 20 * (1 + GRACE.total_seconds()) + 1


@given(some.lists(ask, max_size=40), some.lists(some.sampled_from([0.0, 0.0, 30.0, 280.0]), max_size=40))
def test_a_clock_that_jumps_back_takes_no_slot_twice(asks: list[Ask], jumps: list[float]) -> None:
    state, true, slots = State(), NOW, []
    limit = Limit(per_second=20)
    for (after, skew, wanted, _late), jump in zip(asks, jumps, strict=False):
        true += after * SECOND
        state, permits = reserve(state, limit, true + (skew - jump) * SECOND, wanted)
        slots += [permits.first_at + number * permits.interval for number in range(permits.count)]
    assert slots == sorted(set(slots))
    assert all(later - slot >= limit.interval for slot, later in pairwise(slots))


@given(some.lists(slow_ask, max_size=60), some.integers(1, 60))
def test_no_sixty_minutes_hold_more_than_the_limit_of_an_hour(asks: list[Ask], most: int) -> None:
    assert _most_within(_leave(asks, Limit(per_hour=most)), HOUR) <= most


@given(some.lists(slow_ask.map(lambda one: (one[0] * 20, *one[1:])), max_size=60), some.integers(1, 60))
def test_no_24_hours_hold_more_than_the_limit_of_a_day(asks: list[Ask], most: int) -> None:
    assert _most_within(_leave(asks, Limit(per_day=most, per_second=5)), DAY) <= most


@given(some.lists(slow_ask, max_size=40), some.lists(some.sampled_from([0.0, 0.0, 290.0]), max_size=40))
def test_a_clock_that_jumps_back_gets_no_second_hour(asks: list[Ask], jumps: list[float]) -> None:
    # Of an hour's length less the jump: the mails it gave out carry the time that was shown.
    left = _leave(asks, Limit(per_hour=25), jumps)
    assert _most_within(left, HOUR - 5 * MINUTE - 10 * SECOND) <= 25


@given(some.lists(some.tuples(some.floats(0, 6 * 3600), some.integers(1, 40)), max_size=60))
def test_no_date_of_the_zone_holds_more_than_its_limit(asks: list[tuple[float, int]]) -> None:
    zone = ZoneInfo("America/Havana")
    state, now, given_out = State(), datetime(2026, 10, 30, tzinfo=UTC), dict[object, int]()
    for after, wanted in asks:
        now += after * SECOND
        state, permits = reserve(state, Limit(per_day=30, zone=zone), now, wanted)
        date = now.astimezone(zone).date()
        given_out[date] = given_out.get(date, 0) + permits.count
    assert all(count <= 30 for count in given_out.values())


@given(
    some.sampled_from([Limit(per_second=3), Limit(per_hour=7), Limit(per_day=5), Limit(2, 9, 30)]),
    some.lists(some.floats(0, 4000), max_size=30),
)
def test_who_asks_again_when_told_to_gets_a_permit(limit: Limit, waits: list[float]) -> None:
    state, now = State(), NOW
    for wait in waits:
        now += wait * SECOND
        state, _given = reserve(state, limit, now, 10)
    state, _all = reserve(state, limit, now, 1000)
    state, refused = reserve(state, limit, now, 1)
    while not refused.count:
        assert refused.first_at > now
        now = refused.first_at
        state, refused = reserve(state, limit, now, 1)
    assert now - NOW <= sum(waits) * SECOND + DAY + HOUR


def test_all_that_is_wanted_is_given_when_nothing_is_limited() -> None:
    assert reserve(State(), Limit(), NOW, 500) == (State(), Permits(500, NOW))


def test_slots_are_given_out_a_second_ahead_and_spaced() -> None:
    state, permits = reserve(State(), Limit(per_second=10), NOW, 500)
    assert permits.count == 10
    assert permits.first_at == NOW
    _state, none = reserve(state, Limit(per_second=10), NOW, 1)
    assert none == Permits(0, NOW + 10 * Limit(per_second=10).interval)


@pytest.mark.parametrize("pause", [0.2, 1.5, 60.0])
def test_every_slot_given_out_after_a_pause_can_still_be_used(pause: float) -> None:
    state, _given = reserve(State(), Limit(per_second=10), NOW, 1)
    now = NOW + pause * SECOND
    _state, permits = reserve(state, Limit(per_second=10), now, 99)
    assert permits.count >= 10
    assert permits.first_at + GRACE > now + SECOND / 2


def test_an_hour_is_kept_by_clocks_that_differ_at_the_edge_of_a_slice() -> None:
    # Taken by a slow clock just before the full minute, used late; an hour on, a fast clock asks.
    limit, behind, ahead = Limit(per_hour=10), NOW - SECOND / 10, NOW + HOUR + 50 * SECOND
    state, first = reserve(State(), limit, behind, 10)
    assert first.count == 10
    assert reserve(state, limit, ahead, 1)[1].count == 0
    assert reserve(state, limit, ahead + 10 * SECOND, 99)[1].count == 10


def test_the_rate_is_reached_by_who_asks_all_the_time() -> None:
    asks = [(0.1, 0.0, 100, 0.0)] * 600
    left = _leave(asks, Limit(per_second=25))
    assert len(left) >= 25 * 60 - 1


def test_permits_given_back_can_be_taken_again() -> None:
    limit = Limit(per_hour=10)
    state, _all = reserve(State(), limit, NOW, 10)
    assert reserve(state, limit, NOW, 1)[1].count == 0
    state = charge(state, limit, NOW, -4)
    assert reserve(state, limit, NOW, 10)[1].count == 4


def test_mail_that_left_without_asking_uses_up_the_day() -> None:
    limit = Limit(per_day=10, zone=ZoneInfo("UTC"))
    state = charge(State(), limit, NOW, 12)
    state, none = reserve(state, limit, NOW, 1)
    assert none == Permits(0, datetime(2026, 11, 23, tzinfo=UTC))
    assert reserve(state, limit, none.first_at, 99)[1].count == 10


@pytest.mark.parametrize("ahead", [timedelta(minutes=6), timedelta(days=300)])
def test_a_clock_that_ran_wild_stops_nobody_for_longer_than_minutes(ahead: timedelta) -> None:
    state, _given = reserve(State(), Limit(per_second=1), NOW + ahead, 1)
    assert reserve(state, Limit(per_second=1), NOW, 1)[1].count == 1


@given(some.dictionaries(some.integers(0, 10**8), some.integers(1, 10**6)))
def test_counts_are_read_as_they_were_written(use: dict[int, int]) -> None:
    assert windows.from_text(windows.to_text(use)) == use
