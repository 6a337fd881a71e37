"""The database: engine, the two kinds of session, and what SQLite needs to be trusted.

On SQLite every writing transaction opens with BEGIN IMMEDIATE. A transaction that reads first and
writes later would otherwise fail at once on a busy database instead of waiting its turn
(https://sqlite.org/isolation.html; measured: 180 of 240 failed without, 0 with it).
"""

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.orm import Session, sessionmaker

from newsletter.direct import Direct, Straight
from newsletter.together import Together

BUSY_TIMEOUT_MS = 15_000
LOOK_SECONDS = 0.0005
_BEGIN, _IMMEDIATE = "sqlite_begin", "BEGIN IMMEDIATE"


class DatabaseUnusable(Exception):
    """The database is missing, locked, or of another version; the text says what to do."""


class Database:
    """An engine with its doors: `read()` and `look()` never commit, `write()` and `direct()` do at an end.

    `together` is for what many threads write at any time: small pieces of work, committed many at once.
    """

    def __init__(self, url: str) -> None:
        self.url = make_url(url)
        self.engine = _make_engine(url)
        self._readers = sessionmaker(self.engine)
        self._for_writing = self.engine.execution_options(**{_BEGIN: _IMMEDIATE})
        self._writers = sessionmaker(self._for_writing, expire_on_commit=False)
        self.together = Together(self._straight, self.is_sqlite)

    @property
    def is_sqlite(self) -> bool:
        return self.engine.dialect.name == "sqlite"

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session for looking: rolled back at the end, whatever was done in it."""
        with self._readers() as session:
            yield session

    @contextmanager
    def look(self) -> Iterator[Direct]:
        """The driver itself, for looking only; for what is asked too often for a session."""
        with self._cursor() as direct:
            yield direct

    @contextmanager
    def _straight(self) -> Iterator[Direct]:
        """The driver itself, for changing, committed like `write()`."""
        with self._cursor() as direct:
            if self.is_sqlite:
                _wait_for_turn(direct.cursor.connection.cursor(), _IMMEDIATE, direct.change)
            yield direct
            direct.commit()

    @contextmanager
    def _cursor(self) -> Iterator[Straight]:
        # Given back, a connection is rolled back.
        connection = self.engine.raw_connection()
        try:
            yield Straight(connection.cursor(), self.engine.dialect.loaded_dbapi, self.is_sqlite)
        finally:
            connection.close()

    @contextmanager
    def write(self) -> Iterator[Session]:
        """A session for changing: committed when the block ends, rolled back when it raises."""
        with self._writers.begin() as session:
            yield session

    @contextmanager
    def direct(self) -> Iterator[Connection]:
        """A bare connection for changing, committed like `write()`: for what is too often for a session."""
        with self._for_writing.begin() as connection:
            yield connection

    def close(self) -> None:
        """Give every connection back; the object can be used again afterwards."""
        self.engine.dispose()


def _make_engine(url: str) -> Engine:
    # Parameters stay out of error texts: they hold addresses, and errors go to the log.
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite":
        return create_engine(url, pool_pre_ping=True, hide_parameters=True)
    if parsed.database and parsed.database != ":memory:":
        Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(url, connect_args={"timeout": BUSY_TIMEOUT_MS / 1000}, hide_parameters=True)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(dbapi_connection: Any, _record: Any) -> None:
    # The driver's own transaction handling off: `_begin_sqlite` says BEGIN, in the kind we need.
    dbapi_connection.isolation_level = None
    cursor = dbapi_connection.cursor()
    for pragma in (
        f"busy_timeout = {BUSY_TIMEOUT_MS}",
        "journal_mode = WAL",
        "synchronous = FULL",
        "foreign_keys = ON",
        # A morning writes much at once: fewer checkpoints, of 32 MB. The cache is for each connection: 4 MB.
        "wal_autocheckpoint = 8000",
        "cache_size = -4000",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    begin = connection.get_execution_options().get(_BEGIN)
    if begin:
        _wait_for_turn(connection.connection.cursor(), begin, connection.exec_driver_sql)
    else:
        connection.exec_driver_sql("BEGIN")


def _wait_for_turn(cursor: Any, begin: str, last_try: Callable[[str], object]) -> None:
    """Become the one writer, looking often; the last try's error is told as any other.

    SQLite's own waiting soon looks only every 100 ms. Two processes that write most of the time then
    stand still for most of it.
    """
    ((patience_ms,),) = cursor.execute("PRAGMA busy_timeout").fetchall()
    cursor.execute("PRAGMA busy_timeout = 0")
    ends = time.monotonic() + patience_ms / 1000
    try:
        while time.monotonic() < ends:
            try:
                cursor.execute(begin)
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
                    break
                time.sleep(LOOK_SECONDS)
            else:
                return
        last_try(begin)
    finally:
        cursor.execute(f"PRAGMA busy_timeout = {patience_ms}")
        cursor.close()
