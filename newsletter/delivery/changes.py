"""Choices that an old link changed, told in the next issue (`subscribers.undoing` remembers them)."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from newsletter.delivery.about import read, written
from newsletter.delivery.outbox import NewMail
from newsletter.models import PreferenceChange


def untold(session: Session, readers: Collection[int]) -> dict[int, PreferenceChange]:
    """The changes that these readers have not been told of, by the reader."""
    waiting = session.scalars(select(PreferenceChange).where(PreferenceChange.told_at.is_(None)))
    wanted = set(readers)
    return {change.subscriber_id: change for change in waiting if change.subscriber_id in wanted}


def mark_told(session: Session, changes: Collection[PreferenceChange], now: datetime) -> None:
    """These stand in an issue now."""
    numbers = [change.id for change in changes]
    if numbers:
        session.execute(update(PreferenceChange).where(PreferenceChange.id.in_(numbers)).values(told_at=now))


def telling(mails: Sequence[NewMail], changes: Mapping[int, PreferenceChange]) -> list[NewMail]:
    """The mails, those of readers with a change telling it: frozen in the row, so that a repeat does too."""
    if not changes:
        return list(mails)
    return [_telling(mail, changes.get(mail.subscriber_id)) for mail in mails]


def _telling(mail: NewMail, change: PreferenceChange | None) -> NewMail:
    if change is None or mail.missed:
        return mail
    told = {"change": change.handle, "changed": sorted(change.before), "on": change.at.date().isoformat()}
    return replace(mail, about=written(**read(mail.about), **told))
