"""The `newsletter` command: one file per group, loaded only when asked for, so that help is quick."""

import importlib
from typing import Any, ClassVar

import click

from newsletter import __version__

DATABASE_TROUBLE = (
    "the database is busy or cannot be reached; what was begun was undone, nothing is lost. Try again"
)


class _Groups(click.Group):
    """A group that imports a command's file when the command is named."""

    places: ClassVar[dict[str, str]] = {
        "up": "serve:up",
        "web": "serve:web",
        "scheduler": "serve:scheduler",
        "worker": "worker:worker",
        "demo": "demo:demo",
        "db": "database:group",
        "topic": "topic:group",
        "source": "source:group",
        "edition": "edition:group",
        "machine": "machine:group",
        "comment": "comment:group",
        "issue": "issue:group",
        "delivery": "delivery:group",
        "subscriber": "subscriber:group",
        "feedback": "feedback:group",
        "dkim": "dkim:group",
        "bench": "bench:group",
    }

    def list_commands(self, _ctx: click.Context) -> list[str]:
        return list(self.places)

    def get_command(self, _ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.places:
            return None
        module, name = self.places[cmd_name].split(":")
        command: click.Command = getattr(importlib.import_module(f"newsletter.cli.{module}"), name)
        return command

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except Exception as error:
            # Asked for only now: help and version should not load a database library.
            from sqlalchemy.exc import OperationalError

            if not isinstance(error, OperationalError):
                raise
            click.echo(f"newsletter: {DATABASE_TROUBLE} ({error.orig})", err=True)
            ctx.exit(1)


@click.group(cls=_Groups, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="newsletter")
def main() -> None:
    """A daily news email, from feeds to inboxes.

    Start with: newsletter up
    """
