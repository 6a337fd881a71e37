"""Pictures that other sites show beside a link to us: of an edition, a story, the publication."""

from flask import Blueprint, Response, abort
from sqlalchemy.orm import Session

from newsletter.mail.dates import dateline
from newsletter.mail.languages import direction
from newsletter.mail.wording import one_line
from newsletter.models import Edition
from newsletter.web.caching import kept
from newsletter.web.headlines import published_edition
from newsletter.web.moments import read_date
from newsletter.web.share_picture import Shown, share_picture
from newsletter.web.shared import shared
from newsletter.web.stories import published_story

blueprint = Blueprint("share", __name__)

_PNG = "image/png"
_A_DAY = 24 * 3600


@blueprint.get("/share.png")
def of_site() -> Response:
    """The publication's own."""
    here = shared()
    host = here.settings.base_url.partition("://")[2]
    return _picture(Shown("", host, here.publication.name, here.publication.brand.accent))


@blueprint.get("/archive/<slug>/<day>/share.png")
def of_edition(slug: str, day: str) -> Response:
    """An edition's: topic, date, first headline."""
    when = read_date(day) or abort(404)
    with shared().database.read() as session:
        edition = published_edition(session, slug, when) or abort(404)
        first = edition.stories[0].articles[0].title if edition.stories else ""
        shown = _shown(edition, first)
    return _picture(shown)


@blueprint.get("/story/<number:story_id>/share.png")
def of_story(story_id: int) -> Response:
    """A story's: its headline, topic and date."""
    with shared().database.read() as session:
        shown = _shown_story(session, story_id)
    return _picture(shown)


def _shown_story(session: Session, story_id: int) -> Shown:
    story = published_story(session, story_id) or abort(404)
    return _shown(story.edition, story.articles[0].title)


def _shown(edition: Edition, headline: str) -> Shown:
    publication = shared().publication
    return Shown(
        publication=publication.name,
        about=f"{edition.topic.name} · {dateline(edition.date, edition.language)}",
        headline=one_line(headline, 160),
        accent=publication.brand.accent,
        rtl=direction(edition.language) == "rtl",
    )


def _picture(shown: Shown) -> Response:
    response = kept(share_picture(shown), _PNG)
    response.cache_control.max_age = _A_DAY
    return response
