"""Why mails did not arrive, and what of it waits for the operator.

Counts of kinds are exact. The words are taken from the latest deliveries of each state, and answers
that differ only in an address or a number of the server's are counted as one.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from newsletter.delivery.advice import ADVICE, STUCK, UNCERTAIN, Advice
from newsletter.mail.replies import Refusal
from newsletter.models import Delivery, DeliveryEvent, DeliveryState

SAMPLE = 2000
_MOST_WORDS = 3
_ANSWERED = (DeliveryState.DEFERRED, DeliveryState.FAILED)
_NOT_ARRIVED = (DeliveryState.DEFERRED, DeliveryState.FAILED, DeliveryState.EXPIRED)

_ADDRESS = re.compile(r"[^\s<>\"'(),;:\[\]]+@[^\s<>\"'(),;:\[\]]+")
# A server's own number of a mail or a session: long, with at least two digits.
_NUMBER = re.compile(r"(?<![\w./-])(?=\S*\d\S*\d)[A-Za-z0-9_-]{9,}(?:\.\d+)?(?![\w/]|\.\w)")


@dataclass(frozen=True, slots=True)
class Reason:
    """Why deliveries are in a state: what was said last, and to how many.

    `about` when the number was reckoned from the latest deliveries of a state that has very many.
    """

    state: DeliveryState
    detail: str
    count: int
    about: bool = False


@dataclass(frozen=True, slots=True)
class Need:
    """Something only the operator can mend: what kind, how many mails, what servers said, what to do."""

    kind: str
    count: int
    said: Sequence[str]
    advice: Advice


def needs(session: Session, since: datetime) -> list[Need]:
    """What waits for the operator among mail that expires after `since`, the gravest first."""
    found = [
        Need(kind, count, _words(session, _refused_as(kind), _ANSWERED, since), ADVICE[kind])
        for kind, count in _refusals(session, since)
    ]
    lost = _count(session, DeliveryState.UNCERTAIN, since)
    if lost:
        found.append(Need("uncertain", lost, (), UNCERTAIN))
    return found


def nothing_moves(session: Session, now: datetime) -> Need:
    """That mail is due and none leaves; with what was noted when it was put back, if it was."""
    due = (Delivery.state == DeliveryState.QUEUED, Delivery.next_attempt_at <= now)
    count = session.scalar(select(func.count()).where(*due)) or 0
    return Need("stuck", count, _words(session, due, (DeliveryState.QUEUED,), now), STUCK)


def reasons_of(session: Session, state: DeliveryState, since: datetime, most: int) -> list[Reason]:
    """What was said last to the deliveries of a state that expire after `since`, the commonest first."""
    details = _last_words(session, (Delivery.state == state,), (state,), since, SAMPLE)
    counted = Counter(alike(detail) for detail in details)
    total = _count(session, state, since) if len(details) == SAMPLE else len(details)
    ordered = sorted(counted.items(), key=lambda found: (-found[1], found[0]))[:most]
    share, about = total / max(len(details), 1), total > len(details)
    return [Reason(state, detail, round(number * share), about) for detail, number in ordered]


def alike(detail: str) -> str:
    """An answer without what is different for every mail."""
    return _NUMBER.sub("…", _ADDRESS.sub("ADDRESS", detail))


def _refusals(session: Session, since: datetime) -> list[tuple[Refusal, int]]:
    rows = session.execute(
        select(Delivery.refusal, func.count())
        .where(Delivery.state.in_(_NOT_ARRIVED), Delivery.expires_at > since, Delivery.refusal.in_(ADVICE))
        .group_by(Delivery.refusal)
    )
    counts = {Refusal(kind): number for kind, number in rows}
    return [(kind, counts[kind]) for kind in ADVICE if kind in counts]


def _refused_as(kind: Refusal) -> tuple[ColumnElement[bool], ...]:
    return Delivery.state.in_(_NOT_ARRIVED), Delivery.refusal == kind


def _words(
    session: Session,
    which: Sequence[ColumnElement[bool]],
    events: Sequence[DeliveryState],
    since: datetime,
) -> list[str]:
    details = _last_words(session, which, events, since, _MOST_WORDS * 50)
    counted = Counter(alike(detail) for detail in details if detail)
    return [words for words, _ in counted.most_common(_MOST_WORDS)]


def _last_words(
    session: Session,
    which: Sequence[ColumnElement[bool]],
    events: Sequence[DeliveryState],
    since: datetime,
    most: int,
) -> Sequence[str]:
    """The last event of these kinds of each of the `most` deliveries that expire last."""
    latest = (
        select(Delivery.id)
        .where(*which, Delivery.expires_at > since)
        .order_by(Delivery.expires_at.desc())
        .limit(most)
    )
    numbers = session.scalars(latest).all()
    last = (
        select(func.max(DeliveryEvent.id))
        .where(DeliveryEvent.delivery_id.in_(numbers), DeliveryEvent.kind.in_(events))
        .group_by(DeliveryEvent.delivery_id)
    )
    return session.scalars(select(DeliveryEvent.detail).where(DeliveryEvent.id.in_(last))).all()


def _count(session: Session, state: DeliveryState, since: datetime) -> int:
    return (
        session.scalar(select(func.count()).where(Delivery.state == state, Delivery.expires_at > since)) or 0
    )
