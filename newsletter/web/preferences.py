"""Readers' own page: topics, hour, days, a pause. Its link lets nobody do more than that."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from newsletter import subscribers
from newsletter.addresses import masked
from newsletter.models import Subscriber, SubscriberStatus
from newsletter.sendtime import local_date
from newsletter.tokens import Purpose
from newsletter.web.forms import ChoicesForm, choices_of, read_choices
from newsletter.web.headlines import newest_news
from newsletter.web.i18n import _
from newsletter.web.links import handle_from, token_for
from newsletter.web.moments import HOURS, listed_zones, regions
from newsletter.web.notify import tell_pause, tell_return
from newsletter.web.shared import shared
from newsletter.web.standing import next_issue

blueprint = Blueprint("preferences", __name__)

READERS = (SubscriberStatus.ACTIVE, SubscriberStatus.PAUSED)
A_WEEK = timedelta(days=7)


@blueprint.get("/preferences/<token>")
def look(token: str) -> ResponseReturnValue:
    """Show a reader's choices."""
    handle = handle_from(token, Purpose.MANAGE)
    with shared().database.read() as session:
        subscriber = subscribers.find_by_handle(session, handle)
        return _page(session, subscriber, token, choices_of(subscriber))


@blueprint.post("/preferences/<token>")
def change(token: str) -> ResponseReturnValue:
    """Take over a reader's new choices."""
    here = shared()
    handle = handle_from(token, Purpose.MANAGE)
    with here.database.write() as session:
        subscriber = subscribers.find_by_handle(session, handle)
        offered = [topic.slug for topic in subscribers.offered_topics(session)]
        form = read_choices(request.form, offered)
        if form.problems:
            return _page(session, subscriber, token, form), 422
        subscribers.change_preferences(session, handle, form.choices(), here.clock())
    return _back(token, "saved")


@blueprint.post("/preferences/<token>/pause")
def pause(token: str) -> ResponseReturnValue:
    """Pause for a week, or until the reader comes back."""
    here = shared()
    handle = handle_from(token, Purpose.MANAGE)
    with here.database.write() as session:
        reader = subscribers.find_by_handle(session, handle)
        today = local_date(here.clock(), ZoneInfo(reader.timezone))
        until = today + A_WEEK if request.form.get("for") == "week" else None
        tell_pause(session, subscribers.pause(session, handle, until))
    return _back(token, "paused")


@blueprint.post("/preferences/<token>/resume")
def resume(token: str) -> ResponseReturnValue:
    """End a pause."""
    handle = handle_from(token, Purpose.MANAGE)
    with shared().database.write() as session:
        tell_return(session, subscribers.find_by_handle(session, handle))
        subscribers.resume(session, handle, shared().clock())
    return _back(token, "resumed")


def _back(token: str, done: str) -> ResponseReturnValue:
    return redirect(url_for("preferences.look", token=token, done=done), 303)


def _page(session: Session, subscriber: Subscriber, token: str, form: ChoicesForm) -> str:
    unsubscribing = token_for(subscriber.handle, Purpose.UNSUBSCRIBE)
    if subscriber.status not in READERS:
        return render_template("not_a_reader.html", subscriber=subscriber, unsubscribe=unsubscribing)
    done = {
        "saved": _("Your choices are saved."),
        "paused": _("Your mail is paused."),
        "resumed": _("Welcome back. Your mail goes on."),
    }
    return render_template(
        "preferences.html",
        subscriber=subscriber,
        address=masked(subscriber.address),
        token=token,
        form=form,
        done=done.get(request.args.get("done", "")),
        next_issue=next_issue(subscriber, shared().clock()),
        news=newest_news(session, subscribers.offered_topics(session), most=1),
        unsubscribe=unsubscribing,
        hours=HOURS,
        regions=regions(),
        listed_zones=listed_zones(),
    )
