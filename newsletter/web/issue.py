"""An issue in the browser: what a mail showed, without anything that belongs to its reader."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from flask import Blueprint, Response, abort, render_template

from newsletter.mail.times import minutes_to_read
from newsletter.models import Edition, Story
from newsletter.web.caching import kept
from newsletter.web.moments import read_date
from newsletter.web.shared import shared
from newsletter.web.stories import published_editions

blueprint = Blueprint("issue", __name__)

MOST_EDITIONS = 60
_IDS = re.compile(r"[1-9][0-9]{0,8}(?:-[1-9][0-9]{0,8})*", re.ASCII)


@dataclass(frozen=True, slots=True)
class Part:
    """An edition's place in an issue: those of its stories that no part before it has shown."""

    edition: Edition
    stories: tuple[Story, ...]


@blueprint.get("/issue/<day>/<ids>")
def look(day: str, ids: str) -> Response:
    """Show these editions as the issue of this date; those that are not published are left out."""
    when = read_date(day) or abort(404)
    with shared().database.read() as session:
        editions = published_editions(session, _numbers(ids)) or abort(404)
        parts = list(parts_of(editions))
        stories = [story for part in parts for story in part.stories]
        page = render_template(
            "issue.html", day=when, parts=parts, count=len(stories), minutes=minutes_to_read(_texts(stories))
        )
    response = kept(page)
    response.headers["X-Robots-Tag"] = "noindex"  # the same words stand on the editions' pages
    return response


def parts_of(editions: Sequence[Edition]) -> Iterator[Part]:
    """The editions in their order; what two of them carry stands under the first alone."""
    shown: set[str] = set()
    for edition in editions:
        fresh = tuple(story for story in edition.stories if story.articles[0].url not in shown)
        shown.update(story.articles[0].url for story in fresh)
        if fresh:
            yield Part(edition, fresh)


def _numbers(ids: str) -> list[int]:
    if not _IDS.fullmatch(ids):
        abort(404)
    return [int(number) for number in ids.split("-", MOST_EDITIONS)[:MOST_EDITIONS]]


def _texts(stories: Sequence[Story]) -> Iterator[str]:
    for story in stories:
        yield story.summary
        yield from (article.title for article in story.articles)
