"""Readers' own page: topics, hour, days, a pause, sources. Its link lets nobody do more than that."""

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from newsletter import subscribers
from newsletter.direct import Direct
from newsletter.web.away import FROM_MAIL, away_page, paused_page, resumed_page, today_of
from newsletter.web.forms import read_choices
from newsletter.web.notify import tell_pause, tell_return
from newsletter.web.pausing import read_pause
from newsletter.web.preferences_page import preferences_page
from newsletter.web.readers import reader_of, told_if_old
from newsletter.web.shared import shared

blueprint = Blueprint("preferences", __name__)


@blueprint.get("/preferences/<token>")
def look(token: str) -> ResponseReturnValue:
    """Show a reader's choices."""
    with shared().database.look() as direct:
        return preferences_page(direct, token)


@blueprint.post("/preferences/<token>")
def change(token: str) -> ResponseReturnValue:
    """Take over a reader's new choices."""
    here = shared()
    with here.database.write() as session:
        reader = reader_of(session, token)
        offered = [topic.slug for topic in subscribers.offered_topics(session)]
        form = read_choices(request.form, offered)
        if form.problems:
            return preferences_page(Direct(session.connection()), token, form), 422
        with told_if_old(session, reader, token):
            subscribers.change_preferences(session, reader.handle, form.choices(), here.clock())
    return _back(token, "saved")


@blueprint.get("/preferences/<token>/pause")
def look_at_pause(token: str) -> ResponseReturnValue:
    """Say what a pause of a week means; a mail's link leads here."""
    with shared().database.read() as session:
        return away_page(reader_of(session, token), token)


@blueprint.post("/preferences/<token>/pause")
def pause(token: str) -> ResponseReturnValue:
    """Pause for a week, until a date, or until the reader comes back."""
    with shared().database.write() as session:
        reader = reader_of(session, token)
        form = read_pause(request.form, today_of(reader))
        if form.problems:
            return preferences_page(Direct(session.connection()), token, pausing=form), 422
        tell_pause(session, subscribers.pause(session, reader.handle, form.until))
    return paused_page(reader, token) if _from_mail() else _back(token, "paused")


@blueprint.post("/preferences/<token>/resume")
def resume(token: str) -> ResponseReturnValue:
    """End a pause."""
    here = shared()
    with here.database.write() as session:
        reader = reader_of(session, token)
        tell_return(session, reader)
        subscribers.resume(session, reader.handle, here.clock())
    ended = request.form.get("ended", "")
    return resumed_page(reader, token, ended) if _from_mail() else _back(token, "resumed")


@blueprint.post("/preferences/<token>/bring-back")
def bring_back(token: str) -> ResponseReturnValue:
    """Take a source back that was left out."""
    source = request.form.get("source", 0, type=int)
    with shared().database.write() as session:
        reader = reader_of(session, token)
        with told_if_old(session, reader, token):
            subscribers.unmute_source(session, reader.handle, source)
    return _back(token, "brought-back")


def _from_mail() -> bool:
    return FROM_MAIL in request.form.items()


def _back(token: str, done: str) -> ResponseReturnValue:
    # No language in the address: whoever has just chosen one sees that.
    return redirect(url_for("preferences.look", token=token, done=done, language=None), 303)
