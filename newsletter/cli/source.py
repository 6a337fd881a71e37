"""`newsletter source`: the feeds news comes from."""

from datetime import datetime
from pathlib import Path

import click
from rich.progress import Progress
from rich.text import Text
from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter.cli.console import console
from newsletter.cli.context import Tools, fail, now_option, pass_tools
from newsletter.cli.source_discover import discover_command, policy_of, require_feed
from newsletter.cli.source_list import list_command
from newsletter.cli.source_show import full_text_command, named_source, show_command
from newsletter.ingest.claiming import due_sources
from newsletter.ingest.opml import OpmlError, export_opml, import_opml
from newsletter.ingest.opml_read import MAX_BYTES
from newsletter.ingest.poll import Outcome, PollResult, poll_sources
from newsletter.ingest.sources import SourceError, add_source, find_topics
from newsletter.log import configure_logging
from newsletter.models import Source

EVERYTHING = 1_000_000


@click.group("source")
def group() -> None:
    """Find, add, show and poll sources: the feeds that news comes from."""


for _command in (discover_command, list_command, show_command, full_text_command):
    group.add_command(_command)


@group.command("add")
@click.argument("url")
@click.option(
    "--topic", "slugs", multiple=True, required=True, metavar="SLUG", help="Its topic; may be repeated."
)
@click.option("--name", help="What readers see (default: what the feed calls itself).")
@click.option("--unseen", is_flag=True, help="Do not look first whether a feed stands there.")
@now_option
@pass_tools
def add(
    tools: Tools, url: str, slugs: tuple[str, ...], name: str | None, unseen: bool, now: datetime
) -> None:
    """Add the feed at URL under one topic or several.

    Where a web page stands instead, its feeds are named and nothing is added.

    Example: newsletter source add https://example.com/feed.xml --topic world
    """
    try:
        with tools.database.read() as session:
            find_topics(session, slugs)
        trouble = None if unseen else require_feed(tools, url, now)
        with tools.database.write() as session:
            source, is_new = add_source(session, url, find_topics(session, slugs), now, name)
            topics = ", ".join(topic.slug for topic in source.topics)
    except SourceError as error:
        fail(str(error))
    click.echo(f"Added {source.url} under {topics}." if is_new else f"Known already; now under {topics}.")
    if trouble:
        click.echo(f"It could not be looked at now, and will be tried again. {trouble}", err=True)
    elif is_new:
        click.echo(f"Read it now with: newsletter source poll {source.url}")


@group.command("import")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@now_option
@pass_tools
def import_command(tools: Tools, file: Path, now: datetime) -> None:
    """Add every feed of FILE, an OPML file as feed readers export it. Its folders become topics."""
    settings = tools.settings
    try:
        with file.open("rb") as opened:
            # One more than is taken: what is larger is refused, not read.
            data = opened.read(MAX_BYTES + 1)
        with tools.database.write() as session:
            report = import_opml(session, data, now, settings.cutoff, settings.timezone)
    except (OpmlError, SourceError) as error:
        fail(f"{file} was not imported. {error}")
    except OSError as error:
        fail(f"{file} cannot be read ({error.strerror}).")
    click.echo(f"{report.added} sources added, {report.known} known already.")
    if report.new_topics:
        click.echo(f"New topics: {', '.join(report.new_topics)}")
    for address in report.refused:
        click.echo(f"Left out, not the address of a feed: {address!r}", err=True)


@group.command("export")
@now_option
@pass_tools
def export(tools: Tools, now: datetime) -> None:
    """Print every source as OPML, for a feed reader or another installation."""
    with tools.database.read() as session:
        click.echo(export_opml(session, tools.settings.publication_name, now), nl=False)


@group.command("poll")
@click.argument("url", required=False)
@click.option(
    "--due", is_flag=True, help="Poll the sources whose time has come (what happens without any word)."
)
@click.option("--all", "everything", is_flag=True, help="Poll every source at once, also failing ones.")
@now_option
@pass_tools
def poll(tools: Tools, url: str | None, due: bool, everything: bool, now: datetime) -> None:
    """Read feeds now: the one at URL, those that are due, or all of them.

    Says for each what came of it. The exit code is 1 when not one could be read.
    """
    if sum((url is not None, due, everything)) > 1:
        raise click.UsageError("Give a URL, --due or --all, one of them.")
    settings = tools.settings
    # Every failure is told below in the source's own line; once is enough.
    configure_logging("ERROR", settings.log_json)
    with tools.database.write() as session:
        ids = _chosen(session, url, everything, now)
        names = {source.id: source.name for source in session.scalars(select(Source))}
    if not ids:
        click.echo("No source is due.")
        return
    with Progress(console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task("Polling", total=len(ids))

        def report(result: PollResult) -> None:
            progress.advance(task)
            progress.console.print(Text(f"{names[result.source_id]}: {_in_words(result)}"), soft_wrap=True)

        results = poll_sources(tools.database, ids, now, policy_of(tools), on_result=report)
    _conclude(results)


def _chosen(session: Session, url: str | None, everything: bool, now: datetime) -> list[int]:
    if url is not None:
        return [named_source(session, url).id]
    if everything:
        return list(session.scalars(select(Source.id).order_by(Source.id)))
    return due_sources(session, now, EVERYTHING)


def _conclude(results: list[PollResult]) -> None:
    failed = sum(result.reason is not None for result in results)
    new = sum(result.new for result in results)
    if failed == len(results):
        fail("the source could not be read." if failed == 1 else "not one source could be read.")
    click.echo(f"{len(results) - failed} of {len(results)} sources read, {new} new articles.")


def _in_words(result: PollResult) -> str:
    match result.outcome:
        case Outcome.UNCHANGED:
            return "nothing new"
        case Outcome.REMOVED:
            return "removed meanwhile"
        case Outcome.FAILED | Outcome.GONE:
            return f"not read. {result.reason}"
    return f"{result.new} new, {result.changed} changed, {result.seen} known"
