"""Times as a newspaper prints them, and how long it takes to read one."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from newsletter.mail.clock import Clock
from newsletter.mail.dates import dateline, short_date
from newsletter.mail.languages import comma, translations

WORDS_A_MINUTE = 220


def time_in_words(moment: datetime, day: date, clock: Clock, language: str) -> str:
    """A moment as seen from the issue of `day`: today 05:40, yesterday 22:10, Fri 20 Nov, 22:10.

    Another year is named.
    """
    gettext = translations(language).gettext
    local = clock.local(moment)
    shown = f"{local:%H:%M}"
    if local.date() == day:
        return gettext("today %(time)s") % {"time": shown}
    if local.date() == day - timedelta(days=1):
        return gettext("yesterday %(time)s") % {"time": shown}
    return f"{short_date(local.date(), language, local.year != day.year)}{comma(language)}{shown}"


def day_in_words(day: date, language: str) -> str:
    """A date written out, where it stands alone: Sunday, 22 November 2026."""
    return dateline(day, language)


def minutes_to_read(texts: Iterable[str]) -> int:
    """How long a reader needs, in whole minutes, at least one; addresses are not read."""
    words = sum(not word.startswith(("https://", "http://")) for text in texts for word in text.split())
    return max(1, round(words / WORDS_A_MINUTE))


def zone_in_words(zone: str) -> str:
    """An IANA zone without its underscores: America/New York."""
    return zone.replace("_", " ")
