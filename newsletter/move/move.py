"""Moving: every table of one database into another, empty one, compared before anything is kept.

The source is only read, under a lock, so that nothing changes behind its back. On the target all
happens in one transaction: either everything arrived and was read back the same, or nothing did.
"""

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from sqlalchemy import Connection, Table, func, select
from sqlalchemy.exc import DBAPIError, IntegrityError

from newsletter import migrate
from newsletter.db import Database, DatabaseUnusable
from newsletter.models import Delivery, DeliveryState, metadata
from newsletter.move.ends import finish_target, frozen_source, open_target, refuse_unfit_target
from newsletter.move.refusal import MoveFailed, said
from newsletter.move.rows import Content, content_of, pages, write_page
from newsletter.move.text import Repairs, text_fitter

__all__ = ["MoveFailed", "Moved", "MovedTable", "move", "tables_in_order"]

# Called with a table's name and how many of its rows were just copied or compared.
Progress = Callable[[str, int], None]


@dataclass(frozen=True, slots=True)
class MovedTable:
    """A table that arrived: read back from the target, it has these rows and the same content."""

    name: str
    rows: int


@dataclass(slots=True)
class Moved:
    """What a move came to."""

    tables: list[MovedTable] = field(default_factory=list)
    repairs: Repairs = field(default_factory=Repairs)


def tables_in_order() -> Sequence[Table]:
    """Every table, after those its foreign keys point to."""
    return metadata.sorted_tables


def move(
    source: Database,
    target: Database,
    now: datetime,
    counted: Callable[[int], None] = lambda _rows: None,
    progress: Progress = lambda _table, _rows: None,
) -> Moved:
    """Copy everything from `source` into the empty `target` and compare.

    `counted` is told once how many rows are to be copied and compared, `progress` as it goes on.
    Raises `MoveFailed`, its text for the operator; the target then holds nothing but empty tables.
    """
    try:
        refuse_unfit_target(target)
        migrate.check(source)
        migrate.upgrade(target)
        with ExitStack() as both:
            reading = both.enter_context(frozen_source(source))
            _refuse_while_sending(reading, now)
            counted(2 * sum(_count(reading, table) for table in tables_in_order()))
            writing = both.enter_context(open_target(target))
            moved = _copy_all(reading, writing, progress)
            finish_target(writing)
            return moved
    except DatabaseUnusable as error:
        raise MoveFailed(str(error)) from error
    except IntegrityError as error:
        raise MoveFailed(f"the new database refuses a row of the old one: {said(error.orig)}") from error
    except DBAPIError as error:
        raise MoveFailed(f"a database failed: {said(error.orig)}") from error


def _copy_all(reading: Connection, writing: Connection, progress: Progress) -> Moved:
    moved = Moved()
    sent = {table: _copy(reading, writing, table, moved.repairs, progress) for table in tables_in_order()}
    # Compared after all is written: what another table's row would still change is then changed.
    for table, content in sent.items():
        arrived = content_of(writing, table, partial(progress, table.name))
        if arrived != content:
            raise MoveFailed(_differs(table, content, arrived))
        moved.tables.append(MovedTable(table.name, arrived.rows))
    return moved


def _copy(
    reading: Connection, writing: Connection, table: Table, repairs: Repairs, progress: Progress
) -> Content:
    content, fit = Content(), text_fitter(table, repairs)
    for page in pages(reading, table):
        fitting = [fit(row) for row in page]
        write_page(writing, table, fitting)
        content.add(fitting)
        progress(table.name, len(fitting))
    return content


def _refuse_while_sending(reading: Connection, now: datetime) -> None:
    """A mail that is being handed over would be recorded in the old database, and sent again by the new."""
    live = select(func.count(), func.max(Delivery.lease_until)).where(
        Delivery.state == DeliveryState.SENDING, Delivery.lease_until > now
    )
    number, until = reading.execute(live).one()
    if number:
        raise MoveFailed(
            f"{number} mails are being sent just now. Stop the service first. If it is stopped, it was "
            f"ended the hard way and may have handed them over: try again after {until:%H:%M:%S} UTC, "
            "then they are moved as what they are"
        )


def _count(connection: Connection, table: Table) -> int:
    return connection.scalar(select(func.count()).select_from(table)) or 0


def _differs(table: Table, sent: Content, arrived: Content) -> str:
    if sent.rows != arrived.rows:
        what = f"{sent.rows} rows of {table.name} were sent, {arrived.rows} arrived"
    else:
        what = f"the rows of {table.name} did not arrive as they were"
    return f"{what}; nothing was kept. Move into a new, empty database"
