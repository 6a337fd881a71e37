"""The group commit: marks and outcomes of every connection that got an answer, in one transaction.

So a message costs a share of a commit, not two, and a kill repeats at most one mail a connection.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection

from newsletter.delivery.events import add_facts
from newsletter.delivery.gate import AtGate, may_receive
from newsletter.delivery.hand import InHand
from newsletter.delivery.ledger import ANSWER_WAIT, SETTLED_BY_ACCEPTANCE
from newsletter.delivery.retry import Outcome, skipped
from newsletter.delivery.suppression import suppressed_among
from newsletter.delivery.transition import WAITING
from newsletter.direct import Direct
from newsletter.models import DeliveryState

# Readers are held as well, so that an unsubscription is either seen here or waits for the mark.
_HELD = """
SELECT delivery.id, delivery.fence, delivery.state, delivery.handed_over_at IS NOT NULL AS marked,
       subscriber.status, subscriber.paused_until, subscriber.timezone
FROM delivery JOIN subscriber ON subscriber.id = delivery.subscriber_id
WHERE delivery.id AMONG :numbers
LOCK(FOR UPDATE OF delivery FOR SHARE OF subscriber)"""
_MARK = "UPDATE delivery SET handed_over_at = :at, lease_until = :until WHERE id AMONG :numbers"
_SETTLE = """
UPDATE delivery SET state = :state, lease_until = NULL, finished_at = :finished_at, refusal = :refusal,
       repeats = repeats + :repeat, attempts = attempts - :uncounted
WHERE id AMONG :numbers"""
_SETTLE_FOR_LATER = """
UPDATE delivery SET state = :state, lease_until = NULL, finished_at = NULL, refusal = :refusal,
       repeats = repeats + :repeat, attempts = attempts - :uncounted, handed_over_at = NULL,
       next_attempt_at = coalesce(:next_attempt_at, next_attempt_at)
WHERE id = :id"""

Ended = tuple[InHand, Outcome]


@dataclass(slots=True)
class Written:
    """What a commit stored: the numbers marked, and how others ended. What is in neither is lost."""

    marked: set[int] = field(default_factory=set)
    ended: dict[int, DeliveryState] = field(default_factory=dict)


def write(
    connection: Connection,
    marks: Sequence[InHand],
    outcomes: Sequence[Ended],
    now: datetime,
) -> Written:
    """Store the mark *about to hand over* for `marks`, after one more look at the gate, and the outcomes.

    An unsubscription committed before is obeyed; one that comes later waits for this transaction on
    PostgreSQL (the row is locked) as on SQLite (one writer at a time), so there is no between. Who is
    refused at the gate is skipped. Whatever is no longer held under its fence is left alone.
    """
    direct = Direct(connection)
    numbers = [one.number for one in marks] + [one.number for one, _outcome in outcomes]
    held = {row.id: row for row in direct.rows(_HELD, numbers=numbers)}
    ours = [one for one in marks if _may_mark(one, held.get(one.number))]
    refused = _refused(direct, ours, held, now)
    marked = [one.number for one in ours if one.number not in refused]
    ended = [(one, outcome) for one, outcome in outcomes if _may_settle(one, held.get(one.number), outcome)]
    ended += [(one, skipped(refused[one.number])) for one in ours if one.number in refused]
    _store(direct, marked, ended, now)
    return Written(set(marked), {one.number: outcome.state for one, outcome in ended})


def _may_mark(one: InHand, row: Any) -> bool:
    ours = row is not None and row.fence == one.claim.fence and row.state == DeliveryState.SENDING
    return ours and not row.marked


def _may_settle(one: InHand, row: Any, outcome: Outcome) -> bool:
    of = SETTLED_BY_ACCEPTANCE if outcome.state is DeliveryState.SENT else (DeliveryState.SENDING,)
    return row is not None and row.fence == one.claim.fence and row.state in of


def _refused(
    direct: Direct, marks: Sequence[InHand], held: Mapping[int, Any], now: datetime
) -> dict[int, str]:
    """Whom the gate refuses, and why."""
    suppressed = suppressed_among(direct, (hashed for one in marks for hashed in one.hashes))
    found = {}
    for one in marks:
        row = held[one.number]
        person = AtGate(row.status, direct.date(row.paused_until), row.timezone)
        verdict = may_receive(person, not suppressed.isdisjoint(one.hashes), one.letter.kind, now)
        if not verdict.allowed:
            found[one.number] = verdict.reason
    return found


def _store(direct: Direct, marked: Sequence[int], ended: Sequence[Ended], now: datetime) -> None:
    if marked:
        direct.change(_MARK, numbers=marked, at=now, until=now + ANSWER_WAIT)
    for_good = [(one, outcome) for one, outcome in ended if outcome.state not in WAITING]
    for_later = [(one, outcome) for one, outcome in ended if outcome.state in WAITING]
    # Nearly all end alike: one statement for all those.
    for how, numbers in _alike(for_good).items():
        direct.change(_SETTLE, numbers=numbers, finished_at=now, **how._asdict())
    direct.run(
        _SETTLE_FOR_LATER,
        [
            _How.of(out)._asdict() | {"id": one.number, "next_attempt_at": direct.bound(out.next_attempt_at)}
            for one, out in for_later
        ],
    )
    facts = [(one.number, str(outcome.state), outcome.detail) for one, outcome in ended]
    add_facts(direct, facts, now)


class _How(NamedTuple):
    """How an attempt ended, as the statements take it."""

    state: str
    refusal: str
    repeat: int
    uncounted: int

    @classmethod
    def of(cls, outcome: Outcome) -> "_How":
        return cls(str(outcome.state), outcome.refusal, int(outcome.repeat), int(not outcome.counts))


def _alike(ended: Sequence[Ended]) -> dict[_How, list[int]]:
    """The numbers of those that ended in the same way."""
    found: dict[_How, list[int]] = {}
    for one, outcome in ended:
        found.setdefault(_How.of(outcome), []).append(one.number)
    return found
