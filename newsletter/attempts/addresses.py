"""How many mails forms may send to one address: known by its keyed hash, whether it reads us or not."""

from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy.orm import Session

from newsletter.attempts.counting import LONGEST, count_one, hashed, window_start
from newsletter.direct import Direct, direct_on

MOST_CONFIRMATIONS = 3
_A_DAY = timedelta(days=1)
_TAKE = """
INSERT INTO confirmation_count (address_hash, times, last_at) VALUES (:who, 1, :now)
ON CONFLICT (address_hash) DO UPDATE SET times = confirmation_count.times + 1, last_at = excluded.last_at
WHERE confirmation_count.times < :most AND confirmation_count.last_at <= :before
RETURNING times"""
_TAKEN = "SELECT times FROM confirmation_count WHERE address_hash = :who"
_REMINDED = "SELECT sum(times) AS times FROM attempt_count WHERE what = :what AND window_from >= :since"


class Allowance(StrEnum):
    """Whether a mail may go to an address now, later, or never again."""

    NOW = "now"
    LATER = "later"
    NEVER = "never"


def take_confirmation(door: Session | Direct, address_key: str, secret: str, now: datetime) -> Allowance:
    """Take one of the confirmations an address may get: one in 24 hours, three ever.

    The count outlives the person, who is forgotten when they do not confirm.
    """
    who = hashed(secret, "confirmation", address_key)
    direct = direct_on(door)
    if direct.rows(_TAKE, who=who, now=now, most=MOST_CONFIRMATIONS, before=now - _A_DAY):
        return Allowance.NOW
    ((times,),) = direct.rows(_TAKEN, who=who)
    return Allowance.NEVER if times >= MOST_CONFIRMATIONS else Allowance.LATER


def reminders(door: Session | Direct, address_key: str, secret: str, now: datetime) -> int:
    """How many mails forms have sent to an address that reads us, in this window of 30 days and the last."""
    what = _reminder(address_key, secret)
    since = window_start(now, LONGEST) - LONGEST
    ((times,),) = direct_on(door).rows(_REMINDED, what=what, since=since)
    return int(times or 0)


def note_reminder(door: Session | Direct, address_key: str, secret: str, now: datetime) -> None:
    """Count a mail that a form sends to an address that reads us."""
    count_one(door, _reminder(address_key, secret), now, LONGEST)


def _reminder(address_key: str, secret: str) -> str:
    return f"mail:{hashed(secret, 'reminder', address_key)}"
