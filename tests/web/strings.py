"""Hostile and odd strings from the shared data, read in place."""

import json
import os
from pathlib import Path

import pytest

_DEFAULT = Path(__file__).resolve().parents[2].parent / "shared" / "data"
FOLDER = Path(os.environ.get("SHARED_DATA", _DEFAULT)) / "strings"


def shared_strings() -> list[str]:
    """Every string of every file; skips loudly without them, fails under CI."""
    files = sorted(FOLDER.glob("*.json"))
    if not files:
        if os.environ.get("CI"):
            pytest.fail(f"the shared strings are missing: {FOLDER}")
        pytest.skip(f"NOT TESTED: the shared strings are missing: {FOLDER}")
    return [row["text"] for file in files for row in json.loads(file.read_text(encoding="utf-8"))]
