"""Copies of an SQLite database taken while it is in use, and putting one back."""

import sqlite3
from contextlib import closing
from pathlib import Path

from sqlalchemy import make_url

from newsletter import migrate
from newsletter.db import Database, DatabaseUnusable


class BackupFailed(Exception):
    """The copy could not be made or put back; nothing was changed. The text says why."""


def backup(database: Database, file: Path) -> None:
    """Copy the database to `file`, consistent although others write meanwhile.

    Uses SQLite's online backup (https://sqlite.org/backup.html). Raises `BackupFailed`.
    """
    if not database.is_sqlite:
        raise BackupFailed("this copies SQLite only; for PostgreSQL use pg_dump")
    if file.exists():
        raise BackupFailed(f"{file} exists already; choose another name")
    with database.engine.connect() as connection, closing(sqlite3.connect(file)) as copy:
        raw = connection.connection.driver_connection
        if raw is None:
            raise BackupFailed("the database is closed")
        raw.backup(copy)


def restore(url: str, file: Path) -> Path | None:
    """Put `file` in the place of the database at `url`; where the former one is kept, if there was one.

    Raises `BackupFailed` when the file is not a database this version can use.
    """
    target = make_url(url)
    if target.get_backend_name() != "sqlite" or not target.database:
        raise BackupFailed("this restores SQLite only; for PostgreSQL use psql or pg_restore")
    _refuse_unusable(file)
    place = Path(target.database)
    kept = place.with_name(place.name + ".before-restore") if place.exists() else None
    if kept:
        _copy(place, kept)
    _copy(file, place)
    return kept


def _refuse_unusable(file: Path) -> None:
    candidate = Database(f"sqlite:///{file}")
    try:
        migrate.check(candidate)
    except (DatabaseUnusable, sqlite3.Error) as error:
        raise BackupFailed(f"{file} cannot be used: {error}") from error
    finally:
        candidate.close()


def _copy(source: Path, target: Path) -> None:
    # Through SQLite rather than the file system: what still stands in the -wal file comes along.
    with closing(sqlite3.connect(source)) as origin, closing(sqlite3.connect(target)) as place:
        origin.backup(place)
