"""Fonts for pictures with words: those the machine has, else the one that comes with Pillow (ASCII alone)."""

import unicodedata
from collections.abc import Sequence
from functools import cache, lru_cache

from PIL import ImageFont, features
from PIL.ImageFont import FreeTypeFont

# Looked for in the system's folders, by their usual names; the first that has all letters draws.
_NAMES = (
    "NotoSans-Bold.ttf",
    "DejaVuSans-Bold.ttf",
    "LiberationSans-Bold.ttf",
    "Arial Bold.ttf",
    "arialbd.ttf",
    "NotoSansArabic-Bold.ttf",
    "NotoNaskhArabic-Bold.ttf",
    "NotoSansCJK-Bold.ttc",
    "Arial Unicode.ttf",
)
_NOWHERE = "\uffff"


def font_for(text: str, size: int) -> FreeTypeFont | None:
    """A font that has every letter of the text, and can join them as its script wants; None without one."""
    if _joined(text) and not _can_join():
        return None
    return next((font for font in _fonts(size) if _has_all(font, text)), None)


def plain(text: str) -> str:
    """The text in the letters that every font has, as far as that goes: é becomes e, a dash a hyphen."""
    spelled = text.translate(_SPELLED)
    parts = unicodedata.normalize("NFKD", spelled)
    return "".join(c for c in parts if not unicodedata.combining(c))


_SPELLED = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"', "–": "-", "—": "-", "ß": "ss", "·": "-"})


def _joined(text: str) -> bool:
    """Whether it is written from right to left."""
    return any(unicodedata.bidirectional(c) in ("R", "AL") for c in text)


@cache
def _can_join() -> bool:
    return bool(features.check("raqm"))


@lru_cache(16)
def _fonts(size: int) -> Sequence[FreeTypeFont]:
    found = [font for name in _NAMES if (font := _font(name, size))]
    bundled = ImageFont.load_default(size)
    return [*found, bundled] if isinstance(bundled, FreeTypeFont) else found


def _font(name: str, size: int) -> FreeTypeFont | None:
    try:
        return ImageFont.truetype(name, size)
    except OSError:
        return None


def _has_all(font: FreeTypeFont, text: str) -> bool:
    missing = _drawn(font, _NOWHERE)
    return all(c.isspace() or unicodedata.combining(c) or _drawn(font, c) != missing for c in set(text))


@lru_cache(8192)
def _drawn(font: FreeTypeFont, letter: str) -> bytes:
    return bytes(font.getmask(letter))
