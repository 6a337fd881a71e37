"""Past editions, for everybody to read: by month and topic, and each as a page."""

from collections.abc import Sequence
from itertools import groupby

from flask import Blueprint, abort, render_template
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from newsletter.models import Topic
from newsletter.web.caching import kept
from newsletter.web.headlines import published_edition
from newsletter.web.i18n import page_language
from newsletter.web.moments import read_date
from newsletter.web.months import (
    MonthOfEditions,
    archived_topics,
    editions_of,
    neighbours,
    newest_month,
    read_month,
    weekdays,
)
from newsletter.web.shared import shared
from newsletter.web.structured import edition_data

blueprint = Blueprint("archive", __name__)


@blueprint.get("/archive", endpoint="editions")
@blueprint.get("/archive/<month:month>", endpoint="month")
def of_all(month: str | None = None) -> ResponseReturnValue:
    """The editions of a month by date, the newest first; of the newest month at first."""
    return _month_page(None, month)


@blueprint.get("/archive/<slug>", endpoint="topic")
@blueprint.get("/archive/<slug>/<month:month>", endpoint="topic_month")
def of_topic(slug: str, month: str | None = None) -> ResponseReturnValue:
    """One topic's editions of a month."""
    return _month_page(slug, month)


@blueprint.get("/archive/<slug>/<day>")
def edition(slug: str, day: str) -> ResponseReturnValue:
    """One topic's edition of one date."""
    when = read_date(day) or abort(404)
    with shared().database.read() as session:
        found = published_edition(session, slug, when) or abort(404)
        before, after = neighbours(session, found)
        data = edition_data(found, shared().settings.base_url, shared().publication.name)
        page = render_template("edition.html", edition=found, before=before, after=after, data=data)
        return kept(page)


def _month_page(slug: str | None, asked: str | None) -> ResponseReturnValue:
    with shared().database.read() as session:
        topics = archived_topics(session)
        topic = _topic(topics, slug)
        found = _month(session, topic, asked)
        page = render_template(
            "archive.html",
            topics=topics,
            topic=topic,
            found=found,
            asked=asked,
            days=_by_date(found),
            weekdays=weekdays(page_language()),
        )
    return kept(page)


def _topic(topics: Sequence[Topic], slug: str | None) -> Topic | None:
    if slug is None:
        return None
    return next((topic for topic in topics if topic.slug == slug), None) or abort(404)


def _month(session: Session, topic: Topic | None, asked: str | None) -> MonthOfEditions | None:
    """None while nothing was printed. A month in which nothing was printed is no page of its own."""
    number = topic.id if topic else None
    month = newest_month(session, number) if asked is None else read_month(asked) or abort(404)
    if month is None:
        return None
    found = editions_of(session, month, number)
    return found if found.printed else abort(404)


def _by_date(found: MonthOfEditions | None) -> dict[object, list[object]]:
    printed = found.printed if found else ()
    return {day: list(group) for day, group in groupby(printed, lambda one: one.edition.date)}
