"""Searching the archive: every published story, by the words of its reports."""

from collections.abc import Iterable
from dataclasses import dataclass

from flask import Blueprint, Response, abort, make_response, render_template, request, url_for
from sqlalchemy.orm import Session

from newsletter.editions.search import MOST_COUNTED, Found, search
from newsletter.editions.search_words import Asked, read_question
from newsletter.mail.wording import one_line
from newsletter.models import Story, StoryArticle, Topic
from newsletter.web.marking import Piece, mark, telling
from newsletter.web.months import archived_topics
from newsletter.web.shared import shared

blueprint = Blueprint("search", __name__)

PER_PAGE, MOST_PAGES = 20, 50
# What is printed back of a question, and what may stand in an address.
LONGEST, LONGEST_NUMBER = 400, 3


@dataclass(frozen=True, slots=True)
class Result:
    """A story as a search shows it: `told` is the report that is shown, its words in pieces."""

    story: Story
    told: StoryArticle
    title: list[Piece]
    excerpt: list[Piece]


@blueprint.get("/search")
def look() -> Response:
    """The stories that hold what was asked for, a page of them."""
    typed = one_line(request.args.get("q", "")[: LONGEST * 2], LONGEST)
    asked, number = read_question(typed), _page_number(request.args.get("page", "1"))
    with shared().database.read() as session:
        topics = archived_topics(session)
        topic = _topic_asked(topics)
        found = _found(session, asked, topic, number)
        page = render_template(
            "search.html",
            asked_text=typed,
            asked=asked,
            topics=topics,
            topic=topic,
            newest=_newest(),
            number=found.number,
            more_than=found.number >= MOST_COUNTED,
            results=[_result(story, asked) for story in found.stories],
            earlier=_address(number - 1) if number > 1 else None,
            further=_address(number + 1)
            if found.number > number * PER_PAGE and number < MOST_PAGES
            else None,
            page_number=number,
        )
    response = make_response(page)
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _found(session: Session, asked: Asked, topic: Topic | None, number: int) -> Found:
    topic_id, first = topic.id if topic else None, (number - 1) * PER_PAGE
    return search(session, asked, topic_id, _newest(), first, PER_PAGE)


def _newest() -> bool:
    return request.args.get("order") == "newest"


def _topic_asked(topics: Iterable[Topic]) -> Topic | None:
    return next((topic for topic in topics if topic.slug == request.args.get("topic")), None)


def _page_number(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) <= LONGEST_NUMBER):
        abort(404)
    number = int(text)
    return number if 1 <= number <= MOST_PAGES else abort(404)


def _address(page: int) -> str:
    """This search's other page."""
    args = {name: value for name in ("q", "topic", "order") if (value := request.args.get(name))}
    return url_for("search.look", **args, **({"page": page} if page > 1 else {}))  # type: ignore[arg-type]


def _result(story: Story, asked: Asked) -> Result:
    told = _most_telling(story, asked)
    texts = [story.summary, *story.key_points, *(article.excerpt for article in story.articles)]
    excerpt = telling([one_line(text, 2000) for text in texts if text], asked)
    return Result(story, told, mark(one_line(told.title, 300), asked), mark(excerpt, asked))


def _most_telling(story: Story, asked: Asked) -> StoryArticle:
    """The lead, unless only another report's headline says what was asked for."""
    said = (one for one in story.articles if any(piece.marked for piece in mark(one.title, asked)))
    return next(said, story.articles[0])
