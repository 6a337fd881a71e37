"""A story's own page: every report of it, and how it went before and after."""

from flask import Blueprint, abort, render_template
from flask.typing import ResponseReturnValue

from newsletter.web.caching import kept
from newsletter.web.shared import shared
from newsletter.web.stories import continued_by, earlier, published_story

blueprint = Blueprint("story", __name__)


@blueprint.get("/story/<number:story_id>")
def look(story_id: int) -> ResponseReturnValue:
    """Show a story of a published edition."""
    with shared().database.read() as session:
        story = published_story(session, story_id) or abort(404)
        page = render_template(
            "story.html",
            story=story,
            lead=story.articles[0],
            edition=story.edition,
            earlier=earlier(session, story),
            later=continued_by(session, story),
        )
    return kept(page)
