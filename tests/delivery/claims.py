"""The ledger's steps as the tests take them, each in a transaction of its own."""

from datetime import datetime

from newsletter.db import Database
from newsletter.delivery import commit, ledger
from newsletter.delivery.claim import take
from newsletter.delivery.hand import Claim, InHand
from newsletter.delivery.ledger import LeaseLost
from newsletter.delivery.letter import read_letters
from newsletter.delivery.retry import Outcome
from tests.delivery.cast import (
    LEASE,
    MINUTE,
    NOW,
)
from tests.delivery.office import KEYS


def claim(db: Database, limit: int = 10, now: datetime = NOW) -> list[Claim]:
    with db.write() as session:
        return [one.claim for one in take(session, KEYS, now, limit, LEASE).mails]


def claim_one(db: Database, now: datetime = NOW) -> Claim:
    (one,) = claim(db, 1, now)
    return one


def mark(db: Database, held: Claim, now: datetime = NOW) -> None:
    """Store the mark as a sender does. Raises `LeaseLost` when it was not stored."""
    one = in_hand(db, held)
    with db.direct() as connection:
        written = commit.write(connection, [one], [], now)
    if one.number not in written.marked:
        raise LeaseLost(held)


def record(db: Database, held: Claim, outcome: Outcome, now: datetime = NOW) -> None:
    """Store an outcome as a sender does. Raises `LeaseLost` when it was not stored."""
    one = in_hand(db, held)
    with db.direct() as connection:
        written = commit.write(connection, [], [(one, outcome)], now)
    if one.number not in written.ended:
        raise LeaseLost(held)


def in_hand(db: Database, held: Claim) -> InHand:
    with db.read() as session:
        (letter,) = read_letters(session, [held.delivery_id])
    return InHand(held, letter)


def sweep(db: Database, now: datetime) -> ledger.Swept:
    with db.write() as session:
        return ledger.sweep(session, now)


AFTER_LEASE = NOW + LEASE + MINUTE
