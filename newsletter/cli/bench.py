"""`newsletter bench`: the benchmarks that stand beside the package in a source checkout."""

import importlib
import sys
from pathlib import Path
from typing import Any

import click

from newsletter.cli.console import console
from newsletter.cli.context import fail
from newsletter.resources import resource

_JSON = click.option("--json", "as_json", is_flag=True, help="One JSON object instead of the table.")


_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group("bench")
def group() -> None:
    """Measure this machine: rates, memory, and how they compare with a peer."""


@group.command()
@click.option("--recipients", default=20_000, show_default=True, help="Mails in each trial.")
@_JSON
def send(recipients: int, as_json: bool) -> None:
    """Messages a second through the whole ledger, beside smtp-source and plain smtplib.

    Needs smtp-sink and smtp-source (Debian: the package postfix).
    """
    _run("send", as_json, recipients=recipients)


@group.command()
@_JSON
def compose(as_json: bool) -> None:
    """How long a reader's copy takes, and a new combination of editions."""
    _run("compose", as_json)


@group.command()
@click.option("--subscribers", default=1_000_000, show_default=True, help="Readers there are.")
@_JSON
def plan(subscribers: int, as_json: bool) -> None:
    """How long it takes to enter a slot's mails, a quarter of all readers being due."""
    _run("plan", as_json, subscribers=subscribers)


@group.command()
@click.option("--recipients", default=1_000_000, show_default=True, help="Mails in the large send.")
@_JSON
def memory(recipients: int, as_json: bool) -> None:
    """Peak memory of a send to very many, beside one to ten thousand. Needs smtp-sink and patience."""
    _run("memory", as_json, recipients=recipients)


@group.command()
@click.option("--sources", default=500, show_default=True, help="Sources there are.")
@click.option("--entries", default=50, show_default=True, help="Entries in the feed of each.")
@_JSON
def ingest(sources: int, entries: int, as_json: bool) -> None:
    """How quickly sources are polled for the first time and again, beside feedparser alone."""
    _run("ingest", as_json, sources=sources, entries=entries)


@group.command()
@click.option("--seconds", default=4.0, show_default=True, help="How long each page is visited in a round.")
@click.option("--rounds", default=5, show_default=True, help="How often all of it is done.")
@_JSON
def web(seconds: float, rounds: int, as_json: bool) -> None:
    """How quickly pages are served, beside an empty Flask route under the same server."""
    _run("web", as_json, seconds=seconds, rounds=rounds)


@group.command()
@click.option("--data", type=_FILE, help="Labelled headlines to predict (CSV, gzip or plain).")
@click.option("--pred", type=click.Path(dir_okay=False, path_type=Path), help="Where predictions go.")
@click.option(
    "--train",
    type=_FILE,
    help="Labelled headlines to learn topics from (default: what the development days taught).",
)
@click.option(
    "--vectors",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Folder of a sentence model to use as well.",
)
@_JSON
def stories(
    data: Path | None, pred: Path | None, train: Path | None, vectors: Path | None, as_json: bool
) -> None:
    """How quickly stories are grouped, 5,000 to 80,000 articles; or, with --data and --pred, how well.

    Predictions have the columns id, cluster, related, category, shown and copy_of, made by the functions
    that close an edition.
    """
    if (data is None) is not (pred is None):
        fail("give --data and --pred together, or neither")
    _run("stories", as_json, data=data, pred=pred, train=train, vectors=vectors)


def _run(name: str, as_json: bool, **options: Any) -> None:
    """Run the benchmark's `measure` and print its report."""
    benchmarks = resource("bench")
    if not benchmarks.is_dir():
        fail("the benchmarks come with the source code: get the repository and run it there")
    sys.path.insert(0, str(benchmarks.parent))
    cannot = importlib.import_module("bench.report").CannotMeasure
    try:
        report = importlib.import_module(f"bench.{name}").measure(**options)
    except cannot as error:
        fail(str(error))
    if as_json:
        click.echo(report.as_json())
    else:
        report.print(console)
