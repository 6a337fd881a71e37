"""Counting mails over a span of time, so that no span of that length ever holds too many.

A counter that starts anew each hour lets twice the limit pass around the full hour. So mails are
counted by slices of time: with all slices that any part of the span may touch, and one more. That
one makes up for clocks that differ and for mails that leave some seconds after they were counted.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from newsletter.sendtime import instant_of, local_date

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DAY = timedelta(days=1)

Use = Mapping[int, int]
"""Mails counted, by the number of their slice."""


class Window(Protocol):
    """How time is cut into numbered slices, and which of them count at a moment."""

    def slice_of(self, moment: datetime) -> int:
        """The slice a moment lies in."""
        ...

    def oldest(self, now: datetime) -> int:
        """The oldest slice that still counts."""
        ...

    def leaves_at(self, number: int) -> datetime:
        """The moment from which a slice no longer counts."""
        ...


@dataclass(frozen=True, slots=True)
class Sliding:
    """The last `slices` slices of `length` each, whenever that is."""

    length: timedelta
    slices: int

    def slice_of(self, moment: datetime) -> int:
        return (moment - _EPOCH) // self.length

    def oldest(self, now: datetime) -> int:
        return self.slice_of(now) - self.slices - 1

    def leaves_at(self, number: int) -> datetime:
        return _EPOCH + (number + self.slices + 2) * self.length


@dataclass(frozen=True, slots=True)
class CalendarDay:
    """One slice a date, in a zone; only today's counts."""

    zone: ZoneInfo

    def slice_of(self, moment: datetime) -> int:
        return local_date(moment, self.zone).toordinal()

    def oldest(self, now: datetime) -> int:
        return self.slice_of(now)

    def leaves_at(self, number: int) -> datetime:
        day = datetime.fromordinal(number).date() + _DAY
        # Zones have left out a date; the one after it begins the next day then.
        return instant_of(day, time(0), self.zone) or self.leaves_at(number + 1)


HOUR = Sliding(timedelta(minutes=1), 60)
DAY = Sliding(timedelta(minutes=15), 96)


def used(use: Use, window: Window, now: datetime) -> int:
    """How many mails count at `now`. Slices to come count too: somebody's clock is ahead of ours."""
    oldest = window.oldest(now)
    return sum(count for number, count in use.items() if number >= oldest)


def spend(use: Use, window: Window, now: datetime, count: int) -> Use:
    """Count `count` mails more (fewer when negative, never below none); what is too old is forgotten."""
    oldest, here = window.oldest(now), window.slice_of(now)
    kept = {number: mails for number, mails in use.items() if number >= oldest}
    return {**kept, here: max(0, kept.get(here, 0) + count)}


def opens_at(use: Use, window: Window, limit: int, now: datetime) -> datetime:
    """The moment from which at least one more mail is allowed; `now` when it is already."""
    left, oldest, at = used(use, window, now), window.oldest(now), now
    for number, count in sorted(use.items()):
        if left < limit:
            break
        if number >= oldest:
            left, at = left - count, window.leaves_at(number)
    return at


def to_text(use: Use) -> str:
    """`3:20 4:7`, as the database keeps it."""
    return " ".join(f"{number}:{count}" for number, count in sorted(use.items()) if count)


def from_text(text: str) -> Use:
    """What `to_text` wrote."""
    pairs = (pair.split(":") for pair in text.split())
    return {int(number): int(count) for number, count in pairs}
