"""The sweep: what dead workers left behind, and what has passed its time.

A delivery whose lease ran out without the mark never left: it goes again, freely. With the mark it
may have arrived: it goes once more under the same Message-ID, and after that is parked as uncertain.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, select
from sqlalchemy.orm import Session

from newsletter.delivery.events import CRASHED, IN_HAND
from newsletter.delivery.retry import MOST_FAULTS, REPEAT_WAIT, Outcome, Standing, after_silence, out_of_time
from newsletter.delivery.transition import WAITING, expire, settle
from newsletter.models import Delivery, DeliveryEvent, DeliveryState

_CHUNK = 500
_SUSPECT_WAIT = timedelta(minutes=2)

_VANISHED = "the worker vanished before handing it over"
_IN_HAND = "the worker vanished while composing it"
_SILENT = "the worker vanished after handing it over, before an answer came"
_POISON = f"composing it ended the worker {MOST_FAULTS} times: something in this mail itself is at fault"


@dataclass(frozen=True, slots=True)
class Swept:
    """How many deliveries the sweep moved, by the state they moved to."""

    counts: Counter[DeliveryState] = field(default_factory=Counter)

    def __getitem__(self, state: DeliveryState) -> int:
        return self.counts[state]


def sweep(session: Session, now: datetime) -> Swept:
    """Free what dead workers left claimed, and park what has passed its time."""
    swept = Swept()
    for rows in _chunks(session, Delivery.state == DeliveryState.SENDING, Delivery.lease_until <= now):
        for row in rows:
            swept.counts[_take_back(session, row, now)] += 1
    for rows in _chunks(session, Delivery.state.in_(WAITING), Delivery.expires_at <= now):
        swept.counts.update(expire(session, [row.id for row in rows], now))
    return swept


def _chunks(session: Session, *wanted: ColumnElement[bool]) -> Iterator[Sequence[Row[*tuple[Any, ...]]]]:
    """What is wanted, a chunk at a time, until none is left: the caller must change what it gets."""
    while rows := session.execute(
        select(
            Delivery.id,
            Delivery.fence,
            Delivery.attempts,
            Delivery.repeats,
            Delivery.expires_at,
            Delivery.handed_over_at,
        )
        .where(*wanted)
        .limit(_CHUNK)
        .with_for_update(skip_locked=True)
    ).all():
        yield rows


def _take_back(session: Session, row: Row[*tuple[Any, ...]], now: datetime) -> DeliveryState:
    """Move one abandoned delivery on; the state it comes to."""
    standing = Standing(row.id, row.attempts, row.repeats, row.expires_at)
    event = ""
    if row.handed_over_at is not None:
        # Not at once: were it the clock that jumped, the worker lives and its answer is on the way.
        outcome = after_silence(_SILENT, standing, now, REPEAT_WAIT)
    elif row.expires_at <= now:
        outcome = out_of_time(standing)
    else:
        outcome, event = _unmarked(session, row.id, now)
    settle(session, row.id, row.fence, outcome, now, event=event)
    return outcome.state


def _unmarked(session: Session, delivery_id: int, now: datetime) -> tuple[Outcome, str]:
    """Free a delivery that never left; park it when it was in hand each time a worker died.

    The first death is anybody's of the batch; from then on the senders note what they take in hand.
    Those wait a moment, so that the innocent of the batch go first.
    """
    kinds = session.scalars(
        select(DeliveryEvent.kind).where(DeliveryEvent.delivery_id == delivery_id).order_by(DeliveryEvent.id)
    ).all()
    if kinds[-1:] != [IN_HAND]:
        return Outcome(DeliveryState.QUEUED, _VANISHED, now), ""
    if kinds.count(CRASHED) + 2 >= MOST_FAULTS:
        return Outcome(DeliveryState.FAILED, _POISON), ""
    return Outcome(DeliveryState.QUEUED, _IN_HAND, now + _SUSPECT_WAIT), CRASHED
