"""Vectors of texts in a file of their own, so that a window's articles go through the model once.

A cache: who deletes the file loses nothing but time.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import date
from hashlib import blake2b
from pathlib import Path
from typing import Any

from newsletter.editions.pair_meaning import Meaning

_KEPT_DAYS = 4
_AT_A_TIME = 500
_TABLE = (
    "CREATE TABLE IF NOT EXISTS vector (key BLOB PRIMARY KEY, octets BLOB NOT NULL, day INTEGER NOT NULL)"
)
_FIND = "SELECT key, octets FROM vector WHERE key IN ({})"
_KEEP = "INSERT OR REPLACE INTO vector (key, octets, day) VALUES (?, ?, ?)"
_USED = "UPDATE vector SET day = ? WHERE key = ? AND day < ?"
_FORGET = "DELETE FROM vector WHERE day < ?"


class KeptVectors:
    """A `Meaning` that asks another, named `name`, only for texts not asked for in days before `today`."""

    def __init__(self, file: Path, name: str, meaning: Meaning, today: date) -> None:
        self._file, self._meaning, self._today = file, meaning, today.toordinal()
        # Vectors of another model are other vectors.
        self._of_model = blake2b(name.encode(), digest_size=32).digest()

    def __call__(self, texts: Sequence[str]) -> Any:
        import numpy as np

        keys, today = [self._key(text) for text in texts], self._today
        with closing(self._open()) as file, file:
            known = dict(_found(file, keys))
            missing = [place for place in range(len(keys)) if keys[place] not in known]
            if missing:
                made = self._meaning([texts[place] for place in missing]).astype(np.float16)
                known |= {keys[place]: row.tobytes() for place, row in zip(missing, made, strict=True)}
                file.executemany(_KEEP, [(keys[place], known[keys[place]], today) for place in missing])
            file.executemany(_USED, [(today, key, today) for key in keys])
            file.execute(_FORGET, (today - _KEPT_DAYS,))
        return np.stack([np.frombuffer(known[key], np.float16) for key in keys]).astype(np.float32)

    def _key(self, text: str) -> bytes:
        return blake2b(text.encode("utf-8", "replace"), digest_size=16, key=self._of_model).digest()

    def _open(self) -> sqlite3.Connection:
        file = sqlite3.connect(self._file, timeout=15)
        file.execute(_TABLE)
        return file


def _found(file: sqlite3.Connection, keys: Sequence[bytes]) -> Iterator[tuple[bytes, bytes]]:
    for start in range(0, len(keys), _AT_A_TIME):
        portion = keys[start : start + _AT_A_TIME]
        yield from file.execute(_FIND.format(",".join("?" * len(portion))), portion)
