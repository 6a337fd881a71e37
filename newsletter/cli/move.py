"""`newsletter db move`: from SQLite to PostgreSQL, or back."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime

import click
from rich.progress import Progress
from sqlalchemy.exc import ArgumentError, NoSuchModuleError

from newsletter.cli.console import console
from newsletter.cli.context import Tools, fail, now_option, pass_tools
from newsletter.config import Settings
from newsletter.db import Database
from newsletter.move import Moved, MoveFailed, move


@click.command("move")
@click.argument("url")
@now_option
@pass_tools
def move_command(tools: Tools, url: str, now: datetime) -> None:
    """Move everything into the empty database at URL. Stop the service first.

    URL as for NEWSLETTER_DATABASE_URL: postgresql://user:password@host/name. Everything arrives and
    is compared, or nothing does; the old database is not changed. Today's mail that went out already
    does not go out again: what was sent moves too.
    """
    source = tools.database
    with closing(_open_target(url)) as target:
        if target.url == source.url:
            fail("that is the database in use; give another one")
        with _nobody_leads(tools.settings, source):
            moved = _move_watched(source, target, now)
    _print_moved(moved)
    _print_next_steps(tools.settings, target)


def _open_target(url: str) -> Database:
    try:
        return Database(url)
    except ModuleNotFoundError:
        fail("PostgreSQL needs a driver that is not installed here: pip install 'psycopg[binary,pool]'")
    except (ArgumentError, NoSuchModuleError):
        fail("give the new database as postgresql://user:password@host/name, or sqlite:////path/of/the/file")


@contextmanager
def _nobody_leads(settings: Settings, source: Database) -> Iterator[None]:
    """Hold the schedulers' lead meanwhile; whoever has it shows that the service is running."""
    from newsletter.scheduler import leader_of

    leader = leader_of(settings, source)
    if not leader.leads():
        fail("the service is running. Stop it first, on every machine, and leave it stopped for the move")
    try:
        yield
    finally:
        leader.resign()


def _move_watched(source: Database, target: Database, now: datetime) -> Moved:
    with Progress(console=console, transient=True, disable=not console.is_terminal) as progress:
        bar = progress.add_task("Moving and comparing", total=None)
        try:
            return move(
                source,
                target,
                now,
                lambda rows: progress.update(bar, total=rows),
                lambda _table, rows: progress.advance(bar, rows),
            )
        except MoveFailed as error:
            fail(str(error))


def _print_moved(moved: Moved) -> None:
    for table in moved.tables:
        click.echo(f"{table.rows:>12}  {table.name}")
    total = sum(table.rows for table in moved.tables)
    click.echo(f"{total:>12}  rows moved; read back, every table holds the same as before.")
    for column, number in moved.repairs.replaced.items():
        click.echo(
            f"  {number} texts of {column} held characters PostgreSQL cannot store; they are now \ufffd."
        )
    for column, number in moved.repairs.cut.items():
        click.echo(f"  {number} texts of {column} were longer than the schema allows and were cut.")


def _print_next_steps(settings: Settings, target: Database) -> None:
    click.echo("\nNext, on every machine:")
    click.echo(f"  1. Set NEWSLETTER_DATABASE_URL={target.url.render_as_string()} (with its password).")
    if "queue_url" in settings.model_fields_set:
        click.echo("  2. NEWSLETTER_QUEUE_URL stays as you set it: every machine must reach that queue.")
    else:
        click.echo("  2. NEWSLETTER_QUEUE_URL is not set and follows: tasks wait beside the new database.")
    click.echo("  3. Run newsletter db check, then start the service.")
    click.echo("Keep the old database as it is, but never start the service on it again: it would send")
    click.echo("again what the new one has sent by then.")
