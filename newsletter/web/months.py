"""The archive's calendar: a month's weeks, its editions, and the months before and after it."""

import calendar
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from babel.dates import format_skeleton, get_day_names
from sqlalchemy import ColumnElement, Select, exists, func, select, true
from sqlalchemy.orm import Session, joinedload

from newsletter.mail.languages import locale_of
from newsletter.models import Edition, EditionStatus, Story, StoryArticle, Topic

# The earliest month that is looked at: nothing was printed before, and Babel knows only our calendar.
_EARLIEST_YEAR = 1900
# CLDR knows it by country only: in most that speak Arabic a week begins on Saturday (5).
_WEEK_BEGINS = {"ar": 5}


@dataclass(frozen=True, slots=True)
class Month:
    """A month by its first day."""

    first: date

    @property
    def after(self) -> date:
        """The first day of the next month."""
        return (self.first + timedelta(days=31)).replace(day=1)

    def weeks(self, language: str) -> list[list[date | None]]:
        """Its days by weeks, as calendars of a language begin them; None where another month stands."""
        weeks = calendar.Calendar(_week_begins(language)).monthdatescalendar(
            self.first.year, self.first.month
        )
        return [[day if day.month == self.first.month else None for day in week] for week in weeks]

    def in_words(self, language: str) -> str:
        """November 2026; novembre 2026, with a capital letter where it stands alone."""
        words = format_skeleton("yMMMM", self.first, locale=locale_of(language))
        return words[:1].upper() + words[1:]

    def __str__(self) -> str:
        return f"{self.first:%Y-%m}"


@dataclass(frozen=True, slots=True)
class Printed:
    """An edition in a list, and the headline it opened with."""

    edition: Edition
    headline: str


@dataclass(frozen=True, slots=True)
class MonthOfEditions:
    """A month's editions, newest first, and the nearest months before and after that have any."""

    month: Month
    printed: Sequence[Printed]
    before: Month | None
    after: Month | None


def weekdays(language: str) -> list[tuple[str, str]]:
    """The days of a week in a language's order: as they head a calendar, and in full."""
    locale = locale_of(language)
    short, whole = (get_day_names(width, "stand-alone", locale) for width in ("short", "wide"))
    days = [(_week_begins(language) + place) % 7 for place in range(7)]
    return [(short[day], whole[day]) for day in days]


def day_names(language: str) -> list[str]:
    """The days of a week in full, Monday first."""
    names = get_day_names("wide", "stand-alone", locale_of(language))
    return [names[day] for day in range(7)]


def _week_begins(language: str) -> int:
    locale = locale_of(language)
    return _WEEK_BEGINS.get(locale.language, locale.first_week_day)


def read_month(text: str) -> Month | None:
    """The month of `2026-11`; None for anything else."""
    try:
        first = date.fromisoformat(f"{text}-01")
    except ValueError:
        return None
    return Month(first) if len(text) == 7 and _EARLIEST_YEAR <= first.year < date.max.year else None


def archived_topics(session: Session) -> Sequence[Topic]:
    """The topics that are followed, or were once: those with editions, in their printed order."""
    printed = exists().where(Edition.topic_id == Topic.id, Edition.status == EditionStatus.PUBLISHED)
    query = select(Topic).where(Topic.active | printed).order_by(Topic.position, Topic.id)
    return session.scalars(query).all()


def newest_month(session: Session, topic_id: int | None) -> Month | None:
    """The month of a topic's newest edition, or of all; None while there is none."""
    newest = session.scalar(_dates(topic_id, func.max(Edition.date)))
    return _month_of(newest)


def editions_of(session: Session, month: Month, topic_id: int | None) -> MonthOfEditions:
    """A month's published editions, of one topic or of all."""
    before = session.scalar(_dates(topic_id, func.max(Edition.date)).where(Edition.date < month.first))
    after = session.scalar(_dates(topic_id, func.min(Edition.date)).where(Edition.date >= month.after))
    rows = session.execute(_printed(topic_id).where(Edition.date >= month.first, Edition.date < month.after))
    return MonthOfEditions(
        month,
        [Printed(edition, headline) for edition, headline in rows],
        _month_of(before),
        _month_of(after),
    )


def neighbours(session: Session, edition: Edition) -> tuple[date | None, date | None]:
    """The dates of a topic's published editions just before and after this one."""
    before = _dates(edition.topic_id, func.max(Edition.date)).where(Edition.date < edition.date)
    after = _dates(edition.topic_id, func.min(Edition.date)).where(Edition.date > edition.date)
    return session.scalar(before), session.scalar(after)


def _month_of(day: date | None) -> Month | None:
    return None if day is None else Month(day.replace(day=1))


def _of(topic_id: int | None) -> ColumnElement[bool]:
    return true() if topic_id is None else Edition.topic_id == topic_id


def _dates(topic_id: int | None, which: ColumnElement[date]) -> Select[date]:
    return select(which).where(Edition.status == EditionStatus.PUBLISHED, _of(topic_id))


def _printed(topic_id: int | None) -> Select[Edition, str]:
    return (
        select(Edition, StoryArticle.title)
        .join(Topic, Topic.id == Edition.topic_id)
        .join(Story, (Story.edition_id == Edition.id) & (Story.position == 0))
        .join(StoryArticle, (StoryArticle.story_id == Story.id) & (StoryArticle.position == 0))
        .where(Edition.status == EditionStatus.PUBLISHED, _of(topic_id))
        .order_by(Edition.date.desc(), Topic.position, Topic.id)
        .options(joinedload(Edition.topic))
    )
