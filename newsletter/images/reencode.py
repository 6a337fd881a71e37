"""Making our own copy of a picture, in a process that ends with it: nothing it does reaches further.

A process for each picture costs a tenth of a second, and leaves nothing to clean up when one is killed.
It is a plain one, not `newsletter.child`'s: editions close in a child of that kind, which may have none.
"""

import hashlib
import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import newsletter

SECONDS = 6.0
_ROOT = Path(newsletter.__file__).resolve().parents[1]
_CHILD = "import sys; sys.path.insert(0, sys.argv.pop(1)); from newsletter.images.child import main; main()"

Kind = Literal["story", "logo"]


class ImageRefused(Exception):
    """A picture of which there will be no copy; `reason` says why, as a sentence for an operator."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class ImageCopy:
    """Our own copy; `name` is a hash of its bytes with an ending, `width` and `height` in CSS pixels."""

    name: str
    body: bytes
    width: int
    height: int


def reencode(body: bytes, kind: Kind = "story", seconds: float = SECONDS) -> ImageCopy:
    """Our copy of the picture in `body`, made in a child within `seconds`. Raises `ImageRefused`."""
    command = [sys.executable, "-I", "-c", _CHILD, str(_ROOT), kind]
    try:
        # An empty environment: what decodes a stranger's bytes needs none of our secrets.
        done = subprocess.run(command, input=body, capture_output=True, timeout=seconds, env={}, check=False)  # noqa: S603
    except subprocess.TimeoutExpired:
        raise ImageRefused(f"Reading it took longer than {seconds:g} seconds.") from None
    if done.returncode != 0:
        raise ImageRefused("Reading it took more memory or processor time than a picture may.")
    told, _, encoded = done.stdout.partition(b"\n")
    return _copy(json.loads(told), encoded)


def _copy(told: dict[str, Any], encoded: bytes) -> ImageCopy:
    if "refused" in told:
        raise ImageRefused(told["refused"])
    name = f"{hashlib.sha256(encoded).hexdigest()[:32]}.{told['suffix']}"
    return ImageCopy(name, encoded, told["width"], told["height"])
