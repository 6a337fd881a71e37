"""A story's own page: every report of it, and how it went before and after."""

from flask import Blueprint, Response, abort, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from newsletter.mail.languages import offered
from newsletter.models import Story
from newsletter.web.caching import kept
from newsletter.web.commenting import commenter, comments_on
from newsletter.web.i18n import page_language
from newsletter.web.machine import MachineWords, machine_set
from newsletter.web.shared import shared
from newsletter.web.stories import newest_of_thread, published_story, timeline
from newsletter.web.structured import story_data

blueprint = Blueprint("story", __name__)


@blueprint.get("/story/<number:story_id>")
def look(story_id: int) -> ResponseReturnValue:
    """Show a story of a published edition."""
    with shared().database.read() as session:
        story = published_story(session, story_id) or abort(404)
        page = story_page(session, story)
        # Who may comment sees a form of their own.
        return _own(page) if commenter(session) else kept(page)


@blueprint.get("/thread/<handle>")
def thread(handle: str) -> ResponseReturnValue:
    """Lead on to the newest story of a thread, also where it was joined to another."""
    with shared().database.read() as session:
        story_id = newest_of_thread(session, handle[:64]) or abort(404)
    return redirect(url_for("story.look", story_id=story_id))


def story_page(
    session: Session, story: Story, said: MachineWords | None = None, kind: str = "", question: str = ""
) -> str:
    """The page; with what a model said on request: `kind` is explain, answer or translate."""
    here, steps = shared(), timeline(session, story)
    me = commenter(session)
    day = story.edition.date
    return render_template(
        "story.html",
        story=story,
        lead=story.articles[0],
        edition=story.edition,
        steps=steps,
        later=next((step.lead for step in steps if step.lead.story.edition.date > day), None),
        thread_id=story.thread_id,
        now=here.clock(),
        data=story_data(story, here.settings.base_url, here.publication.name),
        machine=machine_set() is not None,
        foreign=offered(story.edition.language) != page_language(),
        said=said,
        kind=kind,
        question=question,
        comments_allowed=here.settings.comments,
        comments=comments_on(session, story, me),
        me=me,
        said_something=bool(me) and "said" in request.args,
    )


def _own(page: str) -> Response:
    response = make_response(page)
    response.headers["Cache-Control"] = "no-store"
    return response
