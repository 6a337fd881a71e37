"""Where a text says what was asked for: its words marked, and the piece of it that says most."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from newsletter.editions.search_words import BEGINNING, Asked, folded_word

_WORD = re.compile(r"[^\W_]+(?:[\u0300-\u036f\u064b-\u0655]+[^\W_]*)*")
LETTERS, BEFORE = 240, 60


@dataclass(frozen=True, slots=True)
class Piece:
    """Some of a text; `marked` when it is what was asked for."""

    text: str
    marked: bool


def mark(text: str, asked: Asked) -> list[Piece]:
    """The text in pieces, the words asked for apart."""
    pieces, reached = [], 0
    for begin, end in _places(text, asked):
        if begin > reached:
            pieces.append(Piece(text[reached:begin], False))
        pieces.append(Piece(text[begin:end], True))
        reached = end
    if reached < len(text):
        pieces.append(Piece(text[reached:], False))
    return pieces


def telling(texts: Sequence[str], asked: Asked) -> str:
    """The part of the first text that says something asked for; else the beginning of the first."""
    for text in texts:
        place = next(_places(text, asked), None)
        if place is not None:
            return _around(text, place[0])
    return _around(texts[0], 0) if texts else ""


def _places(text: str, asked: Asked) -> Iterator[tuple[int, int]]:
    whole = {word for term in asked.wanted for word in term.words}
    begun = tuple(term.words[-1] for term in asked.wanted if term.beginning)
    for found in _WORD.finditer(text):
        words = folded_word(found.group()[:80]).split()
        if any(word in whole or (len(word) >= BEGINNING and word.startswith(begun)) for word in words):
            yield found.span()


def _around(text: str, place: int) -> str:
    """About `LETTERS` characters with the one at `place`, cut between words."""
    begin = 0 if place <= BEFORE * 2 else text.rfind(" ", 0, place - BEFORE) + 1
    part = text[begin : begin + LETTERS]
    if begin + LETTERS < len(text):
        part = f"{part.rpartition(' ')[0] or part}…"
    return f"…{part}" if begin else part
