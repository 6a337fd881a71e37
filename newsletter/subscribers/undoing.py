"""Changes by old links: what was before is remembered, told in the next issue, and can be put back once.

A mail is forwarded, a mailbox lent: a link that is older than a day still works, but its reader hears of it.
"""

import secrets
from collections.abc import Iterator
from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from newsletter.models import PreferenceChange, Subscriber, Topic
from newsletter.subscribers.choosing import READERS
from newsletter.subscribers.consent import schedule

# So long a change can be put back, and is kept.
KEPT = timedelta(days=30)
_HANDLE_OCTETS = 16
Choices = dict[str, Any]


class UnknownChange(LookupError):
    """There is no such change (any more)."""


class ChangeUndone(Exception):
    """The change was put back already, or what it had changed was changed again."""


def choices_now(reader: Subscriber) -> Choices:
    """A reader's choices by name, as values that JSON knows."""
    return {
        "topics": sorted(topic.slug for topic in reader.topics),
        "send_time": f"{reader.send_time:%H:%M}",
        "timezone": reader.timezone,
        "weekdays": reader.weekdays,
        "quiet_note": reader.quiet_note,
        "language": reader.language,
        "length": str(reader.length),
        "muted_sources": reader.muted_sources or "",
    }


def remember(session: Session, reader: Subscriber, was: Choices, now: datetime) -> None:
    """Remember what an old link changed; several changes until the next issue are one.

    `was` are the choices before. What was changed back is no change.
    """
    became = choices_now(reader)
    known = session.scalar(
        select(PreferenceChange).where(
            PreferenceChange.subscriber_id == reader.id, PreferenceChange.told_at.is_(None)
        )
    )
    before = {name: value for name, value in was.items() if value != became[name]}
    if known is None:
        known = PreferenceChange(subscriber_id=reader.id, handle=secrets.token_urlsafe(_HANDLE_OCTETS))
    else:
        before |= {name: both["was"] for name, both in _both(known)}
    changed: dict[str, object] = {
        name: {"was": value, "became": became[name]}
        for name, value in before.items()
        if value != became[name]
    }
    if not changed:
        if known.id is not None:
            session.delete(known)
        return
    known.before, known.at = changed, now
    session.add(known)


def find_change(session: Session, handle: str) -> tuple[PreferenceChange, Subscriber]:
    """A change and whose it is. Raises `UnknownChange`; also when they are no reader any more."""
    row = session.execute(
        select(PreferenceChange, Subscriber)
        .join(Subscriber, Subscriber.id == PreferenceChange.subscriber_id)
        .where(PreferenceChange.handle == handle, Subscriber.status.in_(READERS))
    ).one_or_none()
    if row is None:
        raise UnknownChange
    return row[0], row[1]


def to_put_back(change: PreferenceChange, reader: Subscriber) -> Choices:
    """What undoing would put back, by name: what the reader has not changed again since."""
    if change.undone_at is not None:
        return {}
    now = choices_now(reader)
    return {name: both["was"] for name, both in _both(change) if now[name] == both["became"]}


def put_back(session: Session, handle: str, now: datetime) -> Subscriber:
    """Undo a change, once. Raises `UnknownChange`, and `ChangeUndone` where nothing is left to undo."""
    change, reader = find_change(session, handle)
    before = to_put_back(change, reader)
    if not before:
        raise ChangeUndone
    for name, value in before.items():
        _set(session, reader, name, value)
    change.undone_at = now
    schedule(session, reader, now)
    return reader


def forget_told(session: Session, now: datetime) -> None:
    """Let go of changes of a month ago."""
    session.execute(delete(PreferenceChange).where(PreferenceChange.at < now - KEPT))


def _set(session: Session, reader: Subscriber, name: str, value: Any) -> None:
    if name == "topics":
        reader.topics = list(session.scalars(select(Topic).where(Topic.slug.in_(value), Topic.active)))
    elif name == "send_time":
        reader.send_time = time.fromisoformat(value)
    else:
        setattr(reader, name, value)


def _both(change: PreferenceChange) -> Iterator[tuple[str, dict[str, Any]]]:
    for name, both in change.before.items():
        if isinstance(both, dict):
            yield name, both
