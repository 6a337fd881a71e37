"""A filled database of each kind, and an empty one of the other kind to move it into."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from newsletter.db import Database
from tests.move.installation import fill


@pytest.fixture
def filled(db: Database) -> Database:
    """An installation on SQLite with something in every table."""
    fill(db)
    return db


@pytest.fixture
def postgres(empty_postgres: str) -> Iterator[Database]:
    """An empty PostgreSQL database."""
    with closing(Database(empty_postgres)) as database:
        yield database


@pytest.fixture
def other_file(tmp_path: Path) -> Iterator[Database]:
    """An empty SQLite database beside the first."""
    with closing(Database(f"sqlite:///{tmp_path / 'other.db'}")) as database:
        yield database
