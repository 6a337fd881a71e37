"""Dates that feedparser does not understand."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.ingest.dates import read_date, zone_unknown


@pytest.mark.parametrize(
    ("told", "utc"),
    [
        ("Seg, 24 Set 2018 19:42:40 -0300", (2018, 9, 24, 22, 42, 40)),
        ("lun., 5 août 2024 08:30 CEST", (2024, 8, 5, 6, 30)),
        ("3 de diciembre de 2023", (2023, 12, 3)),
        ("Do, 07. März 2024 12:00:00 +0100", (2024, 3, 7, 11)),
        ("gio, 9 mag 2019 10:00:00 GMT", (2019, 5, 9, 10)),
        ("1er juillet 2020", (2020, 7, 1)),
        ("12 juin 2020 12:00 +02:00", (2020, 6, 12, 10)),
        ("вт, 6 мая 2025 10:00:00 +0300", (2025, 5, 6, 7)),
        ("2 ene. 2024 09:00 EST", (2024, 1, 2, 14)),
    ],
)
def test_months_of_other_languages_are_understood(told: str, utc: tuple[int, ...]) -> None:
    found = read_date(told)

    assert found is not None
    assert (found.timetuple()[: len(utc)], found.tzinfo) == (utc, UTC)


@pytest.mark.parametrize("told", ["", "yesterday", "24 Foo 2018", "99 Set 2018", "1 jan 0000", "3 of 4 2024"])
def test_what_is_no_date_is_none(told: str) -> None:
    assert read_date(told) is None


@given(
    st.text(max_size=60)
    | st.from_regex(r"\d{1,2} (set|mai|dez) \d{4} \d\d:\d\d( [+-]\d{4})?", fullmatch=True)
)
def test_any_text_is_a_date_or_none(told: str) -> None:
    assert read_date(told) is None or isinstance(read_date(told), datetime)
    assert abs(zone_unknown(told).total_seconds()) <= 13 * 3600
