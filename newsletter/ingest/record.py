"""Writing down what a poll came to: the source's health, and the articles it brought."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from newsletter.db import Database
from newsletter.ingest.dedupe import Changes
from newsletter.ingest.entries import ReadFeed
from newsletter.ingest.fetch import Fetched, FetchError, NotModified
from newsletter.ingest.health import after_failure, after_success
from newsletter.ingest.hubs import hub_offer, note_offer
from newsletter.ingest.store import store_entries
from newsletter.models import Source, SourceStatus

_WRITE_ATTEMPTS = 3
NAME_LENGTH = 200


class Outcome(StrEnum):
    READ = "read"
    UNCHANGED = "unchanged"
    FAILED = "failed"
    GONE = "gone"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class PollResult:
    """What a poll of one source came to; `reason` says in words why it failed."""

    source_id: int
    outcome: Outcome
    new: int = 0
    changed: int = 0
    seen: int = 0
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class News:
    """A feed that came and was read; `feed` is None when its bytes are the ones of last time."""

    fetched: Fetched
    body_hash: str
    feed: ReadFeed | None


def record(
    db: Database, source_id: int, answer: News | NotModified | FetchError, now: datetime
) -> PollResult:
    """Write a poll's answer in one short transaction; what it came to.

    Tried again when another source brought the same article in this very moment.
    """
    for attempt in range(1, _WRITE_ATTEMPTS + 1):
        try:
            with db.write() as session:
                source = session.get(Source, source_id)
                if source is None:
                    return PollResult(source_id, Outcome.REMOVED)
                source.last_polled_at = now
                return _note(session, source, answer, now)
        except IntegrityError:
            if attempt == _WRITE_ATTEMPTS:
                raise
    raise AssertionError("unreachable")


def _note(
    session: Session, source: Source, answer: News | NotModified | FetchError, now: datetime
) -> PollResult:
    if isinstance(answer, FetchError):
        return _note_failure(source, answer, now)
    _note_success(source, now)
    if isinstance(answer, NotModified):
        return PollResult(source.id, Outcome.UNCHANGED)
    source.etag, source.last_modified = answer.fetched.etag, answer.fetched.last_modified
    if answer.feed is None:
        return PollResult(source.id, Outcome.UNCHANGED)
    source.body_hash = answer.body_hash
    _introduce(source, answer.feed)
    note_offer(session, source.id, hub_offer(answer.fetched, answer.feed), now)
    changes = store_entries(session, source.id, answer.feed.entries, now)
    if changes.new:
        source.last_new_at = now
    return _counted(source.id, changes)


def _counted(source_id: int, changes: Changes) -> PollResult:
    new, changed, seen = len(changes.new), len(changes.changed), len(changes.seen)
    return PollResult(source_id, Outcome.READ, new, changed, seen)


def _note_success(source: Source, now: datetime) -> None:
    outlook = after_success(source.id, source.interval, now)
    source.status, source.next_poll_at = outlook.status, outlook.next_poll_at
    source.last_success_at = now
    source.failures, source.failure = 0, None


def _note_failure(source: Source, error: FetchError, now: datetime) -> PollResult:
    source.failures += 1
    source.failure = error.reason
    healthy_at = source.last_success_at or source.created_at
    outlook = after_failure(source.id, source.interval, source.failures, healthy_at, now, error.retry_after)
    source.status = SourceStatus.GONE if error.gone else outlook.status
    source.next_poll_at = outlook.next_poll_at
    outcome = Outcome.GONE if error.gone else Outcome.FAILED
    return PollResult(source.id, outcome, reason=error.reason)


def _introduce(source: Source, feed: ReadFeed) -> None:
    """Let a source that has no name yet take the one its feed gives itself."""
    if source.name == source.url[:NAME_LENGTH] and feed.title:
        source.name = feed.title[:NAME_LENGTH]
    source.site_url = source.site_url or feed.site_url
    source.language = source.language or feed.language
