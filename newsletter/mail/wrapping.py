"""Text in lines of 78 characters, for the part of a mail that is text."""

import re
from collections.abc import Iterator

from newsletter.mail.wording import NO_BREAK

WIDTH = 78
_BREAK = re.compile(rf"[^\S{NO_BREAK}]+")


def wrap(text: str, indent: int = 0, bullet: str = "") -> str:
    """`text` in lines of 78 characters, the first after `bullet`, the others set in as far as it.

    Addresses are never broken; other words only when longer than a line. What a no-break space ties
    together is one word.
    """
    margin = " " * indent
    room = WIDTH - indent - len(bullet)
    lines = [""]
    for word in _pieces(text, room):
        if lines[-1] and len(lines[-1]) + 1 + len(word) > room:
            lines.append(word)
        else:
            lines[-1] = f"{lines[-1]} {word}".lstrip()
    return f"\n{margin}{' ' * len(bullet)}".join([f"{margin}{bullet}{lines[0]}", *lines[1:]])


def underlined(text: str, stroke: str = "=") -> str:
    """A heading of the text part."""
    return f"{text}\n{stroke * min(len(text), WIDTH)}"


def _pieces(text: str, room: int) -> Iterator[str]:
    for word in _BREAK.split(text.strip()):
        if word.startswith(("https://", "http://")):
            yield word
        else:
            yield from (word[start : start + room] for start in range(0, len(word), room))
