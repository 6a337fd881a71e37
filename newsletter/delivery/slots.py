"""What a reader is to get at a moment: decided from values alone, before anything is written.

A slot is a reader's hour on one of their local dates. It is served once, or missed and seen to be
missed; either way the next one follows.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from newsletter.delivery.outbox import NewMail
from newsletter.delivery.readers import Reader
from newsletter.delivery.shelf import Shelf
from newsletter.models import MailKind


@dataclass(frozen=True, slots=True)
class Planned:
    """What one chunk came to: mails entered, and whether another chunk may be waiting."""

    planned: int
    more: bool


def issue_for_slot(reader: Reader, shelf: Shelf, now: datetime, freshness: timedelta) -> NewMail | None:
    """The issue for the reader's slot that has come; None when there is nothing new to say.

    Whoever was never welcomed gets it as their welcome. A slot older than `freshness` is missed.
    """
    due = reader.next_issue_at
    editions = shelf.pick(reader.topics, reader.editions_until)
    if due is None or not editions:
        return None
    expires_at = due + freshness
    return NewMail(
        subscriber_id=reader.id,
        handle=reader.handle,
        kind=MailKind.ISSUE,
        occasion=reader.slot_date(due).isoformat(),
        first_attempt_at=due,
        expires_at=expires_at,
        editions=editions,
        welcome=reader.welcomed_at is None,
        missed="its slot passed before it could be planned" if expires_at <= now else "",
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


def after_slot(reader: Reader, served: bool, now: datetime) -> dict[str, Any]:
    """The reader's row after the slot that has come: the next slot, and what they have had.

    `editions_until` never moves back, whatever the clock does: no edition comes twice.
    """
    had = reader.editions_until
    return {
        "id": reader.id,
        "next_issue_at": reader.next_slot(now),
        "editions_until": max(had or now, now) if served else had,
        "welcomed_at": reader.welcomed_at or (now if served else None),
    }


def after_welcome(reader: Reader, served: bool, now: datetime) -> dict[str, Any]:
    """The reader's row after their welcome, which took today's slot: the next is on a later date.

    When no welcome could be entered (today's issue exists already, or none came for too long) they
    count as welcomed and their slots stay as they are.
    """
    if not served:
        return after_slot(reader, False, now) | {"welcomed_at": now, "next_issue_at": reader.next_issue_at}
    row = after_slot(reader, True, now)
    today, slot = reader.local_date(now), reader.next_slot(now)
    while slot and reader.slot_date(slot) == today:
        slot = reader.next_slot(slot)
    return row | {"next_issue_at": slot}
