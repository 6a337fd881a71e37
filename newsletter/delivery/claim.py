"""Claiming: deliveries whose time has come, taken with a lease and a fence, and all that they are made of."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from newsletter.delivery.gate import AtGate, may_receive
from newsletter.delivery.hand import Claim, InHand
from newsletter.delivery.letter import Letter, addressed
from newsletter.delivery.suppression import hashes_of, suppressed_among
from newsletter.delivery.transition import expire
from newsletter.direct import Direct
from newsletter.models import DeliveryState

# One state at a time, so that the index gives the head of the line without sorting all of it.
_HEAD = """
SELECT delivery.id, delivery.kind, delivery.occasion, delivery.welcome, delivery.editions,
       delivery.message_id, delivery.created_at, delivery.expires_at, delivery.attempts,
       delivery.repeats, subscriber.id, subscriber.handle, subscriber.address,
       subscriber.address_key, subscriber.language, subscriber.length, subscriber.timezone,
       subscriber.send_time, subscriber.muted_sources, delivery.about, delivery.address, delivery.fence,
       subscriber.status,
       subscriber.paused_until
FROM delivery JOIN subscriber ON subscriber.id = delivery.subscriber_id
WHERE delivery.state = :state AND delivery.next_attempt_at <= :now
ORDER BY delivery.next_attempt_at LIMIT :most
LOCK(FOR UPDATE OF delivery SKIP LOCKED)"""
_TAKE = """
UPDATE delivery SET state = 'sending', lease_until = :until, fence = fence + 1, attempts = attempts + 1
WHERE id AMONG :numbers"""


@dataclass(slots=True)
class Taken:
    """What was claimed, and which of it the gate refuses at once: number and reason."""

    mails: list[InHand] = field(default_factory=list)
    refused: dict[int, str] = field(default_factory=dict)


def take(session: Session, keys: Sequence[str], now: datetime, limit: int, lease: timedelta) -> Taken:
    """Claim up to `limit` deliveries whose time has come, longest due first, until `now + lease`.

    What is met on the way and has passed its time expires here.
    """
    direct, taken = Direct(session.connection()), Taken()
    for state in (DeliveryState.QUEUED, DeliveryState.DEFERRED):
        while len(taken.mails) < limit:
            rows = direct.rows(_HEAD, state=str(state), now=now, most=limit - len(taken.mails))
            heads = [_Head.of(row, direct) for row in rows]
            late = [head.letter.delivery_id for head in heads if head.letter.expires_at <= now]
            expire(session, late, now)
            in_time = [head for head in heads if head.letter.expires_at > now]
            for head, refusal in _take(direct, in_time, keys, now, now + lease):
                taken.mails.append(head.claimed(state is DeliveryState.QUEUED))
                if refusal:
                    taken.refused[head.letter.delivery_id] = refusal
            if not late:
                break
    return taken


@dataclass(slots=True)
class _Head:
    """A delivery at the head of the line."""

    letter: Letter
    fence: int
    person: AtGate
    hashes: tuple[str, ...] = ()

    @classmethod
    def of(cls, row: Any, direct: Direct) -> "_Head":
        values = list(row)
        values[3] = bool(values[3])
        values[6], values[7] = direct.instant(values[6]), direct.instant(values[7])
        values[17] = direct.time(values[17])
        # The one that begins now.
        values[8] += 1
        letter, (address, fence, status, paused_until) = Letter(*values[:20]), values[20:]
        letter = addressed(letter, address)
        return cls(letter, fence, AtGate(status, direct.date(paused_until), letter.timezone))

    def claimed(self, queued: bool) -> InHand:
        """The delivery as it is held from now on."""
        suspect = queued and self.letter.attempts > 1
        return InHand(Claim(self.letter.delivery_id, self.fence + 1, suspect), self.letter, self.hashes)


def _take(
    direct: Direct, heads: Sequence[_Head], keys: Sequence[str], now: datetime, until: datetime
) -> Iterator[tuple[_Head, str]]:
    """Take these; each with the gate's reason why it may not go, empty when it may."""
    direct.change(_TAKE, numbers=[head.letter.delivery_id for head in heads], until=until)
    for head in heads:
        head.hashes = hashes_of(keys, head.letter.address_key)
    suppressed = suppressed_among(direct, (one for head in heads for one in head.hashes))
    for head in heads:
        is_suppressed = not suppressed.isdisjoint(head.hashes)
        yield head, may_receive(head.person, is_suppressed, head.letter.kind, now).reason
