"""The two ends of a move: a source that nobody changes meanwhile, a target that gets all or nothing."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, ForeignKeyConstraint, Table, exists, func, inspect, select, text

from newsletter.db import Database
from newsletter.models import metadata
from newsletter.models.search import INDEX
from newsletter.move.refusal import MoveFailed

_LOCK_TIMEOUT = text("SET LOCAL lock_timeout = '15s'")
# Huey's tables: tasks that wait. They may stand beside ours, and are not moved: losing them loses no mail.
_QUEUE = "huey_"


def refuse_unfit_target(target: Database) -> None:
    """Raise `MoveFailed` unless the target is empty: no tables, or ours without a row."""
    found = inspect(target.engine).get_table_names()
    names = {name for name in found if not name.startswith((_QUEUE, INDEX))}
    strangers = sorted(names - metadata.tables.keys() - {"alembic_version"})
    if strangers:
        raise MoveFailed(
            f"the new database holds tables of something else ({', '.join(strangers[:3])}). "
            "Make a database for this service alone"
        )
    with target.engine.connect() as connection:
        for name in sorted(names & metadata.tables.keys()):
            if connection.scalar(select(exists().select_from(metadata.tables[name]))):
                raise MoveFailed(
                    f"the new database is not empty: there are rows in {name}. "
                    "Moving never adds to what is there; make a new, empty database"
                )
        _refuse_other_encodings(connection)


def _refuse_other_encodings(connection: Connection) -> None:
    if _is_sqlite(connection):
        return
    encoding = connection.scalar(text("SHOW server_encoding"))
    if encoding != "UTF8":
        raise MoveFailed(
            f"the new database is encoded in {encoding}, which cannot hold every language. "
            "Make it anew: CREATE DATABASE ... ENCODING 'UTF8' TEMPLATE template0"
        )


@contextmanager
def frozen_source(source: Database) -> Iterator[Connection]:
    """A connection to read from while no other can write; never committed."""
    with _locking(source) as connection:
        try:
            with connection.begin() as transaction:
                _keep_others_from_writing(connection)
                yield connection
                transaction.rollback()
        finally:
            connection.invalidate()  # it reads text in a way of ours: not for whoever comes next


def _keep_others_from_writing(connection: Connection) -> None:
    if _is_sqlite(connection):  # the transaction was begun as a writer's, and there is only one
        _read_any_bytes(connection)
        return
    names = ", ".join(_quoted(connection, table) for table in metadata.sorted_tables)
    connection.execute(_LOCK_TIMEOUT)
    connection.execute(text(f"LOCK TABLE {names} IN SHARE MODE"))


@contextmanager
def open_target(target: Database) -> Iterator[Connection]:
    """A connection to write on: committed at the end, rolled back when anything is raised.

    Rows may come before those of the same table they refer to (a story before the one it continues).
    """
    with _locking(target) as connection, connection.begin():
        if _is_sqlite(connection):
            connection.execute(text("PRAGMA defer_foreign_keys = ON"))
        else:
            connection.execute(_LOCK_TIMEOUT)
            for key in _keys_within_a_table():
                _alter(connection, key, "DEFERRABLE INITIALLY DEFERRED")
        yield connection


def finish_target(connection: Connection) -> None:
    """After the rows: what PostgreSQL keeps beside them (checks that waited, sequences, statistics)."""
    if _is_sqlite(connection):
        return
    connection.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))
    for key in _keys_within_a_table():
        _alter(connection, key, "NOT DEFERRABLE")
    for table in metadata.sorted_tables:
        _set_sequence(connection, table)
    connection.execute(text("ANALYZE"))


def _set_sequence(connection: Connection, table: Table) -> None:
    """Let the next number follow the highest that was moved."""
    column = table.autoincrement_column
    if column is None:
        return
    highest = connection.scalar(select(func.max(column)))
    if highest is not None:
        sequence = func.pg_get_serial_sequence(_quoted(connection, table), column.name)
        connection.execute(select(func.setval(sequence, highest)))


def _keys_within_a_table() -> list[ForeignKeyConstraint]:
    return [
        key
        for table in metadata.sorted_tables
        for key in table.foreign_key_constraints
        if key.referred_table is table
    ]


def _alter(connection: Connection, key: ForeignKeyConstraint, to: str) -> None:
    name = connection.dialect.identifier_preparer.format_constraint(key)
    connection.execute(text(f"ALTER TABLE {_quoted(connection, key.table)} ALTER CONSTRAINT {name} {to}"))


def _quoted(connection: Connection, table: Table) -> str:
    return connection.dialect.identifier_preparer.format_table(table)


def _locking(database: Database) -> Connection:
    return database.engine.execution_options(sqlite_begin="BEGIN IMMEDIATE").connect()


def _is_sqlite(connection: Connection) -> bool:
    return connection.dialect.name == "sqlite"


def _read_any_bytes(connection: Connection) -> None:
    """Let text that is not UTF-8 come as lone surrogates instead of stopping the reading."""
    driver: Any = connection.connection.driver_connection
    driver.text_factory = lambda stored: stored.decode("utf-8", "surrogateescape")
