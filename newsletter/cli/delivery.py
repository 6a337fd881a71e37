"""`newsletter delivery`: plan, send and look into the ledger of mails."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

import click
from rich.progress import Progress

from newsletter import jobs
from newsletter.addresses import InvalidAddress, read_address
from newsletter.cli import delivery_status
from newsletter.cli.console import console
from newsletter.cli.context import Tools, fail, now_option, pass_tools
from newsletter.cli.delivery_limits import limit_lines
from newsletter.cli.delivery_trace import trace_lines
from newsletter.delivery import ledger
from newsletter.delivery.again import requeue
from newsletter.delivery.send import SendReport
from newsletter.delivery.status import Status, count_due, read_status
from newsletter.delivery.throttle import standing
from newsletter.delivery.trace import trace
from newsletter.models import DeliveryState
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
    report = _send_all(tools, clock)
    counted = (f"{count} {state}" for state, count in report.counts.items())
    click.echo(", ".join(counted) or "Nothing to send.")
    if report.interrupted:
        fail(f"not everything could be sent: {report.interrupted}. What is left stays queued.")


def _send_all(tools: Tools, clock: Callable[[], datetime]) -> SendReport:
    """Send until nothing is due, showing how far it is."""
    with tools.database.read() as session:
        due = count_due(session, clock())
    desk, stop = jobs.desk_of(tools.settings, tools.database, clock), StopFlag()
    stop.listen()
    with Progress(console=console, transient=True, disable=not console.is_terminal) as progress:
        bar = progress.add_task("Sending", total=due)

        def stopped() -> bool:
            progress.update(bar, completed=report.counts.total())
            return stop.is_set()

        report = SendReport()
        jobs.send_due(desk, stopped, report)
    desk.transport.close()
    return report


@group.command()
@click.option("--watch", "again", is_flag=True, help="Show it anew every two seconds, until Ctrl-C.")
@now_option
@pass_tools
def status(tools: Tools, now: datetime, again: bool) -> None:
    """Say how sending goes: what needs you, how much is sent and left, and why some did not arrive."""
    clock = _clock_from(now)
    if not again:
        delivery_status.show(*_status_at(tools, now))
        return
    if not console.is_terminal:
        fail("--watch needs a terminal; leave it away, or run the command again and again")
    stop = StopFlag()
    stop.listen()
    delivery_status.watch(lambda: _status_at(tools, clock()), stop.wait)


def _status_at(tools: Tools, now: datetime) -> tuple[Status, datetime, Sequence[str]]:
    """The status at a moment, and the lines of the limits that sending meets."""
    midnight = now.astimezone(tools.settings.zone).replace(hour=0, minute=0, second=0, microsecond=0)
    today_from = midnight.astimezone(UTC) + tools.settings.freshness
    with tools.database.read() as session:
        limits = limit_lines(standing(session, jobs.book_of(tools.settings), now))
        return read_status(session, now, today_from), now, limits


@group.command("trace")
@click.argument("address")
@now_option
@pass_tools
def trace_command(tools: Tools, address: str, now: datetime) -> None:
    """Tell the story of every mail to ADDRESS: did they get today's issue, and if not, why?"""
    with tools.database.read() as session:
        found = trace(session, _key_of(address), now, tools.settings.keys)
    if found is None:
        fail(f"nobody has subscribed with {address}")
    click.echo("\n".join(trace_lines(found)))


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


def _key_of(address: str) -> str:
    try:
        return read_address(address).key
    except InvalidAddress as error:
        fail(f"{address}: {error}")
