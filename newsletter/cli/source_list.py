"""`newsletter source list`: how the sources are, on a line each; or those in trouble, with what to do."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta

import click
from rich.table import Column, Table
from rich.text import Text

from newsletter.cli.console import console
from newsletter.cli.context import Tools, now_option, pass_tools
from newsletter.cli.plain import plain
from newsletter.ingest.diagnosis import Diagnosis
from newsletter.ingest.habits import Change
from newsletter.ingest.sources import sources_in_order
from newsletter.ingest.wellbeing import Wellbeing, wellbeing
from newsletter.models import SourceStatus

# Sources a time: three months of each one's days are read.
_AT_A_TIME = 500
# Columns. In fewer an address would be cut to nothing.
_ROOM_FOR_ADDRESSES = 120
_CHANGED = {Change.STOPPED: "stopped", Change.DROUGHT: "brings little", Change.FLOOD: "brings much"}


@click.command("list")
@click.option("--sick", is_flag=True, help="Only those in trouble, each with why and what to do.")
@now_option
@pass_tools
def list_command(tools: Tools, sick: bool, now: datetime) -> None:
    """Show every source, its topics, and how it is doing; those that fail first.

    "A day" is how many articles it brought a day in the last week. For all there is to know of one
    source: newsletter source show NAME
    """
    with tools.database.read() as session:
        sources = sources_in_order(session)
        portions = (sources[start : start + _AT_A_TIME] for start in range(0, len(sources), _AT_A_TIME))
        everyone = (being for portion in portions for being in wellbeing(session, portion, now))
        if not sources:
            click.echo("There are no sources yet. Add one with: newsletter source add URL --topic SLUG")
        elif sick:
            _print_sick(everyone, len(sources))
        else:
            _print_table(everyone, now)


def _print_table(everyone: Iterable[Wellbeing], now: datetime) -> None:
    name = Column("Source", max_width=30, no_wrap=True, overflow="ellipsis")
    topics = Column("Topics", max_width=16, no_wrap=True, overflow="ellipsis")
    table = Table(name, topics, "State", "Last new", Column("A day", justify="right"), box=None)
    if console.width >= _ROOM_FOR_ADDRESSES:
        table.add_column("Address", no_wrap=True, overflow="ellipsis", max_width=console.width - 85)
    sick = 0
    for being in everyone:
        # As text, not markup: names come from feeds.
        cells = [Text(plain(cell)) for cell in _cells(being, now)]
        table.add_row(*cells[: len(table.columns)])
        sick += being.diagnosis is not None
    console.print(table)
    if sick:
        click.echo(f"\n{_sources(sick)} in trouble. Why, and what to do: newsletter source list --sick")


def _print_sick(everyone: Iterable[Wellbeing], number: int) -> None:
    sick = 0
    for being in everyone:
        if being.diagnosis is not None:
            click.echo("\n".join((*_sick_lines(being, being.diagnosis), "")))
            sick += 1
    well = number - sick
    click.echo(f"{_sources(sick)} in trouble, {well} well." if sick else f"{_sources(number)} well.")


def _sick_lines(being: Wellbeing, diagnosis: Diagnosis) -> Iterator[str]:
    yield f"{plain(being.source.name)}  {state_of(being)}"
    if being.source.name != being.source.url:
        yield f"    {plain(being.source.url)}"
    yield f"    why: {plain(diagnosis.why)}"
    yield f"    do:  {plain(diagnosis.remedy)}"


def state_of(being: Wellbeing) -> str:
    """A source's state in one word or two."""
    source = being.source
    if source.status != SourceStatus.ACTIVE:
        return source.status
    if source.failures:
        return "failing" if being.diagnosis else "failed once" if source.failures == 1 else "failed twice"
    if being.change is not None:
        return _CHANGED[being.change]
    return "new" if source.last_polled_at is None else "fine"


def ago(moment: datetime | None, now: datetime) -> str:
    """How long ago, shortly: 5 min, 3 h, 12 d."""
    if moment is None:
        return "never"
    since = max(now - moment, timedelta())
    if since < timedelta(hours=1):
        return f"{since // timedelta(minutes=1)} min"
    return f"{since // timedelta(hours=1)} h" if since < timedelta(days=2) else f"{since.days} d"


def _cells(being: Wellbeing, now: datetime) -> Sequence[str]:
    source, lately = being.source, being.habits.lately
    topics = ", ".join(topic.slug for topic in source.topics)
    daily = "" if lately is None else f"{lately:.1f}" if lately < 10 else f"{lately:.0f}"
    return source.name, topics, state_of(being), ago(source.last_new_at, now), daily, source.url


def _sources(number: int) -> str:
    return "1 source is" if number == 1 else f"{number} sources are"
