"""Signing up, whichever way: the limits, the sign-up itself, and its mail, in one transaction.

Form, embedded form and whatever else takes sign-ups call this one function. Above subscribers and
delivery, for it needs both.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from newsletter.attempts import Allowance, Gate, Visitor, admit, note_reminder, reminders, take_confirmation
from newsletter.delivery.due import enqueue_notice
from newsletter.direct import Direct, direct_on
from newsletter.models import MailKind
from newsletter.subscribers import SignUp, notice_for, sign_up, who_has

FORM = "sign_up"
# Of the mails that forms may send a reader in 30 days, so many may say that they read us already.
MOST_REMINDERS = 3
# Who cannot prove work done, where that is asked for, is let in; but fewer of a network.
_UNPROVED = Gate(f"{FORM}_unproved", network=3, around=3)


@dataclass(frozen=True, slots=True)
class Welcome:
    """What joining needs of the installation: sign-ups an hour of all together, the domain of its mail."""

    everybody: int
    domain: str


def join(
    door: Session | Direct,
    request: SignUp,
    visitor: Visitor,
    welcome: Welcome,
    now: datetime,
    proved: bool = True,
) -> bool:
    """Take a sign-up down and enter its mail; whether one was entered.

    Does as much for a known address as for an unknown one. Where an address has had all the mails it may
    get, nothing stays of the request: so who never confirms is forgotten, however often somebody asks.
    Raises `TooManyAttempts` and `UnknownTopic`; roll back then.
    """
    direct = direct_on(door)
    if not proved:
        admit(direct, _UNPROVED, visitor, now)
    admit(direct, Gate(FORM, everybody=welcome.everybody), visitor, now)
    key, secret = request.address.key, visitor.secret
    known = who_has(direct, key)
    notice = notice_for(known)
    allowed = _allowed(direct, notice, key, secret, now)
    if allowed is Allowance.NEVER:
        return False
    asker = sign_up(direct, request, known, now)
    entered = allowed is Allowance.NOW and enqueue_notice(direct, asker, notice, now, welcome.domain)
    if entered and notice is MailKind.ALREADY:
        note_reminder(direct, key, secret, now)
    return entered


def _allowed(direct: Direct, notice: MailKind, address_key: str, secret: str, now: datetime) -> Allowance:
    if notice is not MailKind.ALREADY:
        return take_confirmation(direct, address_key, secret, now)
    reminded = reminders(direct, address_key, secret, now)
    return Allowance.NOW if reminded < MOST_REMINDERS else Allowance.NEVER
