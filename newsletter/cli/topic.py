"""`newsletter topic`: the subjects readers can choose from."""

from datetime import datetime, time

import click
from rich.table import Table
from rich.text import Text

from newsletter.cli.console import console
from newsletter.cli.context import Tools, fail, now_option, pass_tools
from newsletter.ingest.sources import SourceError, add_topic, topics_in_order


@click.group("topic")
def group() -> None:
    """Add and show topics: the subjects readers choose from.

    Every topic has sources (see: newsletter source) and gets one edition a day.
    """


@group.command("add")
@click.argument("slug")
@click.argument("name")
@click.option(
    "--cutoff", metavar="HH:MM", help="When its daily edition closes (default: the setting CUTOFF)."
)
@click.option(
    "--timezone", metavar="ZONE", help="The time zone of that time (default: the setting TIMEZONE)."
)
@click.option("--language", default="en", show_default=True, help="The language of its articles: en, de, ...")
@now_option
@pass_tools
def add(
    tools: Tools, slug: str, name: str, cutoff: str | None, timezone: str | None, language: str, now: datetime
) -> None:
    """Add a topic. SLUG is its short name in addresses, NAME is what readers see.

    Example: newsletter topic add local-news "Local news" --cutoff 05:30 --timezone Europe/Berlin
    """
    settings = tools.settings
    closes = settings.cutoff if cutoff is None else _read_time(cutoff)
    try:
        with tools.database.write() as session:
            add_topic(session, slug, name, now, closes, timezone or settings.timezone, language)
    except SourceError as error:
        fail(str(error))
    click.echo(f"Added the topic {slug}. Give it feeds with: newsletter source add URL --topic {slug}")


@group.command("list")
@pass_tools
def list_command(tools: Tools) -> None:
    """Show every topic, when its edition closes, and how many sources it has."""
    with tools.database.read() as session:
        topics = topics_in_order(session)
        table = Table("Topic", "Name", "Language", "Closes", "Sources", box=None)
        for topic in topics:
            closes = f"{topic.cutoff:%H:%M} {topic.timezone}"
            state = "" if topic.active else " (not active)"
            cells = (topic.slug, topic.name + state, topic.language, closes, str(len(topic.sources)))
            table.add_row(*(Text(cell) for cell in cells))
    if topics:
        console.print(table)
    else:
        click.echo("There are no topics yet. Add one with: newsletter topic add SLUG NAME")


def _read_time(text: str) -> time:
    try:
        return datetime.strptime(text, "%H:%M").time()  # noqa: DTZ007 - a time of day has no zone
    except ValueError:
        raise click.BadParameter("give a time of day as 05:30", param_hint="--cutoff") from None
