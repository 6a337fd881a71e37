"""How a source's polls follow one another: when the next one is due, and when to give up. Pure.

After a failure the wait doubles up to a day; a source failing for a week is suspended, which means:
tried daily, and shown as such. The wait is moved a little either way, differently for every source
and failure, so that sources which failed together do not come back together.
"""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta

from newsletter.models import SourceStatus

JITTER = 0.1
LONGEST_WAIT = timedelta(days=1)
LONGEST_ASKED_WAIT = timedelta(days=7)
SUSPEND_AFTER = timedelta(days=7)
SUSPEND_AFTER_FAILURES = 5


@dataclass(frozen=True, slots=True)
class Outlook:
    """A source's standing after a poll."""

    status: SourceStatus
    next_poll_at: datetime


def after_success(source_id: int, interval: int, now: datetime) -> Outlook:
    """The next regular poll, `interval` seconds on."""
    wait = _spread(timedelta(seconds=interval), f"{source_id}:{now.timestamp():.0f}")
    return Outlook(SourceStatus.ACTIVE, now + wait)


def after_failure(
    source_id: int,
    interval: int,
    failures: int,
    healthy_at: datetime,
    now: datetime,
    retry_after: int | None = None,
) -> Outlook:
    """The next attempt after `failures` failures in a row.

    `healthy_at` is the last success, or when the source was added. A server's Retry-After, in
    seconds, is obeyed up to a week.
    """
    lasting = failures >= SUSPEND_AFTER_FAILURES and now - healthy_at >= SUSPEND_AFTER
    doubled = timedelta(seconds=interval) * 2 ** min(failures - 1, 10)
    wait = _spread(LONGEST_WAIT if lasting else min(doubled, LONGEST_WAIT), f"{source_id}:{failures}")
    if retry_after is not None:
        # Never earlier than asked, hence added after the spread.
        wait = max(wait, min(timedelta(seconds=retry_after), LONGEST_ASKED_WAIT))
    return Outlook(SourceStatus.SUSPENDED if lasting else SourceStatus.ACTIVE, now + wait)


def _spread(wait: timedelta, seed: str) -> timedelta:
    return wait * random.Random(seed).uniform(1 - JITTER, 1 + JITTER)  # noqa: S311 - spreads load only
