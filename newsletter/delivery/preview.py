"""An issue looked at without sending it: the one in the ledger, or the one that would be planned now."""

from dataclasses import replace
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter.delivery.due import EDITION_AGE
from newsletter.delivery.outbox import row_of
from newsletter.delivery.readers import reader_of
from newsletter.delivery.shelf import load_shelf
from newsletter.delivery.slots import issue_for_slot, note_for_slot
from newsletter.models import Delivery, MailKind, Subscriber


def find_issue(session: Session, subscriber: Subscriber, day: date) -> Delivery | None:
    """The issue the ledger holds for this reader and local date."""
    return session.scalar(
        select(Delivery).where(
            Delivery.subscriber_id == subscriber.id,
            Delivery.kind == MailKind.ISSUE,
            Delivery.occasion == day.isoformat(),
        )
    )


def issue_if_planned(
    session: Session, subscriber: Subscriber, now: datetime, freshness: timedelta, domain: str
) -> Delivery | None:
    """The issue this reader would get if their slot were now; never stored. None: nothing new to say.

    Who wants one gets the note of a quiet day instead of nothing.
    """
    reader = replace(reader_of(session, subscriber), next_issue_at=now)
    shelf = load_shelf(session, now, EDITION_AGE)
    mail = issue_for_slot(reader, shelf, now, freshness) or note_for_slot(reader, shelf, now, freshness)
    return None if mail is None else Delivery(subscriber=subscriber, **row_of(mail, now, domain))
