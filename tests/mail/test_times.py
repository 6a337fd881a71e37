"""Times as a newspaper prints them."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from newsletter.mail.clock import clock_of
from newsletter.mail.times import day_in_words, minutes_to_read, time_in_words, zone_in_words

SUNDAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("moment", "zone", "expected"),
    [
        (datetime(2026, 11, 22, 4, 40, tzinfo=UTC), "Europe/Berlin", "today 05:40"),
        (datetime(2026, 11, 21, 23, 0, tzinfo=UTC), "Europe/Berlin", "today 00:00"),
        (datetime(2026, 11, 21, 22, 59, tzinfo=UTC), "Europe/Berlin", "yesterday 23:59"),
        (datetime(2026, 11, 22, 4, 40, tzinfo=UTC), "America/New_York", "yesterday 23:40"),
        (datetime(2026, 11, 20, 21, 10, tzinfo=UTC), "Europe/Berlin", "Fri 20 Nov, 22:10"),
        (datetime(2026, 11, 23, 0, 30, tzinfo=UTC), "UTC", "Mon 23 Nov, 00:30"),
        (datetime(2025, 12, 31, 12, 0, tzinfo=UTC), "UTC", "Wed 31 Dec 2025, 12:00"),
    ],
)
def test_a_moment_is_told_as_from_the_editions_day_and_clock(
    moment: datetime, zone: str, expected: str
) -> None:
    assert time_in_words(moment, SUNDAY, clock_of(ZoneInfo(zone), SUNDAY), "en") == expected


def test_a_language_nobody_knows_is_told_in_english() -> None:
    assert day_in_words(SUNDAY, "xx-invented") == "Sunday, 22 November 2026"


def test_reading_takes_at_least_a_minute_and_addresses_no_time() -> None:
    assert minutes_to_read([]) == 1
    assert minutes_to_read(["word " * 500, "word " * 380]) == 4
    assert minutes_to_read(["https://example.org/a " * 5000]) == 1


def test_a_zone_is_named_without_underscores() -> None:
    assert zone_in_words("America/New_York") == "America/New York"
