"""Leaving: a page with a button, the mail programs' one-click POST, and the way back."""

from collections.abc import Callable

from flask import Blueprint, Response, current_app, make_response, render_template, request
from flask.typing import ResponseReturnValue

from newsletter import subscribers
from newsletter.addresses import masked
from newsletter.models import Subscriber, SubscriberStatus
from newsletter.tokens import InvalidToken, Purpose
from newsletter.web import wording
from newsletter.web.i18n import _, page_language
from newsletter.web.links import handle_from, subscriber_behind
from newsletter.web.notify import say_goodbye
from newsletter.web.shared import shared
from newsletter.web.standing import next_issue

blueprint = Blueprint("unsubscribe", __name__)


@blueprint.get("/unsubscribe/<token>")
def look(token: str) -> ResponseReturnValue:
    """Show the button that unsubscribes; to who has left, the way back."""
    here = shared()
    handle = handle_from(token, Purpose.UNSUBSCRIBE)
    with here.database.read() as session:
        try:
            subscriber = subscriber_behind(session, handle)
        except subscribers.UnknownSubscriber:
            return _nobody()
        if subscriber.status == SubscriberStatus.UNSUBSCRIBED:
            return _gone(subscriber, token)
        return render_template(
            "unsubscribe.html",
            address=masked(subscriber.address),
            token=token,
            consent=wording.unsubscribe_wording(here.publication.name),
        )


@blueprint.post("/unsubscribe/<token>")
def act(token: str) -> ResponseReturnValue:
    """Unsubscribe: by the page's button, or in one click by a mail program (RFC 8058, section 3.2)."""
    if _is_one_click():
        return _one_click(token)
    # Exempt from the general check, for a mail program brings neither cookie nor form.
    current_app.extensions["csrf"].protect()
    subscriber = _leave(token, "page", wording.unsubscribe_wording)
    return _gone(subscriber, token) if subscriber else _nobody()


@blueprint.post("/unsubscribe/<token>/undo")
def undo(token: str) -> ResponseReturnValue:
    """Take an unsubscription back while it is recent."""
    here = shared()
    handle = handle_from(token, Purpose.UNSUBSCRIBE)
    with here.database.write() as session:
        try:
            subscriber_behind(session, handle)
            words = wording.undo_wording(here.publication.name)
            subscriber = subscribers.resubscribe(session, handle, words, here.clock(), page_language())
        except subscribers.UnknownSubscriber:
            return _nobody()
        except subscribers.UndoClosed:
            return render_template("undo_closed.html"), 409
    return render_template("resubscribed.html", next_issue=next_issue(subscriber, here.clock()))


def _is_one_click() -> bool:
    # RFC 8058 knows two form encodings; programs that forget to name one are understood all the same.
    value = request.form.get("List-Unsubscribe", "")
    return value.strip().lower() == "one-click" or request.get_data() == b"List-Unsubscribe=One-Click"


def _one_click(token: str) -> Response:
    """Unsubscribe and say so in a line: no redirect, no cookie."""
    try:
        _leave(token, "one-click", wording.one_click_wording)
    except InvalidToken:
        return _plain(_("This unsubscribe link is not valid. Nothing was changed."), 404)
    return _plain(_("You are unsubscribed."), 200)


def _leave(token: str, via: str, wording_of: Callable[[str], str]) -> Subscriber | None:
    """Unsubscribe whoever the link is for; None when they are not known (any more).

    `wording_of` gives the words shown, of the publication's name, in the page's language.
    """
    here = shared()
    handle = handle_from(token, Purpose.UNSUBSCRIBE)
    with here.database.write() as session:
        try:
            subscriber_behind(session, handle)
            words = wording_of(here.publication.name)
            leaver = subscribers.unsubscribe(session, handle, via, words, here.clock(), page_language())
        except subscribers.UnknownSubscriber:
            return None
        say_goodbye(session, leaver)
        return leaver


def _gone(subscriber: Subscriber, token: str) -> str:
    here = shared()
    return render_template(
        "unsubscribed.html",
        address=masked(subscriber.address),
        token=token,
        may_undo=subscribers.may_undo(subscriber, here.clock()),
        consent=wording.undo_wording(here.publication.name),
    )


def _nobody() -> str:
    return render_template("nobody.html")


def _plain(text: str, status: int) -> Response:
    response = make_response(text + "\n", status)
    response.mimetype = "text/plain"
    return response
