"""The single gate before every hand-over: may this person be sent this mail at this moment?"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple, Protocol

from newsletter import sendtime
from newsletter.delivery.readers import zone_of
from newsletter.models import MailKind, SubscriberStatus


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether the mail may go; if not, `reason` says why in words for the operator."""

    allowed: bool
    reason: str = ""


_YES = Verdict(True)

# Who may get what: a mail's kind, and the states of a subscriber it makes sense in.
_READERS = (SubscriberStatus.ACTIVE, SubscriberStatus.PAUSED)
_MEANT_FOR = {
    MailKind.ISSUE: (SubscriberStatus.ACTIVE,),
    MailKind.CONFIRM: (SubscriberStatus.PENDING,),
    MailKind.ALREADY: _READERS,
    MailKind.LINK: _READERS,
    MailKind.PAUSED: (SubscriberStatus.PAUSED,),
    MailKind.RESUMED: (SubscriberStatus.ACTIVE,),
    # The one mail to who has left; it says so, and is the last.
    MailKind.GOODBYE: (SubscriberStatus.UNSUBSCRIBED,),
    MailKind.ADDRESS_OLD: _READERS,
    MailKind.ADDRESS_NEW: _READERS,
    # To the operator, whose row is that of somebody who reads nothing.
    MailKind.ALERT: (SubscriberStatus.UNSUBSCRIBED,),
}

_IN_WORDS = {
    SubscriberStatus.PENDING: "the reader has not confirmed the subscription",
    SubscriberStatus.ACTIVE: "the reader has confirmed, or has come back",
    SubscriberStatus.PAUSED: "the reader has paused",
    SubscriberStatus.UNSUBSCRIBED: "the reader has unsubscribed",
}


class Person(Protocol):
    """What the gate asks of a subscriber."""

    @property
    def status(self) -> str: ...
    @property
    def paused_until(self) -> date | None: ...
    @property
    def timezone(self) -> str: ...


class AtGate(NamedTuple):
    """A subscriber as the gate sees them, without the rest."""

    status: str
    paused_until: date | None
    timezone: str


def may_receive(subscriber: Person, suppressed: bool, kind: str, now: datetime) -> Verdict:
    """Whether a mail of this kind may be handed over to this subscriber at `now`.

    Pure: it is asked when a delivery is taken up and again, in the transaction that stores the mark,
    when the message is about to leave.
    """
    if suppressed:
        return Verdict(False, "the address is suppressed: it must never be mailed")
    if subscriber.status not in _MEANT_FOR[MailKind(kind)]:
        return Verdict(False, _IN_WORDS[SubscriberStatus(subscriber.status)])
    if kind == MailKind.ISSUE and _pausing(subscriber, now):
        return Verdict(False, f"the reader has paused until {subscriber.paused_until}")
    return _YES


def _pausing(subscriber: Person, now: datetime) -> bool:
    until = subscriber.paused_until
    return until is not None and until > sendtime.local_date(now, zone_of(subscriber.timezone))
