"""`newsletter comment`: what readers wrote under stories, to be let through or not."""

from datetime import datetime

import click
from rich.table import Table
from rich.text import Text

from newsletter import comments
from newsletter.cli.console import console
from newsletter.cli.context import Tools, fail, now_option, pass_tools
from newsletter.mail.wording import one_line
from newsletter.models import CommentState

_SHOWN_LETTERS = 200


@click.group("comment")
def group() -> None:
    """Look at readers' comments and decide which are shown.

    Readers may write them where NEWSLETTER_COMMENTS is on; nothing is shown before it was approved.
    """


@group.command("list")
@click.option(
    "--state",
    type=click.Choice([str(state) for state in CommentState]),
    default=str(CommentState.WAITING),
    show_default=True,
    help="Which to show.",
)
@pass_tools
def list_command(tools: Tools, state: str) -> None:
    """Show comments, the oldest first: number, time, name, text."""
    with tools.database.read() as session:
        found = comments.waiting(session, CommentState(state))
        table = Table("Number", "When (UTC)", "Name", "Text", box=None)
        for one in found:
            text = one_line(one.text, _SHOWN_LETTERS)
            table.add_row(str(one.id), f"{one.at:%Y-%m-%d %H:%M}", Text(one.name), Text(text))
    if found:
        console.print(table)
    else:
        click.echo(f"No comment is {state}.")


@group.command("approve")
@click.argument("numbers", type=int, nargs=-1, required=True)
@now_option
@pass_tools
def approve(tools: Tools, numbers: tuple[int, ...], now: datetime) -> None:
    """Show the comments with these NUMBERS."""
    _decide(tools, numbers, CommentState.SHOWN, now)


@group.command("refuse")
@click.argument("numbers", type=int, nargs=-1, required=True)
@now_option
@pass_tools
def refuse(tools: Tools, numbers: tuple[int, ...], now: datetime) -> None:
    """Do not show the comments with these NUMBERS; ones that were shown disappear."""
    _decide(tools, numbers, CommentState.REFUSED, now)


def _decide(tools: Tools, numbers: tuple[int, ...], state: CommentState, now: datetime) -> None:
    with tools.database.write() as session:
        count = comments.decide(session, numbers, state, now)
    if count == 0:
        fail("there is no comment with that number")
    click.echo(f"{count} of {len(set(numbers))} comments: {state}.")
