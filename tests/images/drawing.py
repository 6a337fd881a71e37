"""Pictures drawn for tests: honest ones, and ones meant to harm."""

import io
import struct
import zlib
from random import Random
from typing import Any

from PIL import Image, ImageDraw

Size = tuple[int, int]


def photograph(size: Size = (1200, 800), seed: int = 1) -> Image.Image:
    """Something with the detail of a photograph: soft shapes over a gradient."""
    chance = Random(seed)
    picture = Image.linear_gradient("L").resize(size).convert("RGB")
    draw = ImageDraw.Draw(picture, "RGBA")
    for _shape in range(120):
        left, top = chance.randrange(size[0]), chance.randrange(size[1])
        across, down = chance.randrange(10, 10 + size[0] // 4), chance.randrange(10, 10 + size[1] // 4)
        colour = (*chance.randbytes(3), 120)
        draw.ellipse((left, top, left + across, top + down), fill=colour)
    return picture


def noise(size: Size) -> Image.Image:
    """What compresses worst."""
    return Image.frombytes("RGB", size, Random(7).randbytes(3 * size[0] * size[1]))


def written(picture: Image.Image, format: str = "JPEG", **options: Any) -> bytes:  # noqa: A002
    """The picture as a file."""
    file = io.BytesIO()
    picture.save(file, format, **options)
    return file.getvalue()


def read(body: bytes) -> Image.Image:
    """A file of ours, decoded."""
    picture = Image.open(io.BytesIO(body))
    picture.load()
    return picture


def png_claiming(width: int, height: int, data: bytes = b"") -> bytes:
    """A PNG of grey pixels that says it is so large, whatever it holds."""
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        _chunk(kind, content)
        for kind, content in ((b"IHDR", header), (b"IDAT", zlib.compress(data)), (b"IEND", b""))
    )


def gif_claiming(width: int, height: int, frames: int) -> bytes:
    """A GIF of a huge canvas and very many small frames."""
    screen = b"GIF89a" + struct.pack("<HHBBB", width, height, 0x80, 0, 0) + b"\0\0\0\xff\xff\xff"
    frame = b"\x2c" + struct.pack("<HHHHB", 0, 0, 1, 1, 0) + b"\x02\x02\x44\x01\x00"
    return screen + frame * frames + b"\x3b"


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
