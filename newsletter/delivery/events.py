"""Append-only facts about deliveries: what happened, when, and what the server said."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import insert
from sqlalchemy.orm import Session

from newsletter.models import DeliveryEvent, DeliveryState

HANDOVER = "handover"
IN_HAND = "in_hand"
CRASHED = "crashed"

_MAX_DETAIL = 1000


def add_events(
    session: Session, facts: Iterable[tuple[int, str]], at: datetime, kind: DeliveryState | str
) -> None:
    """Append one event of `kind` for each pair of delivery number and detail."""
    rows = [
        {"delivery_id": number, "at": at, "kind": str(kind), "detail": storable(detail)}
        for number, detail in facts
    ]
    if rows:
        session.execute(insert(DeliveryEvent), rows)


def storable(said: str) -> str:
    """What a server said, fit for a text column: hostile or broken bytes must not stop the ledger.

    PostgreSQL takes neither NUL nor lone surrogates, and a reply may be as long as a server likes.
    """
    return said[:_MAX_DETAIL].replace("\x00", "").encode("utf-8", "replace").decode("utf-8")
