"""Clocks: what a zone shows at an issue's times, and which zones show the same."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.mail.clock import AFTER, BEFORE, Clock, clock_of

SUNDAY = date(2026, 11, 22)


@given(
    zone=st.sampled_from(sorted(available_timezones())),
    day=st.dates(date(2015, 1, 1), date(2035, 12, 31)),
    minutes=st.integers(-21 * 24 * 60, 2 * 24 * 60),
)
def test_a_clock_shows_what_its_zone_does(zone: str, day: date, minutes: int) -> None:
    moment = datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(minutes=minutes)
    shown = clock_of(ZoneInfo(zone), day).local(moment)
    assert shown == moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None)


def test_zones_that_agree_over_the_weeks_of_an_issue_are_one_clock() -> None:
    assert len({clock_of(ZoneInfo(zone), SUNDAY) for zone in available_timezones()}) < 60
    berlin, paris, lagos = map(ZoneInfo, ("Europe/Berlin", "Europe/Paris", "Africa/Lagos"))
    assert clock_of(berlin, SUNDAY) == clock_of(paris, SUNDAY) == clock_of(lagos, SUNDAY)
    soon_after = date(2026, 11, 1)
    assert clock_of(berlin, soon_after) == clock_of(paris, soon_after)
    assert clock_of(berlin, soon_after) != clock_of(lagos, soon_after), "clocks were changed a week ago"


@pytest.mark.parametrize("outside", [-BEFORE - timedelta(days=200), AFTER + timedelta(days=200)])
def test_times_beyond_those_weeks_are_told_by_the_nearest_offset(outside: timedelta) -> None:
    clock = Clock((3600, 7200), (round(datetime(2026, 11, 22, tzinfo=UTC).timestamp()),))
    moment = datetime(2026, 11, 22, tzinfo=UTC) + outside
    expected = timedelta(hours=2 if outside > timedelta() else 1)
    assert clock.local(moment) == moment.replace(tzinfo=None) + expected
