"""Polling: what one poll does, from the request to the stored articles.

Fetching and reading happen outside of any transaction; each poll opens two short ones, to look the
source up and to write what came. Whatever a feed does ends as words on its own source.
"""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from threading import BoundedSemaphore

import structlog

from newsletter.db import Database
from newsletter.ingest.entries import ReadFeed
from newsletter.ingest.fetch import (
    Fetched,
    FetchError,
    FetchPolicy,
    FetchRequest,
    NotModified,
    fetch_feed,
)
from newsletter.ingest.known import Known, known_sources
from newsletter.ingest.language import sample, with_language
from newsletter.ingest.language_child import LanguageChild
from newsletter.ingest.parse import ParseError
from newsletter.ingest.parse_pool import ParsePool
from newsletter.ingest.record import News, Outcome, PollResult, record
from newsletter.ingest.turns import Job, side_by_side
from newsletter.ingest.unchanged import Unchanged

__all__ = [
    "Fetch",
    "Outcome",
    "PollResult",
    "PollTools",
    "poll_source",
    "poll_sources",
]

log = structlog.get_logger()

# They mostly wait: of 200 sources half may never answer, and the next edition cannot wait for them all.
WORKERS = 64
# SQLite has one writer, and who waits for its turn looks often.
_WRITERS = BoundedSemaphore(2)

Fetch = Callable[[FetchRequest, FetchPolicy], Fetched | NotModified]
Read = Callable[[bytes, str, str, datetime], ReadFeed]
Detect = Callable[[str], str | None]


@dataclass(frozen=True, slots=True)
class PollTools:
    """What a poll works with: how to fetch, what that may do, how to read what came and tell its language."""

    policy: FetchPolicy
    read: Read
    fetch: Fetch = fetch_feed
    detect: Detect = lambda _words: None
    # Where polls that found nothing new are gathered; without it each is written at once.
    unchanged: Unchanged | None = None


@contextmanager
def open_tools(db: Database, policy: FetchPolicy, fetch: Fetch = fetch_feed) -> Iterator[PollTools]:
    """The tools of a round of polls: what is read is read in processes that can be killed."""
    unchanged = Unchanged(db)
    with ParsePool() as pool, LanguageChild() as languages:
        try:
            yield PollTools(policy, pool.read, fetch, languages.detect, unchanged)
        finally:
            unchanged.finish()


def poll_sources(
    db: Database,
    ids: Sequence[int],
    now: datetime,
    policy: FetchPolicy,
    *,
    workers: int = WORKERS,
    fetch: Fetch = fetch_feed,
    on_result: Callable[[PollResult], None] = lambda _result: None,
) -> list[PollResult]:
    """Poll these sources side by side, those that failed last time last; their results in the order of `ids`.

    `on_result` hears of each as it is done, in the thread that did it. A database error is raised,
    once every other source has been polled.
    """

    def poll(source_id: int, known: Known) -> PollResult:
        result = poll_source(db, source_id, now, tools, known)
        on_result(result)
        return result

    found = known_sources(db, ids)
    with open_tools(db, policy, fetch) as tools:
        jobs = [Job(known.host, partial(poll, number, known)) for number, known in found.items()]
        results = dict(zip(found, side_by_side(jobs, workers, policy.per_host), strict=True))
    return [results.get(source_id, PollResult(source_id, Outcome.REMOVED)) for source_id in ids]


def poll_source(
    db: Database, source_id: int, now: datetime, tools: PollTools, known: Known | None = None
) -> PollResult:
    """Poll one source and store what it brought, or the reason why it brought nothing.

    `known` is how it stood a moment ago, where that was looked up already. Raises database errors only.
    """
    known = known or known_sources(db, [source_id]).get(source_id)
    if known is None:
        return PollResult(source_id, Outcome.REMOVED)
    answer = _ask(known, now, tools)
    if tools.unchanged and _is_unchanged(answer, known):
        tools.unchanged.add(source_id, now)
        return PollResult(source_id, Outcome.UNCHANGED)
    with _WRITERS:
        result = record(db, source_id, answer, now)
    if result.reason:
        # On the source for the operator to see; a morning without internet must not fill the log.
        log.debug("source failed", source=source_id, outcome=result.outcome, reason=result.reason)
    return result


def _is_unchanged(answer: News | NotModified | FetchError, known: Known) -> bool:
    """Whether there is nothing to write down but that the source was asked."""
    if isinstance(answer, FetchError) or known.is_moving:
        return False
    if isinstance(answer, NotModified):
        return answer.moved_to is None
    came = answer.fetched
    said = (came.etag, came.last_modified) == (known.etag, known.last_modified)
    return answer.feed is None and came.moved_to is None and said


def _ask(known: Known, now: datetime, tools: PollTools) -> News | NotModified | FetchError:
    """Fetch and read. No database here, so whatever is raised is about the feed."""
    try:
        request = FetchRequest(known.url, known.etag, known.last_modified)
        fetched = tools.fetch(request, tools.policy)
        if isinstance(fetched, NotModified):
            return fetched
        body_hash = hashlib.sha256(fetched.body).hexdigest()
        if body_hash == known.body_hash:
            return News(fetched, body_hash, None)
        feed = tools.read(fetched.body, fetched.url, fetched.content_type, now)
        return News(fetched, body_hash, _in_its_language(feed, known, tools.detect))
    except FetchError as error:
        return error
    except ParseError as error:
        return FetchError(error.reason)
    except Exception as error:
        log.exception("poll failed unexpectedly")
        return FetchError(f"It could not be read ({type(error).__name__}); the log has the details.")


def _in_its_language(feed: ReadFeed, known: Known, detect: Detect) -> ReadFeed:
    """What the feed does not declare is told from its words, once in a source's life."""
    words = "" if known.language else sample(feed)
    return with_language(feed, known.language or (detect(words) if words else None))
