"""A source's habits, told from its days, and whether it keeps to them. Pure.

Days on which it was not read (we were off, or it failed) tell nothing about it and are left out. So is
its first day, which brought everything that stood in the feed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from itertools import pairwise
from statistics import fmean, median

KEPT_DAYS = 90
_WEEK = timedelta(days=7)
_WEEKS = 4
# Read on so many days of a week, it can be judged by that week.
_DAYS_OF_A_WEEK = 3
_WEEKS_OF_A_HABIT = 2

_DROUGHT_BELOW, _DROUGHT_OVER_AT = 1 / 4, 1 / 2
# Who always brings little is not judged by it.
_FEWEST_A_DAY = 2.0
_FLOOD_TIMES = 4
_FLOOD_FEWEST = 50

_SILENT_TIMES = 3
_SILENT_AT_LEAST = timedelta(days=2)
_SILENT_AT_MOST = timedelta(days=KEPT_DAYS)
_DAYS_OF_PUBLISHING = 5


@dataclass(frozen=True, slots=True)
class Day:
    """What a source did on one date, as in `models.SourceDay`."""

    date: date
    polls: int = 0
    failures: int = 0
    new: int = 0
    changed: int = 0
    entries: int = 0
    undated: int = 0
    churned: int = 0


class Change(StrEnum):
    """How a source left its habit."""

    STOPPED = "stopped"
    DROUGHT = "drought"
    FLOOD = "flood"


@dataclass(frozen=True, slots=True)
class Habits:
    """What a source is used to; None where too little is known.

    `lately` and `usual` are new entries a day, over the last week and over the four before; `peak` and
    `busiest` the most on one day, of today and yesterday and of the four weeks before. `patience` is how
    long it may be silent. `undated` and `churned` are shares of the last week's entries.
    """

    lately: float | None
    usual: float | None
    peak: int
    busiest: int | None
    patience: timedelta
    undated: float | None
    churned: float | None


def habits_of(days: Sequence[Day], today: date) -> Habits:
    """The habits of a source with these days, the oldest first; `today` is not over yet."""
    read = [day for day in days[1:] if day.polls > day.failures]
    week = [day for day in days if day.date > today - _WEEK]
    weeks = [_daily(read, today - _WEEK * (back + 1)) for back in range(_WEEKS)]
    known = [daily for daily in weeks if daily is not None]
    before = [day.new for day in read if timedelta(1) < today - day.date <= _WEEK * _WEEKS]
    return Habits(
        lately=_daily(read, today),
        usual=median(known) if len(known) >= _WEEKS_OF_A_HABIT else None,
        peak=max((day.new for day in read if today - day.date <= timedelta(1)), default=0),
        busiest=max(before) if len(before) >= _WEEK.days else None,
        patience=_patience(read),
        undated=_share(sum(day.undated for day in week), week),
        churned=_share(sum(day.churned for day in week), week),
    )


def change_of(habits: Habits, silence: timedelta | None, told: Change | None = None) -> Change | None:
    """How the source has left its habits, if it has.

    `silence` is the time from its last new entry to its last successful poll, None when it never had
    either; `told` the change that was found before: a drought ends later than it would begin.
    """
    if silence is not None and silence > habits.patience:
        return Change.STOPPED
    if habits.lately is not None and habits.usual is not None and habits.usual >= _FEWEST_A_DAY:
        share = _DROUGHT_OVER_AT if told is Change.DROUGHT else _DROUGHT_BELOW
        if habits.lately < habits.usual * share:
            return Change.DROUGHT
    if habits.busiest is not None and habits.peak > max(_FLOOD_FEWEST, _FLOOD_TIMES * habits.busiest):
        return Change.FLOOD
    return None


def _daily(read: Sequence[Day], end: date) -> float | None:
    """New entries a day over the week before `end`."""
    counts = [day.new for day in read if end - _WEEK <= day.date < end]
    return fmean(counts) if len(counts) >= _DAYS_OF_A_WEEK else None


def _patience(read: Sequence[Day]) -> timedelta:
    """Three times the longest it was ever silent; where that is unknown, as long as we remember."""
    published = [day.date for day in read if day.new]
    if len(published) < _DAYS_OF_PUBLISHING:
        return _SILENT_AT_MOST
    longest = max(later - earlier for earlier, later in pairwise(published))
    return min(max(_SILENT_TIMES * longest, _SILENT_AT_LEAST), _SILENT_AT_MOST)


def _share(part: int, days: Sequence[Day]) -> float | None:
    entries = sum(day.entries for day in days)
    return part / entries if entries else None
