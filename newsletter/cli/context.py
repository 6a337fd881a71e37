"""What every command needs: the settings, the database, the moment, and how to fail in one line."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import cached_property
from typing import Any, NoReturn

import click

from newsletter.config import Settings, SettingsError
from newsletter.db import Database, DatabaseUnusable
from newsletter.installation import open_installation
from newsletter.log import configure_logging


class Tools:
    """Settings and database of this run, each read when first asked for."""

    @cached_property
    def settings(self) -> Settings:
        try:
            settings = open_installation()
        except SettingsError as error:
            fail("the settings are wrong:\n  " + "\n  ".join(error.problems))
        # A command says itself what it did; what serves for long sets its own level.
        configure_logging("DEBUG" if settings.log_level == "DEBUG" else "WARNING", settings.log_json)
        return settings

    @cached_property
    def database(self) -> Database:
        from newsletter import migrate  # 11 MB that a long-running worker never needs

        database = Database(self.settings.database_url)
        click.get_current_context().call_on_close(database.close)
        try:
            migrate.check(database)
        except DatabaseUnusable as error:
            fail(str(error))
        return database


pass_tools = click.make_pass_decorator(Tools, ensure=True)


def now_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add `--now`: the moment the command takes for the present, for rehearsing another day."""
    return click.option(
        "--now",
        callback=_read_moment,
        metavar="ISO-8601",
        help="Take this moment for now, e.g. 2026-11-22T06:00Z (default: the clock).",
    )(command)


def fail(message: str) -> NoReturn:
    """End the command with exit code 1 and one clear message on stderr."""
    click.echo(f"newsletter: {message}", err=True)
    raise SystemExit(1)


def _read_moment(_context: click.Context, _parameter: click.Parameter, value: str | None) -> datetime:
    if value is None:
        return datetime.now(UTC)
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        raise click.BadParameter("give a moment as 2026-11-22T06:00Z") from None
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
