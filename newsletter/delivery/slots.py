"""What a reader is to get at a moment: decided from values alone, before anything is written.

A slot is a reader's hour on one of their local dates. It is served once, or missed and seen to be
missed; either way the next one follows.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from newsletter.delivery.about import written
from newsletter.delivery.outbox import NewMail
from newsletter.delivery.readers import Change, Position, Reader
from newsletter.delivery.shelf import Shelf
from newsletter.models import MailKind


@dataclass(frozen=True, slots=True)
class Planned:
    """What one chunk came to: mails entered, and whether another chunk may be waiting.

    `last` is the last reader looked at: the next chunk begins behind them.
    """

    planned: int
    more: bool
    last: Position | None = field(default=None, compare=False)


def issue_for_slot(reader: Reader, shelf: Shelf, now: datetime, freshness: timedelta) -> NewMail | None:
    """The issue for the reader's slot that has come; None when there is nothing new to say.

    Whoever was never welcomed gets it as their welcome. A slot older than `freshness` is missed.
    """
    editions = shelf.pick(reader.topics, reader.editions_until)
    if reader.next_issue_at is None or not editions:
        return None
    welcome = reader.welcomed_at is None
    issue = replace(_for_slot(reader, reader.next_issue_at, freshness), editions=editions, welcome=welcome)
    if issue.expires_at > now:
        return issue
    return replace(issue, missed="its slot passed before it could be planned")


def note_for_slot(reader: Reader, shelf: Shelf, now: datetime, freshness: timedelta) -> NewMail | None:
    """The note that today is quiet, for who wants one and has an issue neither due nor missed.

    It takes the issue's place in the ledger, so that the unique key allows one of the two a date. Who
    still waits for their welcome gets none: it would take that place from it.
    """
    due = reader.next_issue_at
    if not (reader.quiet_note and reader.topics and reader.welcomed_at) or due is None:
        return None
    if due + freshness <= now or shelf.pick(reader.topics, reader.editions_until):
        return None
    return replace(_for_slot(reader, due, freshness), about=written(topics=reader.topics))


def _for_slot(reader: Reader, due: datetime, freshness: timedelta) -> NewMail:
    return NewMail(
        subscriber_id=reader.id,
        handle=reader.handle,
        kind=MailKind.ISSUE,
        occasion=reader.slot_date(due).isoformat(),
        first_attempt_at=due,
        expires_at=due + freshness,
    )


def welcome_issue(
    reader: Reader, shelf: Shelf, now: datetime, first_attempt_at: datetime, freshness: timedelta
) -> NewMail | None:
    """The welcome issue for a reader who just confirmed; it takes the slot of their local date."""
    editions = shelf.pick(reader.topics, reader.editions_until)
    if not editions:
        return None
    return NewMail(
        subscriber_id=reader.id,
        handle=reader.handle,
        kind=MailKind.ISSUE,
        occasion=reader.local_date(now).isoformat(),
        first_attempt_at=first_attempt_at,
        expires_at=now + freshness,
        editions=editions,
        welcome=True,
    )


def after_slot(reader: Reader, served: bool, now: datetime) -> Change:
    """What changes for a reader after the slot that has come: the next slot, and what they have had.

    `editions_until` never moves back, whatever the clock does: no edition comes twice.
    """
    change = {"next_issue_at": reader.next_slot(now)}
    if served:
        change["editions_until"] = max(reader.editions_until or now, now)
        if reader.welcomed_at is None:
            change["welcomed_at"] = now
    return change


def after_welcome(reader: Reader, served: bool, now: datetime) -> Change:
    """What changes for a reader after their welcome, which took today's slot: the next is on a later date.

    When no welcome could be entered (today's issue exists already, or none came for too long) they
    count as welcomed and their slots stay as they are.
    """
    if not served:
        return {"welcomed_at": now}
    today, slot = reader.local_date(now), reader.next_slot(now)
    while slot and reader.slot_date(slot) == today:
        slot = reader.next_slot(slot)
    return {**after_slot(reader, True, now), "next_issue_at": slot}


def chunk_of(readers: Sequence[Reader], served: int, limit: int) -> Planned:
    """What a chunk of at most `limit` readers came to."""
    last = (readers[-1].next_issue_at, readers[-1].id) if readers else None
    return Planned(planned=served, more=len(readers) == limit, last=last)
