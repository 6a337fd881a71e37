"""All that is kept about one person, for them to see and take along (GDPR articles 15 and 20)."""

from collections.abc import Iterator
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import Table, select
from sqlalchemy.orm import Session

from newsletter.models import DeliveryEvent, LinkRequest, Source, Subscriber, Subscription, Topic, metadata
from newsletter.mutes import read_mutes

OWNER = "subscriber_id"


def everything_about(session: Session, subscriber: Subscriber) -> dict[str, object]:
    """All rows about a subscriber, by table, as values that JSON knows; with the names behind numbers.

    Tables are found by their reference to the subscriber, so that no later one can be forgotten.
    Moments are written in UTC (ISO 8601). What stands under a hash of the address is not among it.
    """
    person: Table = Subscriber.metadata.tables[Subscriber.__tablename__]
    kept: dict[str, object] = {person.name: _rows(session, person, "id", subscriber.id)}
    for table in metadata.sorted_tables:
        if OWNER in table.c:
            kept[table.name] = _rows(session, table, OWNER, subscriber.id)
    kept[DeliveryEvent.__tablename__] = _events(session, subscriber.id)
    kept[LinkRequest.__tablename__] = _rows(
        session, metadata.tables[LinkRequest.__tablename__], "address_key", subscriber.address_key
    )
    kept["names"] = {
        "topics": _names(session, Topic, _followed(session, subscriber.id)),
        "muted_sources": _names(session, Source, read_mutes(subscriber.muted_sources)),
    }
    return kept


def _rows(session: Session, table: Table, column: str, value: object) -> list[dict[str, object]]:
    query = select(table).where(table.c[column] == value).order_by(*table.primary_key.columns)
    return [dict(_plain(row._mapping)) for row in session.execute(query)]


def _events(session: Session, subscriber_id: int) -> list[dict[str, object]]:
    events, mails = (metadata.tables[name] for name in (DeliveryEvent.__tablename__, "delivery"))
    query = select(events).join(mails, mails.c.id == events.c.delivery_id)
    found = session.execute(query.where(mails.c.subscriber_id == subscriber_id).order_by(events.c.id))
    return [dict(_plain(row._mapping)) for row in found]


def _followed(session: Session, subscriber_id: int) -> tuple[int, ...]:
    query = select(Subscription.topic_id).where(Subscription.subscriber_id == subscriber_id)
    return tuple(session.scalars(query.order_by(Subscription.topic_id)))


def _names(session: Session, kind: type[Topic] | type[Source], ids: tuple[int, ...]) -> dict[str, str]:
    query = select(kind.id, kind.name).where(kind.id.in_(ids)).order_by(kind.id)
    return {str(number): name for number, name in session.execute(query)}


def _plain(row: Any) -> Iterator[tuple[str, object]]:
    for name, value in row.items():
        yield name, value.isoformat() if isinstance(value, (datetime, date, time)) else value
