"""What a hub says to us at our callback, by the unguessable key of a subscription.

A hub asks by GET whether we meant it (section 5.3), and says by GET that it will not (5.2). Both note
what became of a wish that we ourselves had stated: the one place where a GET writes.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from newsletter.ingest.plain_text import clean_line
from newsletter.models import Source, SourceHub

SHORTEST_LEASE = 60
LONGEST_LEASE = 30 * 24 * 3600
# What is taken for a lease by who does not say, though it must.
UNTOLD_LEASE = 24 * 3600
DENIED_FOR = timedelta(days=7)
# Printable characters only, and not too many: it is sent back as it came.
_CHALLENGE = re.compile(r"[\x20-\x7e]{1,512}")
_KEY = re.compile(r"[\w-]{20,64}", re.ASCII)
_SECONDS = re.compile(r"[0-9]{1,12}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Expected:
    """The secret a hub signs with; `matters` is unset when it told us since the last poll already."""

    secret: str
    matters: bool


def answer_intent(session: Session, key: str, said: Mapping[str, str], now: datetime) -> str | None:
    """The body with which to agree to what the hub asks; None to disagree (404).

    `said` are the query's arguments. Agreed is only to what we asked for, of the same topic.
    """
    row = session.scalar(select(SourceHub).where(SourceHub.key == key))
    if row is None or said.get("hub.topic") != row.topic:
        return None
    challenge = said.get("hub.challenge", "")
    match said.get("hub.mode"):
        case "subscribe" if _is_wanted(row) and _CHALLENGE.fullmatch(challenge):
            row.state, row.failure = "verified", None
            row.lease_until = now + _lease(said.get("hub.lease_seconds", ""))
            return challenge
        case "unsubscribe" if row.state == "refused" and _CHALLENGE.fullmatch(challenge):
            return challenge
        case "denied" if row.state != "refused":
            reason = clean_line(said.get("hub.reason", "")[:200])
            row.state, row.lease_until = "refused", now + DENIED_FOR
            row.failure = f"The hub will not tell us of this feed{f': {reason}' if reason else '.'}"
            return ""
    return None


def knows(session: Session, key: str) -> bool:
    """Whether there is a subscription of this key, wanted or left."""
    if not _KEY.fullmatch(key):
        return False
    return session.scalar(select(SourceHub.source_id).where(SourceHub.key == key)) is not None


def expected_news(session: Session, key: str) -> Expected | None:
    """What is awaited under this key; None when nothing is, or nothing any more (410)."""
    if not _KEY.fullmatch(key):
        return None
    wanted = select(SourceHub.secret, SourceHub.told_at, Source.last_polled_at).join(
        Source, Source.id == SourceHub.source_id
    )
    row = session.execute(wanted.where(SourceHub.key == key, SourceHub.state != "refused")).one_or_none()
    if row is None:
        return None
    secret, told_at, polled_at = row
    return Expected(secret, told_at is None or (polled_at is not None and told_at <= polled_at))


def note_news(session: Session, key: str, now: datetime) -> None:
    """Remember that the hub told us."""
    session.execute(update(SourceHub).where(SourceHub.key == key).values(told_at=now))


def _is_wanted(row: SourceHub) -> bool:
    """Whether we asked this hub, rather than only mean to."""
    return row.state == "verified" or (row.state == "asked" and row.lease_until is not None)


def _lease(told: str) -> timedelta:
    seconds = int(told) if _SECONDS.fullmatch(told) else UNTOLD_LEASE
    return timedelta(seconds=min(max(seconds, SHORTEST_LEASE), LONGEST_LEASE))
