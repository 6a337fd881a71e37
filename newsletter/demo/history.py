"""Lives the demo's three days through in a moment, so that its editions have a past."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from newsletter.demo.server import DemoServer

DAYS = 3


def replay_moments(now: datetime, days: int = DAYS) -> tuple[datetime, ...]:
    """The ends of the demo's days, oldest first; the last is `now`."""
    return tuple(now - timedelta(days=back) for back in reversed(range(days)))


def replay(server: DemoServer, moments: Iterable[datetime], step: Callable[[datetime], None]) -> None:
    """Show the feeds as they stood at each moment in turn, and call `step` (poll, then close) there.

    The server stays at the last moment, also when a step raises.
    """
    for moment in sorted(moments):
        server.as_of = moment
        step(moment)
