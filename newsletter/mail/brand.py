"""How a publication looks: its accent colour, made readable on light and dark, and its logo. Pure."""

import colorsys
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

# What accent-coloured text stands on, in mails and on pages.
LIGHT_GROUNDS = ("#ffffff", "#fcfbf8", "#f3f0e9", "#f3f0e8")
DARK_GROUNDS = ("#141210", "#151412", "#1d1a17", "#1f1d1a")
# WCAG 2.2, success criterion 1.4.3 (AA), for text of ordinary size.
ENOUGH = 4.5
_INK, _PAPER = "#1d1a17", "#ffffff"
_STEPS = 255


@dataclass(frozen=True, slots=True)
class Logo:
    """A picture that stands for the publication's name: our copy's whole address; size in CSS pixels."""

    url: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Brand:
    """Colours as `#rrggbb`, of enough contrast on the mail's backgrounds (WCAG 2.2, 1.4.3)."""

    accent: str
    on_accent: str
    accent_dark: str
    on_accent_dark: str
    logo: Logo | None = None


DEFAULT_BRAND = Brand(accent="#98281a", on_accent="#ffffff", accent_dark="#f0937f", on_accent_dark="#1d1a17")


def brand_of(accent: str | None, logo: Logo | None = None) -> Brand:
    """The brand of an accent colour (`#rrggbb`, corrected where it must be), or of our own without one."""
    if accent is None:
        own = DEFAULT_BRAND
        return Brand(own.accent, own.on_accent, own.accent_dark, own.on_accent_dark, logo)
    light, dark = readable(accent, LIGHT_GROUNDS), readable(accent, DARK_GROUNDS)
    return Brand(light, _text_on(light), dark, _text_on(dark), logo)


def readable(colour: str, grounds: Iterable[str]) -> str:
    """The colour nearest in lightness to `colour`, of its hue, that text on all `grounds` can have.

    The grounds are all light or all dark. Colours are `#rrggbb`.
    """
    grounds = tuple(grounds)
    hue, own, saturation = colorsys.rgb_to_hls(*_channels(colour))
    end = 0.0 if luminance(grounds[0]) > 0.5 else 1.0
    tries = (own + (end - own) * step / _STEPS for step in range(1, _STEPS + 1))
    shades = (colour, *(_hex(colorsys.hls_to_rgb(hue, lightness, saturation)) for lightness in tries))
    return _first(shades, lambda shade: all(contrast(shade, ground) >= ENOUGH for ground in grounds))


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours, 1 to 21 (WCAG 2.2, "contrast ratio")."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: str) -> float:
    """How light a colour is, 0 to 1 (WCAG 2.2, "relative luminance")."""
    red, green, blue = (
        channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4
        for channel in _channels(colour)
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def read_colour(text: str) -> str:
    """A colour as `#rrggbb`, from that, from `#rgb` or from a name of CSS. Raises `ValueError`."""
    colour = text.strip().lower()
    if re.fullmatch("#[0-9a-f]{3}", colour):
        colour = "#" + "".join(digit * 2 for digit in colour[1:])
    elif re.fullmatch("[a-z]+", colour):
        from PIL import ImageColor  # only an installation that names its colour loads Pillow for it

        if colour in ImageColor.colormap:
            colour = "#" + "".join(f"{channel:02x}" for channel in ImageColor.getrgb(colour)[:3])
    if not re.fullmatch("#[0-9a-f]{6}", colour):
        raise ValueError("give a colour as #98281a, or by its name in CSS, as teal")
    return colour


def _text_on(accent: str) -> str:
    return max((_PAPER, _INK), key=lambda text: contrast(text, accent))


def _channels(colour: str) -> tuple[float, float, float]:
    red, green, blue = (int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5))
    return red, green, blue


def _hex(channels: tuple[float, float, float]) -> str:
    return "#" + "".join(f"{round(min(max(channel, 0), 1) * 255):02x}" for channel in channels)


def _first(shades: Iterable[str], fits: Callable[[str], bool]) -> str:
    """The first shade that fits; black or white, at the end, always do."""
    return next(shade for shade in shades if fits(shade))
