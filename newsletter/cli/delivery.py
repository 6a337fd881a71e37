"""`newsletter delivery`: plan, send and look into the ledger of mails."""

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import click
from rich.progress import Progress

from newsletter import jobs
from newsletter.addresses import InvalidAddress, read_address
from newsletter.cli.console import console
from newsletter.cli.context import Tools, fail, now_option, pass_tools
from newsletter.delivery import ledger
from newsletter.delivery.again import requeue
from newsletter.delivery.send import send_batch
from newsletter.delivery.status import Status, count_due, read_status
from newsletter.delivery.trace import Trace, TracedDelivery, trace
from newsletter.models import DeliveryState
from newsletter.publication import publication_of
from newsletter.stopping import StopFlag


@click.group("delivery")
def group() -> None:
    """The ledger of mails: what was, is and will be sent to whom."""


@group.command()
@now_option
@pass_tools
def plan(tools: Tools, now: datetime) -> None:
    """Enter every mail that is due into the ledger. Sends nothing; harmless to repeat."""
    planned = jobs.plan_due(tools.settings, tools.database, now)
    click.echo(f"{planned} planned.")


@group.command()
@now_option
@pass_tools
def send(tools: Tools, now: datetime) -> None:
    """Send every mail that is due, after freeing what a worker that died had left half done.

    Ctrl-C ends it after the mail in hand; what is left stays queued.
    """
    clock = _clock_from(now)
    with tools.database.write() as session:
        ledger.sweep(session, clock())
    counts, stopped = _send_all(tools, clock)
    click.echo(", ".join(f"{count} {state}" for state, count in counts.items()) or "Nothing to send.")
    if stopped:
        fail(f"not everything could be sent: {stopped}. What is left stays queued.")


def _send_all(tools: Tools, clock: Callable[[], datetime]) -> tuple[Counter[DeliveryState], str]:
    """Send batch after batch until nothing is due; how they ended, and why it stopped early, if so."""
    settings, database = tools.settings, tools.database
    transport = jobs.transport_of(settings)
    publication, stop = publication_of(settings), _stop_on_signal()
    counts: Counter[DeliveryState] = Counter()
    with database.read() as session:
        waiting = count_due(session, clock())
    with Progress(console=console, transient=True, disable=not console.is_terminal) as progress:
        bar = progress.add_task("Sending", total=waiting)
        while True:
            report = send_batch(
                database, transport, clock, publication, settings.keys, jobs.SEND_BATCH, jobs.LEASE, stop
            )
            counts += report.counts
            progress.advance(bar, report.counts.total())
            if report.interrupted or not report.claimed:
                return counts, report.interrupted


@group.command()
@now_option
@pass_tools
def status(tools: Tools, now: datetime) -> None:
    """Say how many mails are in which state, and why some did not arrive."""
    with tools.database.read() as session:
        _print_status(read_status(session, now), now)


@group.command("trace")
@click.argument("address")
@pass_tools
def trace_command(tools: Tools, address: str) -> None:
    """Tell the story of every mail to ADDRESS: did they get it, and if not, why?"""
    with tools.database.read() as session:
        found = trace(session, _key_of(address))
    if found is None:
        fail(f"nobody has subscribed with {address}")
    _print_trace(found)


@group.command()
@click.option("--failed", is_flag=True, help="Mails a server refused for good, or that we could not make.")
@click.option(
    "--uncertain",
    is_flag=True,
    help="Mails that may have arrived: no answer came, twice. Their readers may get another copy.",
)
@click.option("--to", "address", metavar="ADDRESS", help="Only mails to this address.")
@now_option
@pass_tools
def retry(tools: Tools, failed: bool, uncertain: bool, address: str | None, now: datetime) -> None:
    """Queue mails again that were given up; say which kind with --failed or --uncertain.

    Only mails whose time has not passed: stale news is never sent, so an expired mail stays expired.
    """
    chosen = [(failed, DeliveryState.FAILED), (uncertain, DeliveryState.UNCERTAIN)]
    states = [state for wanted, state in chosen if wanted]
    if not states:
        raise click.UsageError("say which mails: --failed, --uncertain, or both")
    with tools.database.write() as session:
        result = requeue(session, states, now, address and _key_of(address))
    late = f" {result.too_late} left alone: their time has passed." if result.too_late else ""
    click.echo(f"{result.queued} queued again.{late}")


def _clock_from(now: datetime) -> Callable[[], datetime]:
    """A clock that shows `now` at this moment and runs on from there."""
    ahead: timedelta = now - datetime.now(UTC)
    return lambda: datetime.now(UTC) + ahead


def _stop_on_signal() -> Callable[[], bool]:
    stop = StopFlag()
    stop.listen()
    return stop.is_set


def _key_of(address: str) -> str:
    try:
        return read_address(address).key
    except InvalidAddress as error:
        fail(f"{address}: {error}")


def _print_status(status: Status, now: datetime) -> None:
    if not status.counts:
        click.echo("No mail yet.")
        return
    for state in DeliveryState:
        if count := status.counts.get(state):
            click.echo(f"{count:>9}  {state}")
    if status.waiting_since:
        minutes = int((now - status.waiting_since).total_seconds() // 60)
        click.echo(f"The longest due mail has waited {minutes} minutes.")
    for reason in status.reasons:
        click.echo(f"{reason.count:>9}  {reason.state}: {reason.detail}")


def _print_trace(found: Trace) -> None:
    click.echo(f"The reader is {found.status}; next issue: {_moment(found.next_issue_at)}.")
    for delivery in found.deliveries:
        _print_delivery(delivery)


def _print_delivery(delivery: TracedDelivery) -> None:
    what = "welcome issue" if delivery.welcome else delivery.kind.replace("_", " ")
    click.echo(f"\n{what} of {delivery.occasion}: {delivery.state}   (delivery {delivery.id})")
    click.echo(f"  Message-ID {delivery.message_id}")
    if delivery.editions:
        click.echo(f"  editions   {', '.join(delivery.editions)}")
    click.echo(f"  {_moment(delivery.created_at)}  planned, to be sent by {_moment(delivery.expires_at)}")
    for event in delivery.events:
        click.echo(f"  {_moment(event.at)}  {event.kind}{': ' if event.detail else ''}{event.detail}")
    if delivery.state in (DeliveryState.QUEUED, DeliveryState.DEFERRED):
        click.echo(f"  next attempt {_moment(delivery.next_attempt_at)}")


def _moment(moment: datetime | None) -> str:
    return moment.strftime("%Y-%m-%d %H:%M:%S UTC") if moment else "none"
