"""Text that SQLite holds and PostgreSQL refuses: made fit, and counted, so that nothing changes unseen.

PostgreSQL takes neither the character U+0000 nor anything that is not UTF-8, and it keeps the lengths
the schema names (https://www.postgresql.org/docs/current/datatype-character.html); SQLite holds all
three.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Column, String, Table

REPLACEMENT = "\N{REPLACEMENT CHARACTER}"

Row = Sequence[Any]


@dataclass(frozen=True, slots=True)
class Repairs:
    """How many texts were changed, by column (`article.title`): characters replaced, length cut."""

    replaced: Counter[str] = field(default_factory=Counter)
    cut: Counter[str] = field(default_factory=Counter)


def fit_characters(text: str) -> str:
    """The text with every character PostgreSQL cannot hold replaced by U+FFFD; mostly the same object.

    Bytes that were not UTF-8 are expected as lone surrogates (the error handler `surrogateescape`).
    """
    if "\0" in text:
        text = text.replace("\0", REPLACEMENT)
    if text.isascii():
        return text
    try:
        text.encode()
    except UnicodeEncodeError:
        return "".join(REPLACEMENT if "\ud800" <= letter <= "\udfff" else letter for letter in text)
    return text


def text_fitter(table: Table, repairs: Repairs) -> Callable[[Row], Row]:
    """A function that makes a row of `table` fit, noting in `repairs` what it had to change."""
    texts = [
        (place, str(column), _length_of(column))
        for place, column in enumerate(table.columns)
        if isinstance(column.type, String)
    ]

    def fit(row: Row) -> Row:
        changed: dict[int, str] = {}
        for place, name, length in texts:
            value = row[place]
            if value is not None and (fitting := _fit(value, name, length, repairs)) is not value:
                changed[place] = fitting
        return [changed.get(place, value) for place, value in enumerate(row)] if changed else row

    return fit


def _fit(value: str, name: str, length: int | None, repairs: Repairs) -> str:
    fitting = fit_characters(value)
    if fitting is not value:
        repairs.replaced[name] += 1
    if length is not None and len(fitting) > length:
        repairs.cut[name] += 1
        return fitting[:length]
    return fitting


def _length_of(column: Column[Any]) -> int | None:
    """How long the column's texts may be; none for what identifies something and must arrive whole."""
    if column.primary_key or column.unique or not isinstance(column.type, String):
        return None
    return column.type.length
