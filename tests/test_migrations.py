"""The schema goes up, matches the models, and comes down again, on both databases."""

from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect, text

from newsletter import migrate
from newsletter.db import Database, DatabaseUnusable
from newsletter.models import metadata
from newsletter.models.search import INDEX


def test_the_migrated_schema_is_the_models(any_db: Database) -> None:
    with any_db.engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "include_name": _is_the_models}
        )
        assert compare_metadata(context, metadata) == []


def _is_the_models(name: str | None, _kind: str, _parents: object) -> bool:
    """Whether models know of it: the search's index, and the tables it is kept in, are the database's."""
    return not (name or "").startswith(INDEX)


def test_going_down_leaves_nothing_behind_and_up_again_works(any_db: Database) -> None:
    migrate.downgrade(any_db, "base")
    left = set(inspect(any_db.engine).get_table_names()) - {"alembic_version"}
    assert left == set()
    migrate.upgrade(any_db)
    migrate.check(any_db)


def test_a_newer_database_is_refused_and_untouched(db: Database) -> None:
    with db.write() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(DatabaseUnusable, match="newer than this program"):
        migrate.upgrade(db)
    with db.read() as session:
        assert session.execute(text("SELECT version_num FROM alembic_version")).scalar() == "9999"


def test_an_empty_database_names_the_command_that_fills_it(tmp_path: Path) -> None:
    empty = Database(f"sqlite:///{tmp_path / 'empty.db'}")
    with pytest.raises(DatabaseUnusable, match="newsletter db upgrade"):
        migrate.check(empty)
    empty.close()
