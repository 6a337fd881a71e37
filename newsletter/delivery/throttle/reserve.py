"""Giving out permits under a limit: pure, so that every promise about limits can be tested on values.

Under a rate a permit is a slot: the moment from which one mail may leave (the generic cell rate
algorithm, ITU-T I.371). Slots are given out from a second behind (so that a moment without a mail at
hand is not lost) to a second ahead, and are used within two seconds or not at all. So over any time T
no more than rate x (T + 2 s) + 1 mails leave, whoever asks in what order.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from newsletter.delivery.throttle import windows
from newsletter.delivery.throttle.windows import CalendarDay, Use, Window
from newsletter.limits import Limit

AHEAD = timedelta(seconds=1)
BEHIND = timedelta(seconds=1)
GRACE = timedelta(seconds=2)
# What lies further ahead than any slot can was written by a clock that ran wild; it holds up nobody.
TRUST = timedelta(minutes=5)
_NO_END = 1 << 30


@dataclass(frozen=True, slots=True)
class State:
    """What was given out under a limit: the next free slot, and the mails of the hour and day."""

    next_at: datetime | None = None
    hour: Use = field(default_factory=dict)
    day: Use = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Permits:
    """`count` mails may leave: one from `first_at` on, another from each `interval` after it.

    With `count` 0 none may, and `first_at` is when to ask again.
    """

    count: int
    first_at: datetime
    interval: timedelta = timedelta()


def reserve(state: State, limit: Limit, now: datetime, wanted: int) -> tuple[State, Permits]:
    """Give out up to `wanted` permits: as many as rate, hour and day allow at `now`."""
    first, slots = _slots(state, limit, now)
    count = min(wanted, slots, *_rooms(state, limit, now))
    if count <= 0:
        return state, Permits(0, max(first, *_openings(state, limit, now)))
    taken = charge(state, limit, now, count)
    interval = limit.interval
    next_at = first + count * interval if interval else None
    return replace(taken, next_at=next_at), Permits(count, first, interval)


def charge(state: State, limit: Limit, now: datetime, count: int) -> State:
    """Count mails that leave without asking, or (negative) permits taken at `now` and not used."""
    hour = windows.spend(state.hour, windows.HOUR, now, count) if limit.per_hour else state.hour
    day = windows.spend(state.day, day_of(limit), now, count) if limit.per_day else state.day
    return replace(state, hour=hour, day=day)


def day_of(limit: Limit) -> Window:
    """What a day is under this limit: any 24 hours, or a date of its zone."""
    return CalendarDay(limit.zone) if limit.zone else windows.DAY


def _slots(state: State, limit: Limit, now: datetime) -> tuple[datetime, int]:
    """The first free slot, and how many there are from it to a second ahead."""
    interval = limit.interval
    if not interval:
        return now, _NO_END
    first = max(state.next_at, now - BEHIND) if state.next_at else now
    if first > now + interval + AHEAD + TRUST:
        first = now
    return first, (now + AHEAD - first) // interval + 1


def _rooms(state: State, limit: Limit, now: datetime) -> tuple[int, int]:
    """How many mails more the hour and the day allow."""
    hour = limit.per_hour - windows.used(state.hour, windows.HOUR, now) if limit.per_hour else _NO_END
    day = limit.per_day - windows.used(state.day, day_of(limit), now) if limit.per_day else _NO_END
    return hour, day


def _openings(state: State, limit: Limit, now: datetime) -> tuple[datetime, datetime]:
    """When the hour and the day allow the next mail."""
    hour = windows.opens_at(state.hour, windows.HOUR, limit.per_hour, now) if limit.per_hour else now
    day = windows.opens_at(state.day, day_of(limit), limit.per_day, now) if limit.per_day else now
    return hour, day
