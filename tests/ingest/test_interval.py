"""How often a source is asked."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.ingest.interval import LONGEST, SHORTEST, UNKNOWN, gap_of_counts, plan_interval, usual_gap
from tests.ingest.builders import NOON

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
GAPS = st.none() | st.timedeltas(timedelta(0), timedelta(days=4000))
SILENCES = st.timedeltas(timedelta(0), timedelta(days=4000))
ASKED = st.none() | st.integers(0, 10**9)
TIMES = st.lists(st.datetimes(datetime(1990, 1, 1), datetime(2027, 1, 1)), max_size=60).map(
    lambda times: [time.replace(tzinfo=NOON.tzinfo) for time in times]
)


@given(GAPS, SILENCES, ASKED)
def test_every_interval_is_between_five_minutes_and_a_day(
    gap: timedelta | None, silence: timedelta, asked: int | None
) -> None:
    assert SHORTEST <= plan_interval(gap, silence, asked) <= LONGEST < DAY


@given(GAPS, SILENCES, st.integers(0, 10**9))
def test_what_is_asked_for_is_granted_up_to_the_longest(
    gap: timedelta | None, silence: timedelta, asked: int
) -> None:
    assert plan_interval(gap, silence, asked) >= min(timedelta(seconds=asked), LONGEST)


@given(GAPS, SILENCES, SILENCES, ASKED)
def test_the_longer_the_silence_the_rarer_the_polls(
    gap: timedelta | None, silence: timedelta, more: timedelta, asked: int | None
) -> None:
    assert plan_interval(gap, silence, asked) <= plan_interval(gap, silence + more, asked)


@given(TIMES, st.randoms())
def test_the_gap_is_the_same_in_any_order_and_knows_no_future(times: list[datetime], chance: object) -> None:
    shuffled = [*times, NOON + HOUR, NOON + DAY]
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    gap = usual_gap(times, NOON)

    assert usual_gap(shuffled, NOON) == gap
    assert gap is None or gap >= SHORTEST


@pytest.mark.parametrize(
    ("every", "interval"),
    [
        (MINUTE, SHORTEST),
        (HOUR, 7.5 * MINUTE),
        (4 * HOUR, 30 * MINUTE),
        (DAY, 3 * HOUR),
        (30 * DAY, LONGEST),
    ],
    ids=["a minute", "an hour", "four hours", "a day", "a month"],
)
def test_a_source_is_asked_eight_times_as_often_as_it_publishes(
    every: timedelta, interval: timedelta
) -> None:
    times = [NOON - every * n for n in range(60)]

    assert plan_interval(usual_gap(times, NOON), timedelta(0), None) == interval


def test_many_entries_at_once_are_one_moment() -> None:
    bursts = [NOON - DAY * day - MINUTE * minute for day in range(5) for minute in range(4)]

    assert usual_gap(bursts, NOON) == DAY


def test_a_feed_whose_entries_are_all_of_one_moment_tells_nothing() -> None:
    assert usual_gap([NOON] * 40, NOON) is None
    assert plan_interval(None, timedelta(0), None) == UNKNOWN


def test_a_weekend_of_silence_costs_little_and_months_of_it_much() -> None:
    assert plan_interval(HOUR, 2 * DAY, None) == HOUR
    assert plan_interval(HOUR, 60 * DAY, None) == LONGEST


def test_without_dates_the_counts_of_days_tell() -> None:
    assert gap_of_counts([24, 24, 0]) == DAY * 3 / 48
    assert gap_of_counts([0, 0]) is None
    assert gap_of_counts([]) is None
