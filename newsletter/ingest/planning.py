"""When a source in good health is polled next, and how often from then on. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from newsletter.ingest.health import after_success
from newsletter.ingest.interval import POLLS_A_GAP, plan_interval

# Seconds between polls of a source whose hub tells us of its news.
_BESIDE_HUB = 6 * 3600


@dataclass(frozen=True, slots=True)
class Learnt:
    """A source's usual time between articles, None when unknown, and how long ago the last one came."""

    gap: timedelta | None
    silence: timedelta


@dataclass(frozen=True, slots=True)
class PlannedPoll:
    """The source's interval from now on, in seconds, and the moment of its next poll."""

    interval: int
    next_poll_at: datetime


def unlearnt(interval: int, last_new_at: datetime, now: datetime) -> Learnt:
    """Nothing came that a habit could be learnt from: silence alone makes polls rarer."""
    return Learnt(timedelta(seconds=interval) * POLLS_A_GAP, now - last_new_at)


def plan_poll(source_id: int, learnt: Learnt, asked: int | None, told: bool, now: datetime) -> PlannedPoll:
    """The next poll. `asked` is the wait in seconds that feed or server want; `told` whether a hub tells us.

    A hub makes polls a mere precaution; what was learnt stays for when it stops.
    """
    interval = int(plan_interval(learnt.gap, learnt.silence, asked).total_seconds())
    wait = max(interval, _BESIDE_HUB) if told else interval
    return PlannedPoll(interval, after_success(source_id, wait, now).next_poll_at)
