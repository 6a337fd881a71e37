"""Comments under stories: by readers, who sign this browser in from the page that their mailed link opens.

The session holds the reader's handle and the moment, nothing else; it is signed, and gone after a month.
Public pages stay the same for everybody: the form is shown to who is signed in alone.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from flask import Blueprint, abort, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup, escape
from sqlalchemy.orm import Session

from newsletter import comments
from newsletter.attempts import Gate, TooManyAttempts, Visitor, admit
from newsletter.models import Comment, Story, Subscriber
from newsletter.subscribers import UnknownSubscriber, find_by_handle
from newsletter.tokens import Purpose
from newsletter.web import errors
from newsletter.web.i18n import _, page_language
from newsletter.web.links import handle_and_age
from newsletter.web.readers import READERS, reader_of
from newsletter.web.shared import shared
from newsletter.web.stories import family, published_story

blueprint = Blueprint("commenting", __name__)

SIGNED_IN = timedelta(days=30)
GATE = Gate("commenting", network=20, around=60, everybody=500)
_NAME = "commenter"


@blueprint.post("/preferences/<token>/comment-here")
def sign_in(token: str) -> ResponseReturnValue:
    """Let this browser write comments as the reader; by a fresh link alone."""
    _where_allowed()
    if handle_and_age(token, Purpose.MANAGE)[1]:
        abort(403)
    with shared().database.read() as database:
        handle = reader_of(database, token).handle
    session[_NAME] = [handle, int(shared().clock().timestamp())]
    return redirect(url_for("preferences.look", token=token, done="comments-on", language=None), 303)


@blueprint.post("/commenting/end")
def sign_out() -> ResponseReturnValue:
    """Let this browser write no more."""
    session.pop(_NAME, None)
    return redirect(url_for("archive.editions"), 303)


@blueprint.post("/story/<number:story_id>/comment")
def write(story_id: int) -> ResponseReturnValue:
    """Take a comment down; the operator looks at it first."""
    _where_allowed()
    here = shared()
    name, text = comments.read_name(request.form.get("name", "")), comments.read_text(_typed())
    if not name or not text:
        return _refused(422, _("Something is missing"), _("A comment needs a name and a text."))
    try:
        with here.database.write() as database:
            reader, story = _reader(database) or abort(403), published_story(database, story_id)
            if story is None or story.thread_id is None:
                abort(404)
            admit(
                database, GATE, Visitor(request.remote_addr or "", here.settings.counting_key), here.clock()
            )
            language = page_language()
            comments.write(database, story.thread_id, reader.id, name, text, language, here.clock())
    except (comments.TooManyComments, TooManyAttempts):
        return _refused(429, _("That is enough for now"), _("Please come back in an hour."))
    return redirect(url_for("story.look", story_id=story_id, said="1", _anchor="comments"), 303)


@blueprint.post("/story/<number:story_id>/comment/<number:comment_id>/take-back")
def take_back(story_id: int, comment_id: int) -> ResponseReturnValue:
    """Erase one's own comment."""
    with shared().database.write() as database:
        reader = _reader(database) or abort(403)
        comments.take_back(database, comment_id, reader.id) or abort(404)
    return redirect(url_for("story.look", story_id=story_id, _anchor="comments"), 303)


def commenter(database: Session) -> Subscriber | None:
    """Who may comment in this browser; None for everybody else, and where comments are off."""
    return _reader(database) if shared().settings.comments else None


def comments_on(database: Session, story: Story, reader: Subscriber | None) -> Sequence[Comment]:
    """The comments on all threads of a story's family; none where they are off."""
    if not shared().settings.comments or story.thread_id is None:
        return []
    return comments.about(database, family(database, story.thread_id), reader.id if reader else None)


def said_safely(text: str) -> Markup:
    """A comment as HTML: its lines, and its addresses as links that lend it no weight (`rel`)."""
    pieces: list[Markup] = []
    done = 0
    for found in comments.ADDRESS.finditer(text):
        pieces += [escape(text[done : found.start()]), _link(found[0])]
        done = found.end()
    pieces.append(escape(text[done:]))
    return Markup("").join(pieces).replace("\n", Markup("<br>"))


def _link(address: str) -> Markup:
    return Markup('<a href="{0}" rel="ugc nofollow noopener noreferrer">{0}</a>').format(address)


def _reader(database: Session) -> Subscriber | None:
    """The reader this browser was signed in as, if they still read us."""
    match session.get(_NAME):
        case [str(handle), int(at)] if shared().clock() - datetime.fromtimestamp(at, UTC) <= SIGNED_IN:
            try:
                reader = find_by_handle(database, handle)
            except UnknownSubscriber:
                return None
            return reader if reader.status in READERS else None
        case _:
            return None


def _where_allowed() -> None:
    if not shared().settings.comments:
        abort(404)


def _typed() -> str:
    return request.form.get("text", "")


def _refused(status: int, title: str, words: str) -> ResponseReturnValue:
    return errors.page(status, title, words)
