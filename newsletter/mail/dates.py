"""Dates as each language writes them: the patterns of Unicode CLDR, through Babel.

English is the exception: CLDR's is American (Sunday, November 22, 2026), ours puts the day first, which
English readers anywhere understand. Days and months are in lower case where a language has them so
within a sentence; `dateline` is for a date that stands alone.
"""

import re
from datetime import date, datetime

from babel.dates import format_date

from newsletter.mail.languages import comma, locale_of

# By skeleton (Unicode TR35, part 4).
_ENGLISH = {"MMMEd": "EEE d MMM", "yMMMEd": "EEE d MMM y", "yMMMd": "d MMM y"}
_LONG = {"en": "EEEE, d MMMM y"}
# CLDR has no such skeleton for most languages: these are its full formats without the year.
_WITHOUT_YEAR = {
    "en": "EEEE, d MMMM",
    "de": "EEEE, d. MMMM",
    "fr": "EEEE d MMMM",
    "es": "EEEE, d 'de' MMMM",
    "uk": "EEEE, d MMMM",
    "ar": "EEEE، d MMMM",
}
_FIRST = re.compile(r"\b1\b")


def long_date(day: date, language: str) -> str:
    """A date within a sentence: Sunday, 22 November 2026; dimanche 22 novembre 2026."""
    return _formatted(day, _LONG.get(locale_of(language).language, "full"), language)


def dateline(day: date, language: str) -> str:
    """The same where it stands alone, or first: Dimanche 22 novembre 2026."""
    words = long_date(day, language)
    return words[:1].upper() + words[1:]


def date_without_year(day: date, language: str) -> str:
    """Sunday, 22 November."""
    return _formatted(day, _WITHOUT_YEAR[locale_of(language).language], language)


def day_and_time(moment: datetime, language: str) -> str:
    """Sunday, 22 November, 05:40, on the clock the moment carries."""
    return f"{date_without_year(moment.date(), language)}{comma(language)}{moment:%H:%M}"


def short_date(day: date, language: str, year: bool = False) -> str:
    """Sun 22 Nov; with `year`, Sun 22 Nov 2026."""
    return _by_skeleton(day, "yMMMEd" if year else "MMMEd", language)


def date_and_time(moment: datetime, language: str) -> str:
    """22 Nov 2026, 05:40, on the clock the moment carries."""
    return f"{_by_skeleton(moment.date(), 'yMMMd', language)}{comma(language)}{moment:%H:%M}"


def weekday_and_time(moment: datetime, language: str) -> str:
    """Sunday, 07:00, on the clock the moment carries."""
    weekday = format_date(moment.date(), "EEEE", locale=locale_of(language))
    return f"{weekday}{comma(language)}{moment:%H:%M}"


def _by_skeleton(day: date, skeleton: str, language: str) -> str:
    locale = locale_of(language)
    english = _ENGLISH[skeleton] if locale.language == "en" else ""
    return _formatted(day, english or str(locale.datetime_skeletons[skeleton]), language)


def _formatted(day: date, pattern: str, language: str) -> str:
    locale = locale_of(language)
    words = str(format_date(day, pattern, locale=locale))
    # CLDR has no ordinals: the first of a month is the only one in French.
    return _FIRST.sub("1er", words, count=1) if (locale.language, day.day) == ("fr", 1) else words
