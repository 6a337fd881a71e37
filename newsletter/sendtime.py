"""When a local time of day happens: every due time of readers and topics is computed here.

A local time skipped by a clock change means the first valid instant after the gap; one that happens
twice means its first occurrence. Dates that never existed in a zone (Apia, 30 December 2011) have
no instant at all.
"""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

EVERY_DAY = 0b1111111
_DAY = timedelta(days=1)
_SECOND = timedelta(seconds=1)


def instant_of(day: date, at: time, zone: ZoneInfo) -> datetime | None:
    """The UTC instant of local time `at` on local date `day`; None when the zone skipped that date.

    Where clocks jump over midnight (Nuuk, 23:00 to 00:00), the instant may be the next date's first.
    """
    local = datetime.combine(day, at.replace(fold=0), tzinfo=zone)
    moment = local.astimezone(UTC)
    if moment.astimezone(zone).replace(tzinfo=None) == local.replace(tzinfo=None):
        return moment
    after_gap = _first_instant_after_gap(moment, zone)
    exists = day in (local_date(after_gap, zone), local_date(after_gap - _SECOND, zone))
    return after_gap if exists else None


def next_instant(after: datetime, at: time, zone: ZoneInfo, weekdays: int = EVERY_DAY) -> datetime | None:
    """The first instant strictly after `after` at which local time `at` falls on a chosen weekday.

    `weekdays` is a bit mask, Monday the lowest bit; None when no day is chosen.
    """
    if not weekdays & EVERY_DAY:
        return None
    day = after.astimezone(zone).date() - _DAY
    while True:
        if weekdays >> day.weekday() & 1:
            moment = instant_of(day, at, zone)
            if moment is not None and moment > after:
                return moment
        day += _DAY


def slot_date(moment: datetime, at: time, zone: ZoneInfo) -> date:
    """The local date whose time `at` happens at `moment`: the inverse of `instant_of`.

    It is the calendar's date at `moment`, but for the hour that a clock change moved past midnight.
    """
    shown = local_date(moment, zone)
    before = shown - _DAY
    return before if instant_of(before, at, zone) == moment else shown


def local_date(moment: datetime, zone: ZoneInfo) -> date:
    """The date a reader's calendar shows at `moment`."""
    return moment.astimezone(zone).date()


def _first_instant_after_gap(moment: datetime, zone: ZoneInfo) -> datetime:
    """The first second after the gap that a skipped local time fell into.

    For a skipped time, `astimezone` (fold 0) uses the offset from before the gap, so `moment` lies
    after the transition by as much as the time lay inside the gap.
    """
    after = moment.astimezone(zone)
    low, high = moment - _DAY - timedelta(hours=2), moment
    offset = after.utcoffset()
    while high - low > _SECOND:
        middle = low + timedelta(seconds=(high - low) // _SECOND // 2)
        if middle.astimezone(zone).utcoffset() == offset:
            high = middle
        else:
            low = middle
    return high
