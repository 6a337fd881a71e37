"""How many mails forms may send to one address: known by its keyed hash, whether it reads us or not."""

from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from newsletter.attempts.counting import LONGEST, count_one, hashed, window_start
from newsletter.models import AttemptCount, ConfirmationCount

MOST_CONFIRMATIONS = 3
_A_DAY = timedelta(days=1)


class Allowance(StrEnum):
    """Whether a mail may go to an address now, later, or never again."""

    NOW = "now"
    LATER = "later"
    NEVER = "never"


def take_confirmation(session: Session, address_key: str, secret: str, now: datetime) -> Allowance:
    """Take one of the confirmations an address may get: one in 24 hours, three ever.

    The count outlives the person, who is forgotten when they do not confirm.
    """
    who = hashed(secret, "confirmation", address_key)
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    taken = (
        insert(ConfirmationCount)
        .values(address_hash=who, times=1, last_at=now)
        .on_conflict_do_update(
            index_elements=["address_hash"],
            set_={"times": ConfirmationCount.times + 1, "last_at": now},
            where=(ConfirmationCount.times < MOST_CONFIRMATIONS)
            & (ConfirmationCount.last_at <= now - _A_DAY),
        )
        .returning(ConfirmationCount.times)
    )
    if session.scalars(taken).first() is not None:
        return Allowance.NOW
    times = session.scalar(select(ConfirmationCount.times).where(ConfirmationCount.address_hash == who))
    return Allowance.NEVER if (times or 0) >= MOST_CONFIRMATIONS else Allowance.LATER


def reminders(session: Session, address_key: str, secret: str, now: datetime) -> int:
    """How many mails forms have sent to an address that reads us, in this window of 30 days and the last."""
    what = _reminder(address_key, secret)
    counted = select(func.sum(AttemptCount.times)).where(
        AttemptCount.what == what, AttemptCount.window_from >= window_start(now, LONGEST) - LONGEST
    )
    return session.scalar(counted) or 0


def note_reminder(session: Session, address_key: str, secret: str, now: datetime) -> None:
    """Count a mail that a form sends to an address that reads us."""
    count_one(session, _reminder(address_key, secret), now, LONGEST)


def _reminder(address_key: str, secret: str) -> str:
    return f"mail:{hashed(secret, 'reminder', address_key)}"
