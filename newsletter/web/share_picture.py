"""The picture that other sites show beside a link: the publication's name, what and when, a headline.

What no font of this machine can draw is left out, never drawn as boxes; the picture then says less.
"""

from dataclasses import dataclass
from io import BytesIO

from PIL import Image, ImageDraw
from PIL.ImageFont import FreeTypeFont

from newsletter.web.share_fonts import font_for, plain

WIDTH, HEIGHT = 1200, 630
_MARGIN, _LINES = 80, 4
_SIZES = (76, 64, 54, 46)
_PAPER, _INK, _SOFT = "#fcfbf8", "#1c1a17", "#5c574f"


@dataclass(frozen=True, slots=True)
class Shown:
    """What the picture says; `headline` may be empty. `rtl`: the headline runs from right to left."""

    publication: str
    about: str
    headline: str
    accent: str
    rtl: bool = False


def share_picture(shown: Shown) -> bytes:
    """A PNG of 1200 by 630."""
    picture = Image.new("RGB", (WIDTH, HEIGHT), _PAPER)
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, 0, WIDTH, 18), fill=shown.accent)
    _line(draw, shown.publication, 44, 60, _INK)
    draw.line((_MARGIN, 132, WIDTH - _MARGIN, 132), fill=_INK, width=3)
    _headline(draw, shown)
    _line(draw, shown.about, 34, HEIGHT - 104, _SOFT)
    out = BytesIO()
    picture.quantize(64).save(out, "PNG", optimize=True)
    return out.getvalue()


def _line(draw: ImageDraw.ImageDraw, text: str, size: int, top: int, colour: str) -> None:
    """One line, cut at its end; nothing when it cannot be drawn."""
    drawable = _drawable(text, size)
    if drawable is None:
        return
    words, font = drawable
    while words and font.getlength(words) > WIDTH - 2 * _MARGIN:
        words = f"{words.rstrip('…')[:-1].rstrip()}…" if len(words) > 2 else ""
    draw.text((_MARGIN, top), words, font=font, fill=colour)


def _headline(draw: ImageDraw.ImageDraw, shown: Shown) -> None:
    """In the largest letters in which it has room; its end is cut where it has none in the smallest."""
    drawn = [(size, _drawable(shown.headline, size)) for size in _SIZES]
    laid_out = [(size, found[1], _wrapped(*found)) for size, found in drawn if found]
    if not laid_out:
        return
    size, font, lines = next((one for one in laid_out if len(one[2]) <= _LINES), laid_out[-1])
    place, anchor = (WIDTH - _MARGIN, "ra") if shown.rtl else (_MARGIN, "la")
    for number, line in enumerate(lines[:_LINES]):
        draw.text((place, 172 + int(number * size * 1.28)), line, font=font, fill=_INK, anchor=anchor)


def _drawable(text: str, size: int) -> tuple[str, FreeTypeFont] | None:
    """The text and a font for it; spelled plainly where there is none for its own letters."""
    for said in (text, plain(text)):
        font = font_for(said, size)
        if said.strip() and font is not None:
            return said, font
    return None


def _wrapped(text: str, font: FreeTypeFont) -> list[str]:
    """The text in lines of the picture's width; what is longer than that without a space, by letter."""
    lines, line = [], ""
    for piece in _pieces(text, font):
        if line and font.getlength((line + piece).rstrip()) > WIDTH - 2 * _MARGIN:
            lines.append(line.rstrip())
            line = ""
        line += piece
    return [*lines, line.rstrip()]


def _pieces(text: str, font: FreeTypeFont) -> list[str]:
    pieces = []
    for word in text.split():
        fits = font.getlength(word) <= WIDTH - 2 * _MARGIN
        pieces += [f"{word} "] if fits else [*word, " "]
    return pieces
