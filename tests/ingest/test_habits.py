"""What sources are used to, and when they leave it."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.ingest.habits import KEPT_DAYS, Change, Day, change_of, habits_of

TODAY = date(2026, 11, 23)  # a Monday
DAY = timedelta(days=1)
COUNTS = st.lists(st.integers(0, 500), max_size=90)


def days(*counts: int) -> list[Day]:
    """A day each, the last one yesterday, after a first day that brought a whole feed."""
    first = TODAY - DAY * (len(counts) + 1)
    return [
        Day(first, polls=1, new=50),
        *(Day(first + DAY * number, polls=20, new=count) for number, count in enumerate(counts, 1)),
    ]


def change(counts: list[int], silence: int = 0, told: Change | None = None) -> Change | None:
    return change_of(habits_of(days(*counts), TODAY), DAY * silence, told)


def test_a_source_of_which_little_is_known_has_no_habit_to_leave() -> None:
    habits = habits_of(days(9, 9), TODAY)

    assert (habits.lately, habits.usual, habits.busiest) == (None, None, None)
    assert change([9, 9]) is None
    assert change_of(habits_of([], TODAY), None) is None


def test_what_stood_in_the_feed_at_first_is_no_habit() -> None:
    assert habits_of(days(*[2] * 30), TODAY).usual == 2


@pytest.mark.parametrize(
    ("counts", "silence", "stopped"),
    [
        ([9] * 40, 3, False),
        ([9] * 40, 4, True),
        ([9, 9, 9, 9, 9, 0, 0] * 6, 8, False),
        ([9, 9, 9, 9, 9, 0, 0] * 6, 10, True),
        ([1, 0, 0, 0, 0, 0, 0] * 8, 20, False),
        ([1, 0, 0, 0, 0, 0, 0] * 8, 22, True),
        ([1, 0, 0], 80, False),
        ([1, 0, 0], 91, True),
    ],
    ids=["daily", "daily, gone", "weekdays", "weekdays, gone", "weekly", "weekly, gone", "new", "new, gone"],
)
def test_a_source_has_stopped_when_silent_far_longer_than_it_ever_was(
    counts: list[int], silence: int, stopped: bool
) -> None:
    assert (change(counts, silence) is Change.STOPPED) == stopped


def test_a_drought_is_a_week_with_less_than_a_quarter_and_ends_at_a_half() -> None:
    usual = [20] * 28

    assert change([*usual, *[4] * 7]) is Change.DROUGHT
    assert change([*usual, *[6] * 7]) is None
    assert change([*usual, *[6] * 7], told=Change.DROUGHT) is Change.DROUGHT
    assert change([*usual, *[11] * 7], told=Change.DROUGHT) is None


def test_who_always_brings_little_has_no_drought() -> None:
    assert change([*[1] * 28, *[0, 0, 0, 0, 0, 0, 1]]) is None


def test_quiet_weekends_are_no_drought() -> None:
    assert all(change([20, 20, 20, 20, 20, 0, 0] * 5 + [20] * n) is None for n in range(7))


def test_a_flood_is_a_day_with_four_times_the_busiest_before() -> None:
    assert change([*[20] * 30, 81]) is Change.FLOOD
    assert change([*[20] * 30, 80]) is None
    assert change([*[20] * 30, 81, 20]) is None, "it is over"
    assert change([*[5] * 30, 40]) is None, "small numbers jump"


def test_days_on_which_it_could_not_be_read_tell_nothing() -> None:
    read = days(*[20] * 28)
    away = [Day(TODAY - DAY * back, polls=3, failures=3) for back in range(7, 0, -1)]
    shifted = [Day(day.date - 7 * DAY, day.polls, new=day.new) for day in read]

    assert habits_of([*shifted, *away], TODAY).lately is None
    assert change_of(habits_of([*shifted, *away], TODAY), timedelta(0)) is None


def test_shares_of_undated_and_churned_entries_are_of_the_last_week() -> None:
    before = Day(TODAY - 8 * DAY, polls=1, entries=100, undated=100, churned=100)
    lately = Day(TODAY, polls=1, entries=50, undated=10, churned=25)
    habits = habits_of([before, lately], TODAY)

    assert (habits.undated, habits.churned) == (0.2, 0.5)
    assert habits_of([], TODAY).undated is None


@given(COUNTS, st.integers(0, 400))
def test_any_past_gives_an_answer_and_patience_has_bounds(counts: list[int], silence: int) -> None:
    habits = habits_of(days(*counts), TODAY)

    assert 2 * DAY <= habits.patience <= KEPT_DAYS * DAY
    assert (change_of(habits, DAY * silence) is Change.STOPPED) == (DAY * silence > habits.patience)
