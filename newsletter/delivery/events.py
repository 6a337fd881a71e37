"""Append-only facts about deliveries: what happened, when, and what the server said."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy.orm import Session

from newsletter.direct import Direct
from newsletter.models import Base, DeliveryEvent, DeliveryState

IN_HAND = "in_hand"
CRASHED = "crashed"

_INSERT = "INSERT INTO delivery_event (delivery_id, at, kind, detail) VALUES (:number, :at, :kind, :detail)"
_MAX_DETAIL = 1000
_TABLE = Base.metadata.tables[DeliveryEvent.__tablename__]


def add_events(
    session: Session, facts: Iterable[tuple[int, str]], at: datetime, kind: DeliveryState | str
) -> None:
    """Append one event of `kind` for each pair of delivery number and detail."""
    rows = [
        {"delivery_id": number, "at": at, "kind": str(kind), "detail": storable(detail)}
        for number, detail in facts
    ]
    if rows:
        # Core, not the ORM: a morning brings three events a mail.
        session.connection().execute(_TABLE.insert(), rows)


def add_facts(direct: Direct, facts: Iterable[tuple[int, str, str]], at: datetime) -> None:
    """Append events straight through the driver: delivery number, kind, detail."""
    bound = direct.bound(at)
    rows = [
        {"number": number, "at": bound, "kind": kind, "detail": storable(detail)}
        for number, kind, detail in facts
    ]
    direct.run(_INSERT, rows)


def storable(said: str) -> str:
    """What a server said, fit for a text column: hostile or broken bytes must not stop the ledger.

    PostgreSQL takes neither NUL nor lone surrogates, and a reply may be as long as a server likes.
    """
    return said[:_MAX_DETAIL].replace("\x00", "").encode("utf-8", "replace").decode("utf-8")
