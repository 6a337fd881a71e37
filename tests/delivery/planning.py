"""Planning as the tests call it."""

from datetime import datetime

from newsletter.db import Database
from newsletter.delivery.due import Planned, plan_due
from newsletter.delivery.readers import Position
from newsletter.models import Subscriber
from tests.delivery.cast import (
    DOMAIN,
    FRESH,
    NOW,
)


def plan(db: Database, now: datetime = NOW, limit: int = 1000, after: Position | None = None) -> Planned:
    with db.write() as session:
        return plan_due(session, now, FRESH, DOMAIN, limit, after)


def reader_now(db: Database, reader: Subscriber) -> Subscriber:
    with db.read() as session:
        return session.get_one(Subscriber, reader.id)
