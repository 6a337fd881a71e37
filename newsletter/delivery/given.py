"""Many values given to a statement at once, as one parameter: JSON on SQLite, arrays on PostgreSQL.

A parameter a value costs SQLAlchemy more time than the database needs for the row.
"""

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Integer, Select, Text, bindparam, cast, func, select, true
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import InstrumentedAttribute, Session


def on_postgresql(session: Session) -> bool:
    return session.get_bind().dialect.name == "postgresql"


def among(
    session: Session, column: InstrumentedAttribute[int], numbers: Sequence[int]
) -> ColumnElement[bool]:
    """The condition that `column` is one of `numbers`, however many."""
    if on_postgresql(session):
        return column == func.any(cast(list(numbers), ARRAY(Integer)))
    return column.in_(select(_json_rows(list(numbers)).c.value))


def rows_given(session: Session, rows: Sequence[tuple[int, str, str, str]]) -> Select[Any]:
    """A query whose rows are the given ones, a number and three texts each, to be inserted from."""
    if on_postgresql(session):
        numbers, *texts = zip(*rows, strict=True)
        arrays = (
            cast(list(numbers), ARRAY(Integer)),
            *(cast(list(column), ARRAY(Text)) for column in texts),
        )
        names = "number", "first", "second", "third"
        return select(*func.unnest(*arrays).table_valued(*names).render_derived().c)
    row = _json_rows(rows).c.value
    # Without a WHERE, SQLite takes the ON of ON CONFLICT for a join's (sqlite.org/lang_upsert.html).
    return select(*(func.json_extract(row, f"$[{place}]") for place in range(4))).where(true())


def _json_rows(values: Sequence[Any]) -> FromClause:
    return func.json_each(bindparam(None, json.dumps(values))).table_valued("value")
