"""Readers' own page: topics, hour, days, a pause, sources. Its link lets nobody do more than that."""

from datetime import date
from typing import NamedTuple

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from newsletter import subscribers
from newsletter.addresses import masked
from newsletter.mail.languages import LANGUAGES, own_name
from newsletter.models import Subscriber
from newsletter.push import browsers
from newsletter.tokens import Purpose
from newsletter.web.away import FROM_MAIL, away_page, paused_page, resumed_page, today_of
from newsletter.web.forms import ChoicesForm, choices_of, read_choices
from newsletter.web.i18n import _
from newsletter.web.lengths import length_names
from newsletter.web.links import handle_and_age, token_for
from newsletter.web.moments import HOURS, listed_zones
from newsletter.web.notify import tell_pause, tell_return
from newsletter.web.offers import offers
from newsletter.web.pausing import A_DAY, LONGEST, PauseForm, read_pause
from newsletter.web.push import our_public_key
from newsletter.web.readers import reader_of, told_if_old
from newsletter.web.same_pages import same_page
from newsletter.web.shared import shared
from newsletter.web.sources import muted_sources
from newsletter.web.standing import next_issue

blueprint = Blueprint("preferences", __name__)


class Standing(NamedTuple):
    """What the page tells of a reader besides their choices."""

    status: str
    paused_until: date | None
    language: str
    length: str


class Muted(NamedTuple):
    """A source the reader does without."""

    id: int
    name: str


@blueprint.get("/preferences/<token>")
def look(token: str) -> ResponseReturnValue:
    """Show a reader's choices."""
    with shared().database.read() as session:
        reader = reader_of(session, token)
        return _page(session, reader, token, choices_of(reader))


@blueprint.post("/preferences/<token>")
def change(token: str) -> ResponseReturnValue:
    """Take over a reader's new choices."""
    here = shared()
    with here.database.write() as session:
        reader = reader_of(session, token)
        offered = [topic.slug for topic in subscribers.offered_topics(session)]
        form = read_choices(request.form, offered)
        if form.problems:
            return _page(session, reader, token, form), 422
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
            return _page(session, reader, token, choices_of(reader), form), 422
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


def _commenting(token: str) -> str:
    """Whether the link lets this browser comment: `fresh`, `old`, or "" where there are no comments."""
    if not shared().settings.comments:
        return ""
    return "old" if handle_and_age(token, Purpose.MANAGE)[1] else "fresh"


def _from_mail() -> bool:
    return FROM_MAIL in request.form.items()


def _back(token: str, done: str) -> ResponseReturnValue:
    # No language in the address: whoever has just chosen one sees that.
    return redirect(url_for("preferences.look", token=token, done=done, language=None), 303)


def _page(
    session: Session, reader: Subscriber, token: str, form: ChoicesForm, pausing: PauseForm | None = None
) -> str:
    done = {
        "saved": _("Your choices are saved."),
        "paused": _("Your mail is paused."),
        "resumed": _("Welcome back. Your mail goes on."),
        "brought-back": _("That source is back from your next issue on."),
        "comments-on": _("You can comment in this browser now, at the end of every story."),
        "notices-on": _("This browser tells you from your next issue on."),
        "notices-off": _("No browser tells you any more."),
    }
    today = today_of(reader)
    own = {
        "address": masked(reader.address),
        "token": token,
        "unsubscribe": token_for(reader.handle, Purpose.UNSUBSCRIBE),
    }
    return same_page(
        "preferences.html",
        own,
        subscriber=Standing(reader.status, reader.paused_until, reader.language, reader.length),
        form=form,
        pausing=pausing or PauseForm(),
        earliest=today + A_DAY,
        latest=today + LONGEST,
        muted=tuple(Muted(source.id, source.name) for source in muted_sources(session, reader.muted_sources)),
        done=done.get(request.args.get("done", "")),
        next_issue=next_issue(reader, shared().clock()),
        news=offers(),
        browsers=browsers.count(session, reader),
        push_key=our_public_key(),
        comments=_commenting(token),
        hours=HOURS,
        languages=tuple((tag, own_name(tag)) for tag in LANGUAGES),
        listed_zones=listed_zones(),
        lengths=length_names(),
    )
