"""Accent colours: whatever the operator chooses, text in it and on it can be read."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.mail.brand import (
    DARK_GROUNDS,
    DEFAULT_BRAND,
    ENOUGH,
    LIGHT_GROUNDS,
    Brand,
    Logo,
    brand_of,
    contrast,
    luminance,
    read_colour,
    readable,
)

ROOT = Path(__file__).parents[2]
COLOURS = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")


def assert_readable(brand: Brand) -> None:
    for ground in LIGHT_GROUNDS:
        assert contrast(brand.accent, ground) >= ENOUGH
    for ground in DARK_GROUNDS:
        assert contrast(brand.accent_dark, ground) >= ENOUGH
    assert contrast(brand.on_accent, brand.accent) >= ENOUGH
    assert contrast(brand.on_accent_dark, brand.accent_dark) >= ENOUGH


@given(COLOURS)
def test_any_accent_can_be_read_on_light_and_dark_and_so_can_text_on_it(colour: str) -> None:
    assert_readable(brand_of(colour))


def test_our_own_colours_can_be_read() -> None:
    assert_readable(DEFAULT_BRAND)
    assert brand_of(None) == DEFAULT_BRAND


@given(COLOURS)
def test_a_colour_that_can_be_read_stays_as_it_was_chosen(colour: str) -> None:
    for grounds in (LIGHT_GROUNDS, DARK_GROUNDS):
        once = readable(colour, grounds)
        assert readable(once, grounds) == once
        if all(contrast(colour, ground) >= ENOUGH for ground in grounds):
            assert once == colour


@given(COLOURS)
def test_a_correction_goes_no_further_than_it_must(colour: str) -> None:
    for grounds, worst in (
        (LIGHT_GROUNDS, min(LIGHT_GROUNDS, key=luminance)),
        (DARK_GROUNDS, max(DARK_GROUNDS, key=luminance)),
    ):
        corrected = readable(colour, grounds)
        if corrected != colour:
            # One step of lightness, and the rounding to 8 bits, past what is enough.
            assert contrast(corrected, worst) < ENOUGH + 0.6


@pytest.mark.parametrize(
    ("chosen", "light", "dark"),
    [
        ("#ffd500", "#816c00", "#ffd500"),  # yellow: far too light for white, fine on black
        ("#000080", "#000080", None),  # navy: fine on white, lost on black
        ("#000000", "#000000", None),
        ("#ffffff", None, "#ffffff"),
    ],
)
def test_corrections_as_an_operator_sees_them(chosen: str, light: str | None, dark: str | None) -> None:
    brand = brand_of(chosen)

    assert light is None or brand.accent == light
    assert dark is None or brand.accent_dark == dark
    assert (brand.accent == chosen) is (light == chosen)
    assert (brand.accent_dark == chosen) is (dark == chosen)


def test_contrast_is_what_the_standard_says() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)
    assert contrast("#98281a", "#98281a") == 1


@pytest.mark.parametrize(
    ("written", "colour"),
    [("#98281A", "#98281a"), (" #abc ", "#aabbcc"), ("Teal", "#008080"), ("rebeccapurple", "#663399")],
)
def test_colours_are_read_in_the_ways_of_css(written: str, colour: str) -> None:
    assert read_colour(written) == colour == read_colour(written)


@pytest.mark.parametrize(
    "wrong", ["", "#12", "#12345", "#gggggg", "98281a", "reddish", "red;}", "rgb(1,2,3)"]
)
def test_what_is_no_colour_is_refused(wrong: str) -> None:
    with pytest.raises(ValueError, match="give a colour as #98281a"):
        read_colour(wrong)


def test_a_logo_goes_with_either_colour() -> None:
    logo = Logo("/image/x.png", 120, 60)
    assert brand_of(None, logo).logo is brand_of("#123456", logo).logo is logo


def test_the_grounds_are_those_that_mails_and_pages_have() -> None:
    pages = (ROOT / "newsletter" / "web" / "static" / "site.css").read_text()
    mails = "".join(
        (ROOT / "templates" / "email" / "base" / name).read_text() for name in ("styles.css", "media.css")
    )
    grounds = set(re.findall(r"--(?:paper|card): (#[0-9a-f]{6})", pages))
    grounds |= set(
        re.findall(r"^ *(?:body, )?\.(?:page|card) \{[^}]*background: (#[0-9a-f]{6})", mails, re.MULTILINE)
    )

    assert grounds == {*LIGHT_GROUNDS, *DARK_GROUNDS}
