"""Who wrote an entry, of the several places where feeds say so. Pure."""

import re
from typing import Any

from newsletter.ingest.values import get, line, many

_MOST = 5
_MAIL_ADDRESS = re.compile(r"[^\s<>()@]{1,64}@[^\s<>()@]{1,255}")
_WEB_ADDRESS = re.compile(r"(?:https?://|www\.)\S{1,500}", re.I)
# What is left around an address that has been taken out.
_EMPTY = re.compile(r"\(\s*\)|<\s*>|\[\s*\]")
_AROUND = " ,;:<>\t\r\n"


def author_of(raw: Any, feed: Any, inherits: bool) -> str:
    """The names of an entry's authors, else of its source's; where it `inherits`, else of its feed's.

    In Atom an entry without an author has its source's, then its feed's (RFC 4287, section 4.2.1). In RSS
    the feed's is its editor.
    """
    heirs = (raw, get(raw, "source"), feed) if inherits else (raw,)
    return next((names for names in map(_names, heirs) if names), "")


def _names(holder: Any) -> str:
    """The distinct names, in their order; an author without one is left out."""
    told = [get(author, "name") for author in many(get(holder, "authors"))[:_MOST]]
    names: dict[str, str] = {}
    for name in (*told, *([] if any(told) else [get(holder, "author")])):
        plain = person(line(name))
        if plain:
            names.setdefault(plain.casefold(), plain)
    return ", ".join(names.values())


def person(told: str) -> str:
    """A name without the addresses that feeds put beside it: they are nobody's business."""
    if told.replace(" ", "").isalpha():
        return told.strip()
    without = _EMPTY.sub("", _WEB_ADDRESS.sub("", _MAIL_ADDRESS.sub("", told))).strip(_AROUND)
    whole = without.count("(") == without.count(")") and not without.startswith("(")
    return without if whole else without.strip("()" + _AROUND)
