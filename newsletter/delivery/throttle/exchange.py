"""One exchange with the table all workers share: what a worker wants of its limits, what it gets."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from sqlalchemy import RowMapping, bindparam, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from newsletter.delivery.throttle import hold, windows
from newsletter.delivery.throttle.hold import Hold
from newsletter.delivery.throttle.reserve import Permits, State, charge, reserve
from newsletter.delivery.throttle.shares import lease_connections
from newsletter.limits import Limit
from newsletter.models import Base, Throttle

# A line longer than this is none: mail that old is stale, or a clock ran wild.
LONGEST_LINE = timedelta(hours=12)

_TABLE = Base.metadata.tables[Throttle.__tablename__]
_THESE = _TABLE.c.key.in_(bindparam("keys", expanding=True))
_THERE = select(_TABLE.c.key).where(_THESE)
_LOCK = select(_TABLE).where(_THESE).order_by(_TABLE.c.key).with_for_update()
_STORE = update(_TABLE).where(_TABLE.c.key == bindparam("this_key"))
_HOLDS = select(_TABLE.c.key, _TABLE.c.held_until, _TABLE.c.strikes, _TABLE.c.reason).where(
    _TABLE.c.strikes > 0, _TABLE.c.held_until > bindparam("since")
)


@dataclass(frozen=True, slots=True)
class SeatWish:
    """How many connections, or mails at once, a worker would like, and how many it has under way."""

    wanted: int
    in_use: int


@dataclass(frozen=True, slots=True)
class Wish:
    """What a worker has to say about one limit.

    `permits` it wants now; `unused` ones it gives back, by when they were taken; `unasked` mails that
    left without permit; `slow_down` what a server said that asked for it; `eased` when a mail was
    taken after a hold; `turns` promised to mails put back, the last one for `line_at`.
    """

    limit: Limit
    permits: int = 0
    unused: tuple[tuple[datetime, int], ...] = ()
    unasked: int = 0
    slow_down: str = ""
    eased: bool = False
    turns: int = 0
    line_at: datetime | None = None
    step: timedelta = timedelta()
    seats: SeatWish | None = None


@dataclass(frozen=True, slots=True)
class Grant:
    """What it gets: permits, its share of connections (None when it asked for none), how things stand."""

    permits: Permits | None
    seats: int | None
    hold: Hold
    line_at: datetime | None


@dataclass(frozen=True, slots=True)
class Wishes:
    """All a worker wants; `look_around` when it also wants to know who is on hold."""

    worker: str
    by_key: Mapping[str, Wish]
    look_around: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """The grants by key; `holds` all limits with strikes, None when it did not ask."""

    grants: Mapping[str, Grant]
    holds: Mapping[str, Hold] | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """A limit's row as values."""

    state: State = field(default_factory=State)
    hold: Hold = hold.NO_HOLD
    line_at: datetime | None = None


def exchange(session: Session, wishes: Wishes, now: datetime) -> Answer:
    """Settle a worker's wishes with the shared table. Once a transaction: rows are locked in order of key."""
    rows = _locked(session, sorted(wishes.by_key))
    settled = {key: settle(key, rows[key], wish, now) for key, wish in wishes.by_key.items()}
    changed = [_values(key, row) for key, (row, _permits) in settled.items() if row != rows[key]]
    if changed:
        session.connection().execute(_STORE, changed)
    grants = {
        key: Grant(permits, _seats(session, key, wishes, now), row.hold, row.line_at)
        for key, (row, permits) in settled.items()
    }
    return Answer(grants, _holds(session, now) if wishes.look_around else None)


def settle(key: str, row: Row, wish: Wish, now: datetime) -> tuple[Row, Permits | None]:
    """A limit's row after a wish, and the permits given (None when none were wanted). Pure."""
    state, permits, held = row.state, None, row.hold
    for taken_at, count in wish.unused:
        state = charge(state, wish.limit, taken_at, -count)
    if wish.unasked:
        state = charge(state, wish.limit, now, wish.unasked)
    if wish.eased:
        held = hold.ease(held, now)
    if wish.slow_down:
        held = hold.strike(held, key, now, wish.slow_down)
    if wish.permits:
        state, permits = reserve(state, wish.limit, now, wish.permits)
    return replace(row, state=state, hold=held, line_at=_line(row.line_at, wish, now)), permits


def _line(line_at: datetime | None, wish: Wish, now: datetime) -> datetime | None:
    """Up to when turns are promised, after this worker has promised some more."""
    if not wish.turns or wish.line_at is None:
        return line_at
    shared = line_at if line_at and now < line_at <= now + LONGEST_LINE else now
    return max(shared + wish.turns * wish.step, wish.line_at)


def _locked(session: Session, keys: list[str]) -> dict[str, Row]:
    """The rows of these keys, locked until the transaction ends, made where there are none.

    Both steps go by order of key, so that workers wait for one another and never in a circle.
    """
    if not keys:
        return {}
    connection = session.connection()
    there = set(connection.execute(_THERE, {"keys": keys}).scalars())
    if missing := [key for key in keys if key not in there]:
        insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
        new = [{"key": key, "hour_use": "", "day_use": "", "strikes": 0, "reason": ""} for key in missing]
        connection.execute(insert(_TABLE).on_conflict_do_nothing(index_elements=["key"]), new)
    return {row["key"]: row_of(row) for row in connection.execute(_LOCK, {"keys": keys}).mappings()}


def row_of(row: RowMapping) -> Row:
    """A row of the table as values."""
    hour, day = windows.from_text(row["hour_use"]), windows.from_text(row["day_use"])
    held = Hold(row["held_until"], row["strikes"], row["reason"])
    return Row(State(row["next_at"], hour, day), held, row["line_at"])


def _values(key: str, row: Row) -> dict[str, object]:
    return {
        "this_key": key,
        "next_at": row.state.next_at,
        "hour_use": windows.to_text(row.state.hour),
        "day_use": windows.to_text(row.state.day),
        "line_at": row.line_at,
        "held_until": row.hold.until,
        "strikes": row.hold.strikes,
        "reason": row.hold.reason,
    }


def _seats(session: Session, key: str, wishes: Wishes, now: datetime) -> int | None:
    wish = wishes.by_key[key]
    if wish.seats is None or not wish.limit.connections:
        return None
    wanted, in_use = wish.seats.wanted, wish.seats.in_use
    return lease_connections(session, key, wishes.worker, wanted, in_use, wish.limit.connections, now)


def _holds(session: Session, now: datetime) -> dict[str, Hold]:
    struck = session.connection().execute(_HOLDS, {"since": now - hold.FORGOTTEN})
    return {key: Hold(until, strikes, reason) for key, until, strikes, reason in struck}
