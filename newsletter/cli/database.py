"""`newsletter db`: the database's schema, copies of it, and the move to another one."""

from pathlib import Path

import click

from newsletter import migrate
from newsletter.backup import BackupFailed, backup, restore
from newsletter.cli.context import Tools, fail, pass_tools
from newsletter.cli.move import move_command
from newsletter.db import Database, DatabaseUnusable


@click.group("db")
def group() -> None:
    """Make, check, copy, put back and move the database."""


group.add_command(move_command)


@group.command()
@pass_tools
def upgrade(tools: Tools) -> None:
    """Make the database, or bring it to this version's schema."""
    database = Database(tools.settings.database_url)
    try:
        migrate.upgrade(database)
    except DatabaseUnusable as error:
        fail(str(error))
    finally:
        database.close()
    click.echo("The database is ready.")


@group.command()
@pass_tools
def check(tools: Tools) -> None:
    """Say whether the database can be used by this version."""
    tools.database.close()
    click.echo("The database is fine.")


@group.command("backup")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@pass_tools
def backup_command(tools: Tools, file: Path) -> None:
    """Copy the database to FILE while it is in use (SQLite; use pg_dump for PostgreSQL)."""
    try:
        backup(tools.database, file)
    except BackupFailed as error:
        fail(str(error))
    click.echo(f"Copied to {file}.")


@group.command("restore")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@pass_tools
def restore_command(tools: Tools, file: Path) -> None:
    """Put the copy in FILE in the database's place. Stop the service first.

    The database that stood there is kept beside it under the ending .before-restore.
    """
    try:
        kept = restore(tools.settings.database_url, file)
    except BackupFailed as error:
        fail(str(error))
    click.echo(f"Restored. The former database is kept as {kept}." if kept else "Restored.")
