"""Our own copy of a picture: small, plain, and the same bytes for the same picture.

Needs Pillow; called in the child only (`child`).
"""

import io
from dataclasses import dataclass

from PIL import Image

from newsletter.images.picture import Refused, in_srgb, on_white, opened, shrunk

MOST_OCTETS = 40 * 1024
# A story's picture: as wide as the mail's column at most, and not taller than wide.
STORY_SIZE = (600, 600)
LEAST_SIDE = 100
MOST_STRETCHED = 4.0
# JPEG qualities: above, nobody sees a difference; below, a smaller picture looks better.
BEST, WORST = 84, 46
_SMALLER = 0.85
# A logo is shown at most this large, and drawn twice as large for dense screens.
LOGO_SIZE = (300, 60)
LEAST_LOGO_SIDE = 12


@dataclass(frozen=True, slots=True)
class Encoded:
    """A picture of ours; `width` and `height` are what it is to be shown at, in CSS pixels."""

    body: bytes
    suffix: str
    width: int
    height: int


def encode_story(body: bytes) -> Encoded:
    """A picture beside a story: JPEG on white, within 600 by 600 pixels and 40 KiB. Raises `Refused`."""
    with opened(body) as picture:
        _require_substance(picture.size)
        picture = on_white(in_srgb(shrunk(picture, *STORY_SIZE)))
    while True:
        jpeg = _best_jpeg(picture)
        if len(jpeg) <= MOST_OCTETS:
            return Encoded(jpeg, "jpg", *picture.size)
        smaller = (round(picture.width * _SMALLER), round(picture.height * _SMALLER))
        picture = picture.resize(smaller, Image.Resampling.LANCZOS)


def encode_logo(body: bytes) -> Encoded:
    """A publication's sign: PNG, transparent where it was, shown within 300 by 60. Raises `Refused`."""
    width, height = LOGO_SIZE
    with opened(body) as picture:
        if min(picture.size) < LEAST_LOGO_SIDE:
            raise Refused(f"It is smaller than {LEAST_LOGO_SIDE} pixels.")
        large = in_srgb(shrunk(picture, 2 * width, 2 * height))
    shown = large.copy()
    shown.thumbnail(LOGO_SIZE, Image.Resampling.LANCZOS)
    for drawn in (large, large.quantize(256), shown, shown.quantize(256)):
        png = _saved(drawn, "PNG", optimize=True)
        if len(png) <= MOST_OCTETS:
            return Encoded(png, "png", *shown.size)
    raise Refused("It cannot be made smaller than 40 KB.")


def _require_substance(size: tuple[int, int]) -> None:
    if min(size) < LEAST_SIDE:
        raise Refused(f"It is smaller than {LEAST_SIDE} pixels: an icon, or a counting pixel.")
    if max(size) > MOST_STRETCHED * min(size):
        raise Refused("It is a banner: more than four times as long as wide.")


def _best_jpeg(picture: Image.Image) -> bytes:
    """The best quality within the limit; the worst we take where none is."""
    low, high = WORST, BEST
    found = _jpeg(picture, WORST)
    while low < high:
        middle = (low + high + 1) // 2
        tried = _jpeg(picture, middle)
        if len(tried) <= MOST_OCTETS:
            low, found = middle, tried
        else:
            high = middle - 1
    return found


def _jpeg(picture: Image.Image, quality: int) -> bytes:
    return _saved(picture, "JPEG", quality=quality, optimize=True, progressive=True, subsampling="4:2:0")


def _saved(picture: Image.Image, format: str, **options: object) -> bytes:  # noqa: A002 - Pillow's name
    written = io.BytesIO()
    picture.save(written, format, **options)
    return written.getvalue()
