"""Times as readers say them: hours, time zones by region, and how long it is until something."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from importlib import resources
from zoneinfo import ZoneInfo, available_timezones

from newsletter.mail.dates import date_and_time, date_without_year, long_date, weekday_and_time
from newsletter.web.i18n import _, ngettext

HOURS = tuple(f"{hour:02}:00" for hour in range(24))
DEFAULT_HOUR = "07:00"
_MINUTE = timedelta(minutes=1)
_LONGEST_IN_HOURS = 36
_TIME = re.compile(r"([01]\d|2[0-3]):([0-5]\d)", re.ASCII)
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Region:
    """A part of the world, and its zones as (IANA name, name of the place)."""

    name: str
    zones: tuple[tuple[str, str], ...]


@cache
def known_zones() -> frozenset[str]:
    """Every zone name that is accepted, old spellings included."""
    return frozenset(available_timezones())


@cache
def regions() -> Sequence[Region]:
    """The zones people choose from, by region: those of the tz database's table of inhabited places."""
    table = (resources.files("tzdata.zoneinfo") / "zone.tab").read_text(encoding="utf-8")
    names = {line.split("\t")[2] for line in table.splitlines() if line and not line.startswith("#")}
    by_region: dict[str, list[tuple[str, str]]] = {}
    for name in sorted(names & known_zones()):
        region, _slash, place = name.partition("/")
        by_region.setdefault(region, []).append((name, place.replace("_", " ").replace("/", ", ")))
    return [Region(name, tuple(zones)) for name, zones in by_region.items()]


@cache
def listed_zones() -> frozenset[str]:
    """The zones that stand in `regions`."""
    return frozenset(name for region in regions() for name, _place in region.zones)


def read_date(text: str) -> date | None:
    """The date of `2026-11-22`; None for anything else."""
    try:
        return date.fromisoformat(text) if _DATE.fullmatch(text) else None
    except ValueError:
        return None


def read_time(text: str) -> time | None:
    """The time of day of `07:00`; None for anything else."""
    return time.fromisoformat(text) if _TIME.fullmatch(text) else None


def day_in_words(day: date, language: str) -> str:
    """A date as a newspaper prints it: Sunday, 22 November 2026."""
    return long_date(day, language)


def moment_in_words(moment: datetime, zone: ZoneInfo, language: str) -> str:
    """A weekday and a time of day on the reader's clock: Sunday, 07:00."""
    return weekday_and_time(moment.astimezone(zone), language)


def near_moment(moment: datetime, now: datetime, zone: ZoneInfo, language: str) -> str:
    """A moment as seen from now: today at 06:00, tomorrow at 06:00, Wednesday, 25 November at 06:00."""
    local = moment.astimezone(zone)
    clock, days = f"{local:%H:%M}", (local.date() - now.astimezone(zone).date()).days
    if days == 0:
        return _("today at %(time)s", time=clock)
    if days == 1:
        return _("tomorrow at %(time)s", time=clock)
    return _("%(day)s at %(time)s", day=date_without_year(local.date(), language), time=clock)


def printed_moment(moment: datetime, zone: ZoneInfo, language: str) -> str:
    """A moment as it can be read for years: 22 Nov 2026, 05:40."""
    return date_and_time(moment.astimezone(zone), language)


def wait_between(now: datetime, then: datetime) -> tuple[str, int]:
    """How long it is from `now` to `then` as people count it: minutes, hours or days, and how many."""
    minutes = round((then - now) / _MINUTE)
    if minutes < 60:
        return "minutes", max(0, minutes)
    hours = round(minutes / 60)
    return ("hours", hours) if hours <= _LONGEST_IN_HOURS else ("days", round(hours / 24))


def time_until(now: datetime, then: datetime) -> str:
    """How long it is from `now` to `then`, as people say it: in 25 minutes, in 9 hours, in 3 days."""
    match wait_between(now, then):
        case "minutes", 0:
            return _("any moment now")
        case "minutes", number:
            return ngettext("in one minute", "in %(num)s minutes", number)
        case "hours", number:
            return ngettext("in one hour", "in %(num)s hours", number)
        case _unit, number:
            return ngettext("in one day", "in %(num)s days", number)
