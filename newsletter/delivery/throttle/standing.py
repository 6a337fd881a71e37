"""How the limits stand: what an operator is shown."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from newsletter.delivery.throttle import windows
from newsletter.delivery.throttle.book import Book
from newsletter.delivery.throttle.exchange import Row, row_of
from newsletter.delivery.throttle.reserve import day_of
from newsletter.limits import Limit
from newsletter.models import Base, Throttle, ThrottleShare

_LATELY = timedelta(minutes=1)
_TABLE = Base.metadata.tables[Throttle.__tablename__]


@dataclass(frozen=True, slots=True)
class Standing:
    """One limit that matters now.

    `hour` and `day` are mails counted, None where they are not counted; `at_once` the connections, or
    mails under way, that workers hold. `held_until` with the `reason` a server gave; `line_until` is
    when the last of the mails that were put back has its turn. Both None when there is no such thing.
    """

    key: str
    limit: Limit
    hour: int | None
    day: int | None
    at_once: int
    held_until: datetime | None
    reason: str
    line_until: datetime | None


def standing(session: Session, book: Book, now: datetime) -> list[Standing]:
    """The limits that matter now, by key: in use, on hold, full, or with mails waiting in line."""
    shares = _shares(session, now)
    lately = or_(
        _TABLE.c.next_at > now - _LATELY,
        _TABLE.c.hour_use != "",
        _TABLE.c.day_use != "",
        _TABLE.c.held_until > now,
        _TABLE.c.line_at > now,
        _TABLE.c.key.in_(shares),
    )
    rows = session.execute(select(_TABLE).where(lately).order_by(_TABLE.c.key)).mappings()
    found = [(row_of(row), _standing(row["key"], row_of(row), book, shares, now)) for row in rows]
    return [one for row, one in found if _matters(row, one, now)]


def _matters(row: Row, one: Standing, now: datetime) -> bool:
    """Whether it limits anything just now; a limit that was lifted since does not."""
    in_use = row.state.next_at is not None and row.state.next_at > now - _LATELY
    in_use = in_use or bool(one.hour or one.day or one.at_once)
    return (in_use and bool(one.limit)) or one.held_until is not None or one.line_until is not None


def _shares(session: Session, now: datetime) -> dict[str, int]:
    held = func.sum(ThrottleShare.connections)
    alive = select(ThrottleShare.key, held).where(ThrottleShare.expires_at > now)
    return {key: int(count) for key, count in session.execute(alive.group_by(ThrottleShare.key))}


def _standing(key: str, row: Row, book: Book, shares: Mapping[str, int], now: datetime) -> Standing:
    limit = book.limit_of(key, now)
    on_hold = not row.hold.over(now)
    return Standing(
        key=key,
        limit=limit,
        hour=windows.used(row.state.hour, windows.HOUR, now) if limit.per_hour else None,
        day=windows.used(row.state.day, day_of(limit), now) if limit.per_day else None,
        at_once=shares.get(key, 0),
        held_until=row.hold.until if on_hold else None,
        reason=row.hold.reason if on_hold else "",
        line_until=row.line_at if row.line_at and row.line_at > now else None,
    )
