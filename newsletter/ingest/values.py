"""Reading feedparser's values, of which nothing is certain: neither that they are there nor their type."""

import re
from typing import Any

MAX_LINE = 2_000
# PostgreSQL stores no NUL, and no database stores half a surrogate pair.
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def get(holder: Any, name: str) -> Any:
    """What `holder` has by this name, or None. Not by its own `get`: feedparser's guesses other names."""
    return dict.get(holder, name) if isinstance(holder, dict) else None


def many(value: Any) -> list[Any]:
    """`value` where it is a list, else none."""
    return value if isinstance(value, list) else []


def line(value: Any) -> str:
    """A short text, as it stands but for characters no database stores; "" for anything else."""
    return _UNSTORABLE.sub("", value[: 2 * MAX_LINE])[:MAX_LINE].strip() if isinstance(value, str) else ""


def html(value: Any, most: int) -> str:
    """The first `most` characters of a long text, line ends and all; "" for anything else."""
    return _UNSTORABLE.sub("", value[:most]) if isinstance(value, str) else ""
