"""What is due is entered into the ledger: issues for slots that have come; the door to all planning.

One chunk a call and a transaction, so that memory and locks stay small however many readers there
are. Killed anywhere, the chunk never happened, and the next call does it.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session

from newsletter.delivery.changes import mark_told, telling, untold
from newsletter.delivery.closing import closing_topics
from newsletter.delivery.notice import enqueue_notice
from newsletter.delivery.outbox import enter
from newsletter.delivery.pause import resume_paused
from newsletter.delivery.readers import Position, save_readers, take_readers
from newsletter.delivery.shelf import load_shelf
from newsletter.delivery.slots import Planned, after_slot, chunk_of, issue_for_slot, note_for_slot
from newsletter.delivery.welcome import plan_welcomes
from newsletter.models import Subscriber, Topic

__all__ = ["CHUNK", "EDITION_AGE", "Planned", "enqueue_notice", "plan_due", "plan_welcomes"]

CHUNK = 5000
EDITION_AGE = timedelta(hours=36)


def plan_due(
    session: Session,
    now: datetime,
    freshness: timedelta,
    domain: str,
    limit: int = CHUNK,
    after: Position | None = None,
) -> Planned:
    """Serve up to `limit` readers whose slot has come, and set the next slot of each.

    The issue holds each topic's newest edition that they have not had, closed at most 36 hours ago.
    Readers of a topic that is closing just now are left for a later call, ten minutes at most; so
    that no chunk has to pass them again, it may begin behind the last reader of the one before.
    A slot older than `freshness` is never sent late: it is entered as expired, if there was
    something to say, for the operator to see. Who wants a word on quiet days gets a note instead of
    silence; it is counted, but is no issue: what a reader has had stays as it was.
    """
    resume_paused(session, now, limit)
    readers = take_readers(session, limit, after, *_due(session, now))
    shelf = load_shelf(session, now, EDITION_AGE)
    issues = [issue for r in readers if (issue := issue_for_slot(r, shelf, now, freshness))]
    notes = [note for r in readers if r.quiet_note and (note := note_for_slot(r, shelf, now, freshness))]
    changes = untold(session, {mail.subscriber_id for mail in (*issues, *notes)})
    entered = enter(session, telling(issues, changes), now, domain)
    served = entered - {issue.subscriber_id for issue in issues if issue.missed}
    noted = enter(session, telling(notes, changes), now, domain)
    mark_told(session, [change for reader, change in changes.items() if reader in served | noted], now)
    save_readers(session, ((reader.id, after_slot(reader, reader.id in served, now)) for reader in readers))
    return chunk_of(readers, len(served) + len(noted), limit)


def _due(session: Session, now: datetime) -> Iterator[ColumnElement[bool]]:
    yield Subscriber.next_issue_at <= now
    closing = closing_topics(session, now)
    if closing:
        yield ~Subscriber.topics.any(Topic.id.in_(closing))
