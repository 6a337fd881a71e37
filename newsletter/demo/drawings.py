"""Pictures for the demo's reports, drawn as they are asked for: hills under a sky, each event its own.

Pure functions of the report; drawn twice as large and shrunk, for smooth edges.
"""

import io
import math
from random import Random

from newsletter.demo.world import DemoEntry

SIZE = (720, 405)
SAMPLE_SIZE = (600, 300)
_OVER = 2
_PICTURED_OF_TEN = 7
# Sky above, sky at the horizon, sun, and the hills from far to near.
_LIGHTS = {
    "a rosy morning": ("#8fa9c4", "#f3d9c6", "#fff3dc", "#b9b7c4", "#84879c", "#4c5068"),
    "a clear noon": ("#6f9fc2", "#dcebf0", "#fffbe8", "#a9c2b8", "#6f9684", "#3d6152"),
    "a golden evening": ("#c98b5e", "#f6dfae", "#fff0c0", "#c99a74", "#95614c", "#5a3833"),
    "a grey afternoon": ("#8d979c", "#d9dcda", "#eef0ec", "#aab1b0", "#788280", "#485251"),
    "a moonlit night": ("#1d2740", "#4a5a7a", "#f2efe0", "#46557a", "#2b3856", "#141b2c"),
}


def has_picture(entry: DemoEntry) -> bool:
    """Whether the report comes with a picture: not every one does."""
    return _chance(f"has {entry.event}").randrange(10) < _PICTURED_OF_TEN


def picture_path(entry: DemoEntry) -> str:
    """Where the demo server shows the report's picture."""
    return f"/pictures/{entry.source}/{entry.id}.jpg"


def caption(entry: DemoEntry) -> str:
    """What is to be seen on it."""
    return f"Drawing: hills under {_light(entry)}"


def draw(entry: DemoEntry) -> bytes:
    """The report's picture as a JPEG; every report has its own view of the event."""
    return _landscape(_light(entry), _chance(entry.path), SIZE)


def draw_sample() -> bytes:
    """The picture of the made-up issue's first story, in the size of those in mails."""
    return _landscape("a moonlit night", _chance("night trams"), SAMPLE_SIZE)


def _landscape(light: str, chance: Random, size: tuple[int, int]) -> bytes:
    from PIL import Image, ImageDraw  # the rest of the demo does without

    above, horizon, sun, *hills = _LIGHTS[light]
    width, height = size[0] * _OVER, size[1] * _OVER
    mask = Image.linear_gradient("L").resize((width, height))
    picture = Image.composite(Image.new("RGB", mask.size, horizon), Image.new("RGB", mask.size, above), mask)
    pencil = ImageDraw.Draw(picture)
    radius = height * chance.uniform(0.06, 0.11)
    centre = (width * chance.uniform(0.15, 0.85), height * chance.uniform(0.2, 0.45))
    pencil.circle(centre, radius, fill=sun)
    for place, colour in enumerate(hills):
        pencil.polygon(_ridge(width, height, height * (0.55 + 0.15 * place), chance), fill=colour)
    file = io.BytesIO()
    picture.resize(size, Image.Resampling.LANCZOS).save(file, "JPEG", quality=90)
    return file.getvalue()


def _chance(seed: str) -> Random:
    """Chance that repeats itself: the same news every time."""
    return Random(seed)  # noqa: S311 - for drawing hills


def _light(entry: DemoEntry) -> str:
    return _chance(f"light of {entry.event}").choice(list(_LIGHTS))


def _ridge(width: int, height: int, level: float, chance: Random) -> list[tuple[float, float]]:
    """The outline of a row of hills: a few waves of different lengths on one another."""
    waves = [
        (chance.uniform(1, 5), chance.uniform(0, math.tau), chance.uniform(0.01, 0.04)) for _ in range(4)
    ]
    ridge = [
        (
            x,
            level
            + height * sum(tall * math.sin(often * math.tau * x / width + at) for often, at, tall in waves),
        )
        for x in range(0, width + 1, width // 160)
    ]
    return [(0, height), *ridge, (width, height)]
