"""Marks: what a stored piece of a mail leaves open, to be filled in when an issue is joined.

A piece is rendered once for all readers, who have clocks of their own; and it is stored, while the
address of our pages and the accent colour are settings. So moments, our address and the colour stand
in it as marks: a control character on either side, which `wording.one_line` lets no foreign word have.
"""

import re
from collections.abc import Callable
from datetime import UTC, datetime

from newsletter.mail.wrapping import wrap

_EDGE = "\x1f"
_MARK = re.compile(f"{_EDGE}([^{_EDGE}]*){_EDGE}")

BASE = f"{_EDGE}base{_EDGE}"
ACCENT = f"{_EDGE}accent{_EDGE}"

# What stands in a mark's place: by its words, for a moment by that moment.
Filling = Callable[[str], str]


def moment_mark(moment: datetime) -> str:
    """The mark of an aware moment, to the second."""
    return f"{_EDGE}{moment.timestamp():.0f}{_EDGE}"


def filling(base_url: str, accent: str, told: Callable[[datetime], str]) -> Filling:
    """What fills the marks of one issue; `told` gives a moment in words, and is asked once for each."""
    known = {"base": base_url, "accent": accent}

    def fill(mark: str) -> str:
        if mark not in known:
            known[mark] = told(datetime.fromtimestamp(int(mark), UTC))
        return known[mark]

    return fill


def fill_html(html: str, fill: Filling) -> str:
    """The piece with its marks filled; fillings are ours, and need no escaping."""
    return _MARK.sub(lambda mark: fill(mark[1]), html)


def fill_text(text: str, fill: Filling) -> str:
    """The same for text; a line with a mark is wrapped only now that its length is known."""
    if _EDGE not in text:
        return text
    return "\n".join(_line(line, fill) if _EDGE in line else line for line in text.split("\n"))


def _line(line: str, fill: Filling) -> str:
    indent = len(line) - len(line.lstrip(" "))
    return wrap(fill_html(line, fill), indent)
