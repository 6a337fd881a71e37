"""The installed app's picture: a newspaper's front page in outline, on the publication's colour."""

from io import BytesIO

from PIL import Image, ImageDraw

SIZES = (192, 512)
# What the outline of `static/icon.svg` is made of, in a square of 32: left, top, right, bottom.
_SHAPES = ((7, 9, 25, 12), (7, 15, 15, 23), (18, 15, 25, 17), (18, 18, 25, 20), (18, 21, 25, 23))
_GRID = 32
# Systems cut a maskable icon to their own shape: only the middle four fifths are sure to be seen.
_SAFE = 0.8


def app_icon(size: int, ground: str, ink: str) -> bytes:
    """A PNG, `size` pixels square; the colours as `#rrggbb`."""
    picture = Image.new("RGB", (size, size), ground)
    draw = ImageDraw.Draw(picture)
    scale, margin = size * _SAFE / _GRID, size * (1 - _SAFE) / 2
    for left, top, right, bottom in _SHAPES:
        corners = tuple(round(margin + side * scale) for side in (left, top, right, bottom))
        draw.rectangle((corners[0], corners[1], corners[2] - 1, corners[3] - 1), fill=ink)
    out = BytesIO()
    picture.quantize(16).save(out, "PNG", optimize=True)
    return out.getvalue()
