"""Bring a database to this version's schema, and say plainly when it cannot be used."""

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection
from sqlalchemy.exc import DatabaseError

from newsletter.db import Database, DatabaseUnusable
from newsletter.resources import resource


def upgrade(db: Database, revision: str = "head") -> None:
    """Migrate up to `revision`, all or nothing. Raises `DatabaseUnusable`."""
    with _connect(db) as connection:
        config = _config(connection)
        _refuse_newer(connection, config)
        command.upgrade(config, revision)
        connection.commit()


def downgrade(db: Database, revision: str) -> None:
    """Migrate down to `revision` (`base` empties the database)."""
    with _connect(db) as connection:
        command.downgrade(_config(connection), revision)
        connection.commit()


def check(db: Database) -> None:
    """Raise `DatabaseUnusable` unless the schema is exactly this version's."""
    with _connect(db) as connection:
        config = _config(connection)
        _refuse_newer(connection, config)
        current = MigrationContext.configure(connection).get_current_revision()
        if current is None:
            raise DatabaseUnusable("the database is empty; run: newsletter db upgrade")
        if current != ScriptDirectory.from_config(config).get_current_head():
            raise DatabaseUnusable("the database is older than this program; run: newsletter db upgrade")


def _refuse_newer(connection: Connection, config: Config) -> None:
    current = MigrationContext.configure(connection).get_current_revision()
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if current is not None and current not in known:
        raise DatabaseUnusable(
            f"the database (revision {current}) is newer than this program; "
            "install the newer version again, or restore a backup made before the upgrade"
        )


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(resource("migrations")))
    config.attributes["connection"] = connection
    return config


def _connect(db: Database) -> Connection:
    try:
        return db.engine.execution_options(sqlite_begin="BEGIN IMMEDIATE").connect()
    except DatabaseError as error:
        raise DatabaseUnusable(
            f"cannot open the database {db.url.render_as_string()}: {error.orig}"
        ) from None
