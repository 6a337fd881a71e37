"""Warming up a new sending address: so many mails on its first day, more on each day after."""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from newsletter.limits import UNLIMITED, Limit
from newsletter.sendtime import local_date

# Doubling from 50: after eleven days of mail that readers wanted, providers know the address.
PLAN = tuple(50 * 2**day for day in range(11))


@dataclass(frozen=True, slots=True)
class WarmUp:
    """A plan of mails a day from the date `start` on, by the calendar of `zone`."""

    start: date
    plan: tuple[int, ...]
    zone: ZoneInfo

    def limit(self, now: datetime) -> Limit:
        """What holds on the day of `now`; no limit before the first and after the last day."""
        day = (local_date(now, self.zone) - self.start).days
        if 0 <= day < len(self.plan):
            return Limit(per_day=self.plan[day], zone=self.zone)
        return UNLIMITED
