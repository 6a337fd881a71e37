"""Writing down what a poll came to: the source's health, and the articles it brought."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from newsletter.db import Database
from newsletter.ingest.days import note_poll
from newsletter.ingest.dedupe import Changes
from newsletter.ingest.entries import ReadFeed
from newsletter.ingest.fetch import Fetched, FetchError, NotModified
from newsletter.ingest.health import after_failure
from newsletter.ingest.hubs import hub_offer, note_offer, told_by_hubs
from newsletter.ingest.learning import learn_habit
from newsletter.ingest.moving import heed_move
from newsletter.ingest.planning import Learnt, plan_poll, unlearnt
from newsletter.ingest.store import store_entries
from newsletter.models import Source, SourceStatus

_WRITE_ATTEMPTS = 3
NAME_LENGTH = 200
# Seconds. Some servers ask for a year, which a column of numbers need not hold.
LONGEST_ASKED = 7 * 24 * 3600


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
        note_poll(session, source.id, now, failures=1)
        return _note_failure(source, answer, now)
    if isinstance(answer, NotModified):
        heed_move(session, source, answer.moved_to)
        return _note_no_news(session, source, now)
    heed_move(session, source, answer.fetched.moved_to)
    source.etag, source.last_modified = answer.fetched.etag, answer.fetched.last_modified
    if answer.feed is None:
        return _note_no_news(session, source, now)
    source.body_hash = answer.body_hash
    return _note_news(session, source, answer.fetched, answer.feed, now)


def _note_no_news(session: Session, source: Source, now: datetime) -> PollResult:
    note_poll(session, source.id, now)
    _note_success(session, source, now)
    return PollResult(source.id, Outcome.UNCHANGED)


def _note_news(
    session: Session, source: Source, fetched: Fetched, feed: ReadFeed, now: datetime
) -> PollResult:
    _introduce(source, feed)
    note_offer(session, source.id, hub_offer(fetched, feed), now)
    changes = store_entries(session, source.id, feed.entries, now)
    if changes.new:
        source.last_new_at = now
    note_poll(
        session,
        source.id,
        now,
        new=len(changes.new),
        changed=len(changes.changed),
        entries=len(feed.entries),
        undated=feed.undated,
        churned=changes.churned,
    )
    source.asked_interval = _asked(feed.asked_interval, fetched.max_age)
    _note_success(session, source, now, learn_habit(session, source, feed.entries, now))
    return _counted(source.id, changes)


def _asked(*wishes: int | None) -> int | None:
    """The longest of the intervals asked for; None when none was."""
    return min(max(wish or 0 for wish in wishes), LONGEST_ASKED) or None


def _counted(source_id: int, changes: Changes) -> PollResult:
    new, changed, seen = len(changes.new), len(changes.changed), len(changes.seen)
    return PollResult(source_id, Outcome.READ, new, changed, seen)


def _note_success(session: Session, source: Source, now: datetime, learnt: Learnt | None = None) -> None:
    """`learnt` is None when nothing came that it could be learnt from."""
    learnt = learnt or unlearnt(source.interval, source.last_new_at or source.created_at, now)
    told = source.id in told_by_hubs(session.connection(), [source.id], now)
    planned = plan_poll(source.id, learnt, source.asked_interval, told, now)
    source.interval, source.next_poll_at = planned.interval, planned.next_poll_at
    source.status, source.last_success_at = SourceStatus.ACTIVE, now
    source.failures, source.failure, source.missing_since = 0, None, None


def _note_failure(source: Source, error: FetchError, now: datetime) -> PollResult:
    source.failures += 1
    source.failure = error.reason
    if error.missing:
        source.missing_since = source.missing_since or now
    outlook = after_failure(
        source.id,
        source.interval,
        source.failures,
        source.last_success_at or source.created_at,
        now,
        error.retry_after,
        source.missing_since,
    )
    # Only a success ends a suspension: another reason to fail is none.
    suspended = source.status == SourceStatus.SUSPENDED
    source.status = (
        SourceStatus.GONE if error.gone else SourceStatus.SUSPENDED if suspended else outlook.status
    )
    source.next_poll_at = outlook.next_poll_at
    outcome = Outcome.GONE if error.gone else Outcome.FAILED
    return PollResult(source.id, outcome, reason=error.reason)


def _introduce(source: Source, feed: ReadFeed) -> None:
    """Let a source that has no name yet take the one its feed gives itself."""
    if source.name == source.url[:NAME_LENGTH] and feed.title:
        source.name = feed.title[:NAME_LENGTH]
    source.site_url = source.site_url or feed.site_url
    source.language = source.language or feed.language
