"""Send times: one instant for every existing local date, in every zone, through every clock change."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.sendtime import instant_of, local_date, next_instant, slot_date

ZONES = sorted(available_timezones())
HALF_HOURS = [time(hour, minute) for hour in range(24) for minute in (0, 30)]
FIRST, LAST = date(2025, 1, 1), date(2027, 12, 31)

moments = st.datetimes(datetime(2000, 1, 1), datetime(2037, 12, 31)).map(
    lambda naive: naive.replace(tzinfo=UTC)
)
zones = st.sampled_from(ZONES).map(ZoneInfo)
times = st.times().map(lambda at: at.replace(second=0, microsecond=0))


def test_a_time_in_the_gap_means_the_first_valid_instant_after_it() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    assert instant_of(date(2026, 3, 29), time(2, 30), berlin) == datetime(2026, 3, 29, 1, 0, tzinfo=UTC)


def test_a_time_that_happens_twice_means_the_first() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    assert instant_of(date(2026, 10, 25), time(2, 30), berlin) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


@pytest.mark.parametrize("zone", ["Africa/Cairo", "Asia/Beirut", "America/Santiago", "America/Havana"])
def test_midnight_that_a_clock_change_skips_still_has_its_issue(zone: str) -> None:
    for day in _days():
        moment = instant_of(day, time(0, 0), ZoneInfo(zone))
        assert moment is not None
        assert local_date(moment, ZoneInfo(zone)) == day


def test_a_date_that_a_zone_skipped_has_no_instant() -> None:
    apia = ZoneInfo("Pacific/Apia")
    assert instant_of(date(2011, 12, 30), time(7, 0), apia) is None
    before = instant_of(date(2011, 12, 29), time(7, 0), apia)
    assert before is not None
    following = next_instant(before, time(7, 0), apia)
    assert following == instant_of(date(2011, 12, 31), time(7, 0), apia)


def test_an_hour_skipped_up_to_midnight_is_served_at_midnight_and_keeps_its_date() -> None:
    nuuk = ZoneInfo("America/Nuuk")
    moment = instant_of(date(2025, 3, 29), time(23, 0), nuuk)
    assert moment == datetime(2025, 3, 30, 1, 0, tzinfo=UTC)
    assert local_date(moment, nuuk) == date(2025, 3, 30)
    assert slot_date(moment, time(23, 0), nuuk) == date(2025, 3, 29)
    assert next_instant(moment, time(23, 0), nuuk) == datetime(2025, 3, 31, 0, 0, tzinfo=UTC)


def test_half_an_hour_of_clock_change_is_understood() -> None:
    lord_howe = ZoneInfo("Australia/Lord_Howe")
    gap = instant_of(date(2026, 10, 4), time(2, 15), lord_howe)
    assert gap is not None
    assert gap.astimezone(lord_howe).time() == time(2, 30)


def test_every_zone_gets_exactly_one_issue_per_local_date_for_three_years() -> None:
    """Around every clock change of every zone, at all 48 half hours: the chain of `next_instant`."""
    for name in ZONES:
        zone = ZoneInfo(name)
        for change in _clock_changes(zone):
            for at in HALF_HOURS:
                _assert_one_issue_a_date(zone, at, change)


def _assert_one_issue_a_date(zone: ZoneInfo, at: time, around: date) -> None:
    days = [around + timedelta(days=offset) for offset in range(-1, 3)]
    expected = [instant_of(day, at, zone) for day in days]
    assert all(moment is not None for moment in expected), (zone, at, around)
    assert [slot_date(moment, at, zone) for moment in expected if moment] == days, (zone, at, around)
    for earlier, later in pairwise(expected):
        assert earlier is not None
        assert next_instant(earlier, at, zone) == later, (zone, at, around)


def _clock_changes(zone: ZoneInfo) -> list[date]:
    offsets = [(day, datetime.combine(day, time(12), zone).utcoffset()) for day in _days()]
    return [day for (_, before), (day, after) in pairwise(offsets) if before != after]


def _days() -> list[date]:
    return [FIRST + timedelta(days=offset) for offset in range((LAST - FIRST).days + 1)]


@given(moments, times, zones)
def test_the_next_instant_is_later_and_within_a_little_more_than_two_days(
    after: datetime, at: time, zone: ZoneInfo
) -> None:
    moment = next_instant(after, at, zone)
    assert moment is not None
    assert after < moment < after + timedelta(days=2, hours=3)


@given(moments, times, zones, st.integers(1, 127))
def test_only_chosen_weekdays_come(after: datetime, at: time, zone: ZoneInfo, weekdays: int) -> None:
    moment = next_instant(after, at, zone, weekdays)
    assert moment is not None
    assert weekdays >> slot_date(moment, at, zone).weekday() & 1


@given(moments, times, zones)
def test_no_weekday_means_never(after: datetime, at: time, zone: ZoneInfo) -> None:
    assert next_instant(after, at, zone, 0) is None


@given(st.dates(date(2000, 1, 1), date(2037, 12, 31)), times, zones)
def test_an_instant_shows_the_asked_time_unless_the_clock_skipped_it(
    day: date, at: time, zone: ZoneInfo
) -> None:
    moment = instant_of(day, at, zone)
    if moment is None:
        assert zone.key in {"Pacific/Apia", "Pacific/Fakaofo", "Pacific/Kwajalein", "Kwajalein"}
        return
    assert slot_date(moment, at, zone) == day
    shown = moment.astimezone(zone)
    assert shown.replace(tzinfo=None) >= datetime.combine(day, at)
    assert shown.fold == 0
