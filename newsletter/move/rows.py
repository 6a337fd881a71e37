"""Reading a table and writing it elsewhere, a page at a time, with a sum of its content on the way."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

from sqlalchemy import Connection, Table, insert, select

from newsletter.move.refusal import MoveFailed, said

PAGE = 2000


@dataclass(slots=True)
class Content:
    """What a table holds, in two numbers: its rows, and a sum over their values.

    The sum adds up each row's own hash, so that it does not depend on the order of the rows: the two
    databases sort text differently.
    """

    rows: int = 0
    sum: int = 0

    def add(self, page: Iterable[Sequence[Any]]) -> None:
        for row in page:
            digest = blake2b(repr(tuple(row)).encode(), digest_size=16).digest()
            self.rows += 1
            self.sum = (self.sum + int.from_bytes(digest)) % (1 << 128)


def pages(connection: Connection, table: Table) -> Iterator[Sequence[Sequence[Any]]]:
    """The table's rows in the order of its key, a page at a time; only a page is kept in memory."""
    statement = select(table).order_by(*table.primary_key)
    with connection.execute(statement, execution_options={"yield_per": PAGE}) as result:
        yield from result.partitions()


def write_page(connection: Connection, table: Table, page: Sequence[Sequence[Any]]) -> None:
    """Insert the rows, values in the order of the table's columns.

    PostgreSQL takes them by COPY, which costs half of what INSERT does. Raises `MoveFailed` when it
    refuses a row.
    """
    if connection.dialect.name == "sqlite":
        names = table.columns.keys()
        connection.execute(insert(table), [dict(zip(names, row, strict=True)) for row in page])
        return
    try:
        _copy_in(connection, table, page)
    except connection.dialect.loaded_dbapi.Error as error:
        # It came past SQLAlchemy, as the driver's own.
        raise MoveFailed(f"the new database refuses a row of {table.name}: {said(error)}") from error


def _copy_in(connection: Connection, table: Table, page: Sequence[Sequence[Any]]) -> None:
    driver: Any = connection.connection.driver_connection
    processors = _processors(connection, table)
    with driver.cursor() as cursor, cursor.copy(_copy_statement(connection, table)) as copy:
        for row in page:
            copy.write_row([process(value) for process, value in zip(processors, row, strict=True)])


def _processors(connection: Connection, table: Table) -> list[Callable[[Any], Any]]:
    """For each column, from the model's value to the driver's."""
    dialect = connection.dialect
    found = [column.type.dialect_impl(dialect).bind_processor(dialect) for column in table.columns]
    return [process or _as_it_is for process in found]


def _as_it_is(value: Any) -> Any:
    return value


def _copy_statement(connection: Connection, table: Table) -> str:
    quote = connection.dialect.identifier_preparer
    names = ", ".join(quote.format_column(column) for column in table.columns)
    return f"COPY {quote.format_table(table)} ({names}) FROM STDIN"


def content_of(connection: Connection, table: Table, read: Callable[[int], None]) -> Content:
    """Read the whole table for its content; `read` is told how many rows each page had."""
    content = Content()
    for page in pages(connection, table):
        content.add(page)
        read(len(page))
    return content
