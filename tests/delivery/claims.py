"""The ledger's steps as the tests take them, each in a transaction of its own."""

from datetime import datetime

from newsletter.db import Database
from newsletter.delivery import ledger
from newsletter.delivery.claim import take
from newsletter.delivery.hand import Claim
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
    with db.write() as session:
        ledger.mark_handover(session, held, now)


def record(db: Database, held: Claim, outcome: Outcome, now: datetime = NOW) -> None:
    with db.write() as session:
        ledger.record(session, held, outcome, now)


def sweep(db: Database, now: datetime) -> ledger.Swept:
    with db.write() as session:
        return ledger.sweep(session, now)


AFTER_LEASE = NOW + LEASE + MINUTE
