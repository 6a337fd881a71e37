"""The busiest statements, in plain SQL and straight to the driver: of the ledger, a poll, readers' own pages.

A morning's mail passes through a handful of statements. Through the ORM each costs as much as the rest
of a mail's work together (measured: 2.8 ms against 0.4 ms a commit on two shared cores). What differs
between the databases is spelt here, once; values are always bound.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, time
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, CursorResult
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

# What every driver takes, and nearly all that it is given.
_AS_THEY_ARE = frozenset((str, int, bool, type(None)))
_NAME = re.compile(r"(?<!:):([a-z_][a-z_0-9]*)")
_AMONG = re.compile(r"AMONG :([a-z_][a-z_0-9]*)")
_LOCK = re.compile(r"\s*LOCK\((.*?)\)")


class Direct:
    """SQL on a connection that is in a transaction.

    In its SQL `:name` is a value, `x AMONG :numbers` asks for one of a list, and `LOCK(...)` is what
    PostgreSQL needs to hold rows that SQLite's one writer holds anyway.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._sqlite = connection.dialect.name == "sqlite"

    def rows(self, sql: str, **values: Any) -> Sequence[Any]:
        """The rows of a query; a value may be a list (`AMONG`), an instant or a date."""
        return self._once(sql, values).all()

    def change(self, sql: str, **values: Any) -> None:
        """One statement for all its rows; values as for `rows`."""
        self._once(sql, values)

    def run(self, sql: str, rows: Sequence[Mapping[str, Any]]) -> None:
        """A statement for each of `rows`, whose instants are `bound`; nothing for none."""
        if rows:
            self._connection.exec_driver_sql(_spelt(sql, self._sqlite), rows)

    @contextmanager
    def undone_if_it_fails(self) -> Iterator[None]:
        """What the block did is undone when it raises; what was done before it stays."""
        self.change("SAVEPOINT part")
        try:
            yield
        except BaseException:
            self.change("ROLLBACK TO SAVEPOINT part")
            raise
        finally:
            self.change("RELEASE SAVEPOINT part")

    @contextmanager
    def undone(self) -> Iterator[None]:
        """What the block does is done for the sake of the doing: it is undone again."""
        self.change("SAVEPOINT rehearsal")
        try:
            yield
        finally:
            self.change("ROLLBACK TO SAVEPOINT rehearsal")
            self.change("RELEASE SAVEPOINT rehearsal")

    def bound(self, moment: datetime | None) -> Any:
        """An instant as the driver takes it (`models.base.Instant` tells how it is stored)."""
        return self._value(moment)

    def instant(self, value: Any) -> datetime:
        """An instant as it comes from the driver (`models.base.Instant` tells how it is stored)."""
        if isinstance(value, str):
            return _instant(value)
        moment: datetime = value
        return moment.astimezone(UTC)

    def date(self, value: Any) -> date | None:
        """A date as it comes from the driver."""
        return date.fromisoformat(value) if isinstance(value, str) else value

    def time(self, value: Any) -> time:
        """A time of day as it comes from the driver."""
        moment: time = time.fromisoformat(value) if isinstance(value, str) else value
        return moment

    def _once(self, sql: str, values: Mapping[str, Any]) -> CursorResult[Any]:
        bound = {name: self._value(value) for name, value in values.items()}
        return self._connection.exec_driver_sql(_spelt(sql, self._sqlite), bound)

    def _value(self, value: Any) -> Any:
        if not self._sqlite or type(value) in _AS_THEY_ARE:
            return value
        if isinstance(value, datetime):
            return value.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")
        if isinstance(value, time):
            return value.isoformat("microseconds")
        if isinstance(value, date):
            return value.isoformat()
        return json.dumps(value) if isinstance(value, list) else value


class Straight(Direct):
    """The same on a driver's own cursor: a statement costs microseconds. Rows are plain tuples."""

    def __init__(self, cursor: Any, driver: Any, sqlite: bool) -> None:
        self.cursor, self._driver = cursor, driver
        self._sqlite = sqlite

    def rows(self, sql: str, **values: Any) -> Sequence[Any]:
        """The rows of a query. Raises `sqlalchemy.exc.DBAPIError`, as every other door of the database."""
        with self._told_as_elsewhere():
            self.cursor.execute(_spelt(sql, self._sqlite), self._bound(values))
            found: Sequence[Any] = self.cursor.fetchall()
        return found

    def change(self, sql: str, **values: Any) -> None:
        """One statement. Raises as `rows` does."""
        with self._told_as_elsewhere():
            self.cursor.execute(_spelt(sql, self._sqlite), self._bound(values))

    def run(self, sql: str, rows: Sequence[Mapping[str, Any]]) -> None:
        """A statement for each of `rows`. Raises as `rows` does."""
        if rows:
            with self._told_as_elsewhere():
                self.cursor.executemany(_spelt(sql, self._sqlite), rows)

    def commit(self) -> None:
        """Make what was changed stay. Raises as `rows` does."""
        with self._told_as_elsewhere():
            self.cursor.connection.commit()

    def _bound(self, values: Mapping[str, Any]) -> Mapping[str, Any]:
        return {name: self._value(value) for name, value in values.items()}

    @contextmanager
    def _told_as_elsewhere(self) -> Iterator[None]:
        try:
            yield
        except self._driver.Error as error:
            raise DBAPIError.instance(None, None, error, self._driver.Error, hide_parameters=True) from error


def direct_on(door: Session | Direct) -> Direct:
    """Statements on a session's connection, behind what it has yet to write; or on what is one already."""
    if isinstance(door, Direct):
        return door
    door.flush()
    return Direct(door.connection())


@lru_cache(maxsize=256)
def _instant(stored: str) -> datetime:
    """An instant of SQLite; the mails of one hour share theirs."""
    return datetime.fromisoformat(stored).replace(tzinfo=UTC)


@lru_cache(maxsize=64)
def _spelt(sql: str, sqlite: bool) -> str:
    """The SQL as this database's driver takes it."""
    if sqlite:
        return _AMONG.sub(r"IN (SELECT value FROM json_each(:\1))", _LOCK.sub("", sql))
    spelt = _AMONG.sub(r"= ANY(:\1)", _LOCK.sub(r" \1", sql))
    return _NAME.sub(r"%(\1)s", spelt)
