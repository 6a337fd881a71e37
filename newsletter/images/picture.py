"""A stranger's picture, opened with suspicion: what it is, its first frame upright, its colours in sRGB.

Needs Pillow, and whatever memory and time the sender thought of: call it in the child only (`child`).
"""

import io
import math
from collections.abc import Iterator
from contextlib import contextmanager

from PIL import AvifImagePlugin, Image, ImageCms, UnidentifiedImageError, WebPImagePlugin

FORMATS = (
    "JPEG",
    "PNG",
    "GIF",
    *(["WEBP"] if WebPImagePlugin.SUPPORTED else []),
    *(["AVIF"] if AvifImagePlugin.SUPPORTED else []),
)
MOST_PIXELS = 30_000_000
_ORIENTATION = 0x0112
# Exif 2.32, section 4.6.4: what to do so that the first row is on top and the first column on the left.
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


class Refused(Exception):
    """A picture we do not want; the text says why, as a sentence for an operator."""


@contextmanager
def opened(body: bytes) -> Iterator[Image.Image]:
    """The picture in `body`, known by its content alone, nothing decoded yet. Raises `Refused`."""
    if not body:
        raise Refused("It is empty.")
    try:
        picture = Image.open(io.BytesIO(body), formats=FORMATS)
    except Image.DecompressionBombError:
        raise _too_large() from None
    except UnidentifiedImageError:
        raise Refused(_what_else(body)) from None
    with picture:
        if math.prod(picture.size) > MOST_PIXELS:
            raise _too_large()
        yield picture


def shrunk(picture: Image.Image, width: int, height: int) -> Image.Image:
    """The first frame, upright, within `width` by `height` and never enlarged; decodes it."""
    # A JPEG can be decoded at a half, a quarter or an eighth of its size, for less memory and time.
    picture.draft(None, (2 * max(width, height), 2 * max(width, height)))
    if picture.mode in ("P", "PA", "1"):
        picture = _with_exif(picture, picture.convert("RGBA" if picture.has_transparency_data else "RGB"))
    turned = _orientation(picture)
    if turned in (5, 6, 7, 8):
        width, height = height, width
    picture.thumbnail((width, height), Image.Resampling.LANCZOS, reducing_gap=2.0)
    return picture.transpose(_UPRIGHT[turned]) if turned in _UPRIGHT else picture


def in_srgb(picture: Image.Image) -> Image.Image:
    """The picture as RGB or RGBA in sRGB, and nothing but its pixels: no metadata, no profile."""
    alpha = picture.convert("RGBA").getchannel("A") if picture.has_transparency_data else None
    plain = _converted(_deep(picture), picture.info.get("icc_profile"))
    clean = Image.new("RGB", plain.size)
    clean.paste(plain)
    if alpha is not None:
        clean.putalpha(alpha)
    return clean


def on_white(picture: Image.Image) -> Image.Image:
    """The picture without transparency: what shone through is white."""
    if picture.mode != "RGBA":
        return picture
    white = Image.new("RGBA", picture.size, "white")
    return Image.alpha_composite(white, picture).convert("RGB")


def _converted(picture: Image.Image, profile: bytes | None) -> Image.Image:
    if profile:
        try:
            told = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            converted = ImageCms.profileToProfile(
                picture, told, ImageCms.createProfile("sRGB"), outputMode="RGB"
            )
        except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
            converted = None  # a profile that is damaged, or meant for other pixels, says nothing
        if converted is not None:
            return converted
    return picture.convert("RGB")


def _deep(picture: Image.Image) -> Image.Image:
    """The picture in a mode colours can be converted from; sixteen bits of grey become eight."""
    if picture.mode in ("L", "RGB", "CMYK"):
        return picture
    if picture.mode.startswith("I"):
        return picture.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    return picture.convert("RGB")


def _orientation(picture: Image.Image) -> int:
    try:
        return int(picture.getexif().get(_ORIENTATION, 1))
    except Exception:  # Exif is read by hand in Pillow; what is wrong with it is no reason to lose a picture
        return 1


def _with_exif(picture: Image.Image, converted: Image.Image) -> Image.Image:
    converted.info.update(picture.info)
    converted.info.pop("transparency", None)
    return converted


def _too_large() -> Refused:
    return Refused(f"It has more than {MOST_PIXELS // 1_000_000} million pixels.")


def _what_else(body: bytes) -> str:
    start = body[:1024].lstrip().lower()
    if b"<svg" in start:
        return "It is an SVG drawing; give it as PNG."
    if start.startswith((b"<!doctype html", b"<html")):
        return "It is a web page, not a picture."
    return "It is not a picture in JPEG, PNG, WebP, GIF or AVIF."
