"""Polling everything that is due, however much that is, with a fixed amount of it in hand.

Sources are claimed a portion at a time, and more as soon as some are done. Those that failed last time
have a lane of their own: they are often slow to fail again, and hold up none that are well.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from threading import Lock

from newsletter.db import Database
from newsletter.ingest.claiming import due_sources
from newsletter.ingest.fetch import FetchPolicy, fetch_feed
from newsletter.ingest.known import Known, known_sources
from newsletter.ingest.poll import (
    WORKERS,
    Fetch,
    PollResult,
    PollTools,
    open_tools,
    poll_source,
)
from newsletter.ingest.turns import Job, refilled

# The part of the workers, and of what is in hand, that is for sources which failed last time.
_FAILING_SHARE = 4


@dataclass(slots=True)
class Drained:
    """What became of all sources that were due: how many were polled, how many failed, new articles."""

    sources: int = 0
    failed: int = 0
    new: int = 0


@dataclass(frozen=True, slots=True)
class _Lane:
    failing: bool
    room: int
    workers: int


def drain(
    db: Database,
    clock: Callable[[], datetime],
    policy: FetchPolicy,
    batch: int,
    *,
    workers: int = WORKERS,
    fetch: Fetch = fetch_feed,
    stop: Callable[[], bool] = lambda: False,
) -> Drained:
    """Poll every source that is due by now, at most `batch` claimed at a time, until `stop` says so.

    What becomes due meanwhile is left to the next call, so this ends. Raises database errors, once all
    that was in hand is done.
    """
    due_by, drained, counting = clock(), Drained(), Lock()

    def poll(source_id: int, tools: PollTools, known: Known) -> None:
        result = poll_source(db, source_id, clock(), tools, known)
        with counting:
            _count(drained, result)

    def keep(lane: _Lane, tools: PollTools) -> None:
        def claim(room: int) -> list[Job[None]]:
            if stop():
                return []
            with db.write() as session:
                ids = due_sources(session, due_by, room, failing=lane.failing, claimed_at=clock())
            found = known_sources(db, ids)
            return [Job(known.host, partial(poll, number, tools, known)) for number, known in found.items()]

        refilled(claim, lane.room, lane.workers, policy.per_host)

    with open_tools(db, policy, fetch) as tools, ThreadPoolExecutor(2, thread_name_prefix="drain") as lanes:
        kept = [lanes.submit(keep, lane, tools) for lane in _lanes(batch, workers)]
    for lane in kept:
        lane.result()
    return drained


def _lanes(batch: int, workers: int) -> tuple[_Lane, _Lane]:
    room, few = max(1, batch // _FAILING_SHARE), max(1, workers // _FAILING_SHARE)
    return _Lane(True, room, few), _Lane(False, max(1, batch - room), max(1, workers - few))


def _count(drained: Drained, result: PollResult) -> None:
    drained.sources += 1
    drained.failed += result.reason is not None
    drained.new += result.new
