"""A time zone as far as one issue needs it: what the reader's clock shows at the times it prints.

Zones that agree over those weeks make equal clocks, so that their readers share what is rendered:
some four hundred zones come to about forty clocks.
"""

from bisect import bisect_right
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

# An issue prints what was published in the days before it. Older times are told by the first offset.
BEFORE = timedelta(days=21)
AFTER = timedelta(days=2)
# Clocks change on whole half hours of UTC.
_STEP = timedelta(minutes=30)


class Clock(NamedTuple):
    """`offsets` from UTC, the first until the first of `changes`, and so on; both in seconds.

    `changes` are counted from 1970 (POSIX time). A tuple: it is compared for every mail.
    """

    offsets: tuple[int, ...]
    changes: tuple[int, ...] = ()

    def local(self, moment: datetime) -> datetime:
        """What this clock shows at an aware moment: a naive datetime."""
        offset = self.offsets[bisect_right(self.changes, moment.timestamp())]
        return moment.astimezone(UTC).replace(tzinfo=None) + timedelta(seconds=offset)


def clock_of(zone: ZoneInfo, day: date) -> Clock:
    """The clock of a zone for the issue of `day`."""
    moment = datetime.combine(day, time(), UTC) - BEFORE
    until = moment + BEFORE + AFTER
    offsets, changes = [_offset(zone, moment)], []
    while moment < until:
        # A day at a time; where the offset differs, look closer.
        following = moment + timedelta(days=1)
        if _offset(zone, following) != offsets[-1]:
            change = _change(zone, moment, following)
            changes.append(round(change.timestamp()))
            offsets.append(_offset(zone, change))
        moment = following
    return Clock(tuple(offsets), tuple(changes))


def _change(zone: ZoneInfo, before: datetime, after: datetime) -> datetime:
    """The first half hour after `before` with the offset of `after`."""
    moment = before
    while moment < after and _offset(zone, moment) != _offset(zone, after):
        moment += _STEP
    return moment


def _offset(zone: ZoneInfo, moment: datetime) -> int:
    offset = moment.astimezone(zone).utcoffset() or timedelta()
    return round(offset.total_seconds())
