"""Why people leave, if they say so: counted and read by the operator, without who it was."""

from datetime import datetime

from sqlalchemy.orm import Session

from newsletter.models import LeavingReason, Topic

# What may be chosen; the page has the words.
REASONS = ("too_many", "not_relevant", "not_asked", "elsewhere", "other")
LONGEST = 500


def note_reason(session: Session, reason: str, words: str, now: datetime, topic: Topic | None = None) -> bool:
    """Keep why somebody left, by the day alone; whether there was anything to keep.

    A reason that is none of `REASONS` counts as `other`, when there are words to it. `topic` is the one
    they left, if they stay for the rest.
    """
    said = " ".join(words.replace("\0", "").split())[:LONGEST]
    chosen = reason if reason in REASONS else "other" if said else None
    if chosen is None:
        return False
    session.add(LeavingReason(on=now.date(), reason=chosen, words=said, topic_id=topic.id if topic else None))
    return True
