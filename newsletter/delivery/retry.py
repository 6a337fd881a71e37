"""What becomes of a mail after an attempt: decided from values alone.

The rule behind it all: an answer is obeyed, silence before the mark costs nothing, and silence after
the mark allows one repeat under the same Message-ID, never two. A final refusal that is about us and
our mail server rather than this mail must not cost a whole day's mail: it waits for the operator.
"""

import hashlib
from datetime import datetime, timedelta
from typing import NamedTuple

from newsletter.mail.outgoing import HandOverError, PermanentRefusal, UnknownOutcome
from newsletter.mail.replies import Scope
from newsletter.models import DeliveryState

FIRST_WAIT = timedelta(minutes=5)
LONGEST_WAIT = timedelta(hours=2)
REPEAT_WAIT = timedelta(minutes=10)
MOST_FAULTS = 3

OUT_OF_TIME = "its time had passed before it could be sent"
OUT_OF_TIME_REPEATED = "handed over once without an answer, and too late now to repeat it"


class Standing(NamedTuple):
    """Where a delivery stands when its attempt ends: how often tried, how often repeated, until when."""

    delivery_id: int
    attempts: int
    repeats: int
    expires_at: datetime


class Outcome(NamedTuple):
    """The state an attempt ends in, and why, in the server's words or ours.

    `next_attempt_at` when it will be tried again; `counts` False for an attempt that was none;
    `repeat` when the next one may be a second copy; `refusal` the kind a server's answer was of
    (`mail.replies.Refusal`), empty when none refused it.
    """

    state: DeliveryState
    detail: str = ""
    next_attempt_at: datetime | None = None
    counts: bool = True
    repeat: bool = False
    refusal: str = ""


def sent(reply: str) -> Outcome:
    """The server took the mail over."""
    return Outcome(DeliveryState.SENT, reply)


def skipped(reason: str) -> Outcome:
    """The gate said no."""
    return Outcome(DeliveryState.SKIPPED, reason)


def out_of_time(standing: Standing) -> Outcome:
    """Too late: stale mail is worse than none. What may have arrived once is uncertain instead."""
    if standing.repeats:
        return Outcome(DeliveryState.UNCERTAIN, OUT_OF_TIME_REPEATED)
    return Outcome(DeliveryState.EXPIRED, OUT_OF_TIME)


def released(reason: str) -> Outcome:
    """Put back untried: the attempt does not count against the mail."""
    return Outcome(DeliveryState.QUEUED, reason, counts=False)


def in_line(turn: datetime) -> Outcome:
    """Put back untried until its turn comes: more mail waits for this limit than may leave soon."""
    return Outcome(DeliveryState.QUEUED, "put back: a limit on sending holds it", turn, counts=False)


def after_refusal(error: HandOverError, standing: Standing, now: datetime) -> Outcome:
    """After an answer, or the lack of one: 5xx fails, 4xx is tried later, silence after the mark once.

    A 5xx that all mail over this relay would get is tried later too, until the mail's time has passed.
    """
    if isinstance(error, UnknownOutcome):
        return after_silence(str(error), standing, now, REPEAT_WAIT)
    verdict = error.verdict
    refusal = str(verdict.kind) if verdict else ""
    about_relay = verdict is not None and verdict.scope is Scope.RELAY
    if isinstance(error, PermanentRefusal) and not about_relay:
        return Outcome(DeliveryState.FAILED, str(error), refusal=refusal)
    return _later(str(error), standing, now)._replace(refusal=refusal)


def after_silence(detail: str, standing: Standing, now: datetime, wait: timedelta) -> Outcome:
    """The mail was about to leave and no answer came: one repeat, after that only the operator decides."""
    if standing.repeats:
        return Outcome(DeliveryState.UNCERTAIN, f"{detail}; it was repeated once already")
    if now + wait >= standing.expires_at:
        return Outcome(DeliveryState.UNCERTAIN, f"{detail}; too late to repeat it")
    return Outcome(DeliveryState.QUEUED, detail, now + wait, repeat=True)


def after_fault(detail: str, standing: Standing, now: datetime) -> Outcome:
    """Something of ours broke before the mail could leave: tried three times, then parked as failed."""
    if standing.attempts >= MOST_FAULTS:
        return Outcome(DeliveryState.FAILED, f"{detail}; given up after {standing.attempts} attempts")
    return _later(detail, standing, now)


def back_off(delivery_id: int, attempt: int) -> timedelta:
    """How long to wait after attempt number `attempt`: doubling from 5 minutes up to 2 hours.

    A quarter of it either way is jitter, so that mails refused together do not come back together;
    it follows from the numbers alone, so that it is the same wherever it is worked out.
    """
    doubled = FIRST_WAIT * (1 << min(max(attempt, 1) - 1, 16))
    digest = hashlib.sha256(f"{delivery_id} {attempt}".encode()).digest()
    spread = 0.75 + int.from_bytes(digest[:4]) / 2**32 / 2
    return min(doubled, LONGEST_WAIT) * spread


def _later(detail: str, standing: Standing, now: datetime) -> Outcome:
    again = now + back_off(standing.delivery_id, standing.attempts)
    if again >= standing.expires_at:
        late = out_of_time(standing)
        return Outcome(late.state, f"{late.detail}; last: {detail}")
    return Outcome(DeliveryState.DEFERRED, detail, again)
