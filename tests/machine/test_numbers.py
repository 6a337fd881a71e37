"""Numbers are read alike, however a newsroom writes them."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.machine.numbers import numbers


def values(text: str, language: str = "en") -> list[Fraction]:
    return [one.value for one in numbers(text, language)]


@pytest.mark.parametrize(
    ("text", "language", "told"),
    [
        ("1,200 people", "en", [1200]),
        ("1.200 Menschen", "de", [1200]),
        ("1 200 personnes", "fr", [1200]),
        ("1\u202f234\u202f567 euros", "fr", [1_234_567]),
        ("12'500 Franken", "de", [12_500]),
        ("1,234,567.89", "en", [Fraction("1234567.89")]),
        ("1.234.567,89", "de", [Fraction("1234567.89")]),
        ("3.5 per cent", "en", [Fraction("3.5")]),
        ("3,5 Prozent", "de", [Fraction("3.5")]),
        ("0.125", "en", [Fraction("0.125")]),
        ("$3bn and 3.5 million", "en", [3 * 10**9, 3_500_000]),
        ("2 Billionen", "de", [2 * 10**12]),
        ("2 billion", "en", [2 * 10**9]),
        ("3 mil millones", "es", [3 * 10**9]),
        ("5 млн гривень", "uk", [5_000_000]),
        ("٣ آلاف", "ar", [3000]),
        ("twenty-one men, three million bees", "en", [21, 3_000_000]),
        ("twelve hundred", "en", [1200]),
        ("п’ять тисяч", "uk", [5000]),
        ("dix-sept", "fr", [17]),
        ("the third man", "en", [3]),
        ("one of them, no one", "en", []),
        ("two, three", "en", [2, 3]),
        ("7-2 at 10:30", "en", [7, 2, 10, 30]),
        ("version 1.2.3", "en", [1, 2, 3]),
        ("on 3 March 2026, 12 were", "en", [3, 2026, 12]),
        ("", "en", []),
    ],
)
def test_a_number_is_what_it_says(text: str, language: str, told: list[Fraction]) -> None:
    assert values(text, language) == told


@given(st.integers(1000, 10**12), st.sampled_from([",", ".", "'", "\u202f", " "]))
def test_thousands_are_the_same_however_they_are_grouped(number: int, sign: str) -> None:
    assert values(f"{number:,}".replace(",", sign)) == values(str(number)) == [number]


@given(st.text(max_size=200), st.sampled_from(["en", "de", "fr", "es", "uk", "ar", "de-AT", "xx"]))
def test_any_text_can_be_read(text: str, language: str) -> None:
    for number in numbers(text, language):
        assert number.value >= 0
        assert 0 <= number.start < number.end
