"""`newsletter delivery status`: how the ledger stands, in words; first what waits for the operator."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta

import click
from rich.console import Group, RenderableType
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.text import Text

from newsletter.cli.console import console
from newsletter.cli.plain import plain
from newsletter.delivery.pace import HOUR, Pace
from newsletter.delivery.reasons import Need, Reason
from newsletter.delivery.status import Progress, Status
from newsletter.models import DeliveryState

REFRESH_SECONDS = 2.0
_BAR_WIDTH = 60

_HEADINGS = {
    "relay": "refused by our own mail server",
    "policy": "refused for how we send",
    "size": "too large",
    "content": "refused for their content",
    "uncertain": "uncertain",
    "stuck": "due, and nothing moves",
}


def show(status: Status, now: datetime, limits: Sequence[str] = ()) -> None:
    """Print the status: with a bar on a terminal, else as plain text. `limits` are lines of their own."""
    if console.is_terminal:
        console.print(_picture(status, now, limits))
    else:
        click.echo("\n".join(status_lines(status, now, limits)))


def watch(read: Callable[[], tuple[Status, datetime, Sequence[str]]], wait: Callable[[float], bool]) -> None:
    """Show the status anew every two seconds until `wait`, which is told for how long, says it is enough."""
    with Live(_picture(*read()), console=console, auto_refresh=False) as live:
        while not wait(REFRESH_SECONDS):
            live.update(_picture(*read()), refresh=True)


def status_lines(status: Status, now: datetime, limits: Sequence[str] = ()) -> list[str]:
    """The whole status, line by line."""
    if not status.counts:
        return ["No mail yet."]
    lines = [*_moving(status), *_counted(status, now)]
    for heading, part in (
        ("Needs you:", [line for need in status.needs for line in _needed(need)]),
        ("Limits:", limits),
        ("Why mail did not arrive, in the last week:", [_reason(reason) for reason in status.reasons]),
    ):
        lines += ["", heading, *part] if part else []
    return lines


def _picture(status: Status, now: datetime, limits: Sequence[str]) -> RenderableType:
    # Text, not markup: what servers said may hold brackets.
    lines = Text("\n".join(status_lines(status, now, limits)))
    lines.highlight_words(["Needs you:"], "bold red")
    if not status.today.planned:
        return lines
    bar = ProgressBar(total=status.today.planned, completed=status.today.settled, width=_BAR_WIDTH)
    return Group(bar, lines)


def _moving(status: Status) -> Iterator[str]:
    if status.today.planned:
        yield _progress(status.today)
    if status.pace.hour:
        yield _pace(status.pace)
    if status.due or status.later:
        left = _time_left(status.time_left)
        yield f"Left: {status.due:,} due now, {status.later:,} to be tried later{left}."


def _progress(today: Progress) -> str:
    not_sent = today.settled - today.sent
    rest = f"; {not_sent:,} will not be" if not_sent else ""
    return f"Today: {today.sent:,} of {today.planned:,} sent ({today.sent / today.planned:.0%}){rest}."


def _pace(pace: Pace) -> str:
    whole = pace.hour_seconds >= HOUR.total_seconds()
    reach = "hour" if whole else f"{max(1, round(pace.hour_seconds / 60))} min"
    return f"Pace: {pace.a_second:,.1f} a second over the last minute; {pace.hour:,} in the last {reach}."


def _time_left(left: timedelta | None) -> str:
    if left is None:
        return ""
    minutes = round(left.total_seconds() / 60)
    if minutes < 1:
        return "; less than a minute left"
    hours, minutes = divmod(minutes, 60)
    return f"; about {f'{hours} h ' if hours else ''}{minutes} min left"


def _counted(status: Status, now: datetime) -> Iterator[str]:
    for state in DeliveryState:
        if count := status.counts.get(state):
            yield f"{count:>9}  {state}"
    if status.waiting_since:
        minutes = int((now - status.waiting_since).total_seconds() // 60)
        yield f"The longest due mail has waited {minutes} minutes."


def _needed(need: Need) -> Iterator[str]:
    yield f"{need.count:>9}  {'mail' if need.count == 1 else 'mails'} {_HEADINGS[need.kind]}"
    for said in need.said:
        yield f"           said:  {plain(said)}"
    yield f"           means: {need.advice.meaning}"
    yield f"           do:    {need.advice.remedy}"


def _reason(reason: Reason) -> str:
    count = f"{'~' if reason.about else ''}{reason.count}"
    return f"{count:>9}  {reason.state}: {plain(reason.detail)}"
