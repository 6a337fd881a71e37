"""How a source's polls follow one another: when the next one is due, and when to give up. Pure.

After a failure the wait doubles up to a day; a source failing for a week (or missing for two) is
suspended, which means: tried daily, and shown as such. Every wait is made a little longer, differently
for every source and time, so that sources which were polled together do not come back together.
"""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta

from newsletter.ingest.interval import LONGEST
from newsletter.models import SourceStatus

SPREAD = 0.2
# A failure says nothing of how often a source publishes: the rare ones are tried again soon, too.
FIRST_RETRY = timedelta(hours=1)
# A server may ask for more; but a date out of thin air is not to silence a source for good.
LONGEST_ASKED_WAIT = timedelta(days=1)
SUSPEND_AFTER = timedelta(days=7)
# A feed that is not there may be on its way to another address, or its server half set up.
SUSPEND_MISSING_AFTER = timedelta(days=14)
SUSPEND_AFTER_FAILURES = 5


@dataclass(frozen=True, slots=True)
class Outlook:
    """A source's standing after a poll."""

    status: SourceStatus
    next_poll_at: datetime


def after_success(source_id: int, interval: int, now: datetime) -> Outlook:
    """The next regular poll, `interval` seconds on or a little later."""
    wait = _spread(timedelta(seconds=interval), f"{source_id}:{now.timestamp():.0f}")
    return Outlook(SourceStatus.ACTIVE, now + wait)


def after_failure(
    source_id: int,
    interval: int,
    failures: int,
    healthy_at: datetime,
    now: datetime,
    retry_after: int | None = None,
    missing_since: datetime | None = None,
) -> Outlook:
    """The next attempt after `failures` failures in a row.

    `healthy_at` is the last success, or when the source was added; `missing_since` when its server first
    said that there is no such feed, if it ever did since. A server's Retry-After, in seconds, is obeyed up to
    a day.
    """
    patience, since = (SUSPEND_MISSING_AFTER, missing_since) if missing_since else (SUSPEND_AFTER, healthy_at)
    lasting = failures >= SUSPEND_AFTER_FAILURES and now - since >= patience
    doubled = min(timedelta(seconds=interval), FIRST_RETRY) * 2 ** min(failures - 1, 10)
    wait = _spread(LONGEST if lasting else min(doubled, LONGEST), f"{source_id}:{failures}")
    if retry_after is not None:
        # Never earlier than asked, hence added after the spread.
        wait = max(wait, min(timedelta(seconds=retry_after), LONGEST_ASKED_WAIT))
    return Outlook(SourceStatus.SUSPENDED if lasting else SourceStatus.ACTIVE, now + wait)


def _spread(wait: timedelta, seed: str) -> timedelta:
    return wait * random.Random(seed).uniform(1, 1 + SPREAD)  # noqa: S311 - spreads load only
