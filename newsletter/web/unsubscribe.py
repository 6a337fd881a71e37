"""Leaving: a page with a button, the mail programs' one-click POST, and the way back."""

from collections.abc import Callable

from flask import (
    Blueprint,
    Response,
    abort,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from newsletter import subscribers
from newsletter.addresses import masked
from newsletter.leaving import leave
from newsletter.models import Subscriber, SubscriberStatus, Topic
from newsletter.tokens import InvalidToken, Purpose
from newsletter.web import link_guard, wording
from newsletter.web.i18n import _, page_language
from newsletter.web.links import handle_from, subscriber_behind
from newsletter.web.readers import READERS
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
            topics=list(subscriber.topics) if subscriber.status in READERS else [],
            reasons=_reasons(),
        )


@blueprint.post("/unsubscribe/<token>")
def act(token: str) -> ResponseReturnValue:
    """Unsubscribe: by the page's button, or in one click by a mail program (RFC 8058, section 3.2)."""
    if _is_one_click():
        return _one_click(token)
    # Exempt from the general check, for a mail program brings no form.
    link_guard.protect()
    if slug := request.form.get("topic"):
        return _leave_topic(token, slug)
    subscriber = _leave(token, "page", wording.unsubscribe_wording)
    return _gone(subscriber, token) if subscriber else _nobody()


@blueprint.post("/unsubscribe/<token>/topic")
def topic_back(token: str) -> ResponseReturnValue:
    """Bring one topic back that was just left."""
    handle = handle_from(token, Purpose.UNSUBSCRIBE)
    with shared().database.write() as session:
        try:
            reader = subscriber_behind(session, handle)
            was = subscribers.choices_now(reader)
            topic = subscribers.return_to_topic(session, handle, request.form.get("topic", ""))
            subscribers.remember(session, reader, was, shared().clock())
        except subscribers.UnknownSubscriber:
            return _nobody()
        except subscribers.UnknownTopic:
            abort(400)
        return _topic_page(reader, token, topic, back=True)


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


def _leave_topic(token: str, slug: str) -> ResponseReturnValue:
    """Stop one topic; pressed twice, or an old page's: the page to choose from shows again."""
    here = shared()
    handle = handle_from(token, Purpose.UNSUBSCRIBE)
    with here.database.write() as session:
        try:
            reader = subscriber_behind(session, handle)
            was = subscribers.choices_now(reader)
            topic = subscribers.leave_topic(session, handle, slug)
            # These links carry no date: each may be old.
            subscribers.remember(session, reader, was, here.clock())
        except subscribers.UnknownSubscriber:
            return _nobody()
        except subscribers.UnknownTopic:
            return redirect(url_for("unsubscribe.look", token=token), 303)
        _note_reason(session, topic)
        return _topic_page(reader, token, topic, back=False)


def _topic_page(reader: Subscriber, token: str, topic: Topic, *, back: bool) -> str:
    return render_template(
        "topic_left.html", address=masked(reader.address), token=token, topic=topic, back=back
    )


def _note_reason(session: Session, topic: Topic | None = None) -> None:
    reason, words = request.form.get("reason", ""), request.form.get("words", "")
    subscribers.note_reason(session, reason, words, shared().clock(), topic)


def _reasons() -> list[tuple[str, str]]:
    return [
        ("too_many", _("Too many mails")),
        ("not_relevant", _("Not what I want to read")),
        ("not_asked", _("I never asked for it")),
        ("elsewhere", _("I read the news elsewhere")),
        ("other", _("Something else")),
    ]


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
            known = subscriber_behind(session, handle)
            # Said once for each time somebody leaves, so that nobody can fill the table by one link.
            if known.status in READERS:
                _note_reason(session)
            words = wording_of(here.publication.name)
            domain = here.publication.list_domain
            return leave(session, handle, via, words, here.clock(), domain, page_language())
        except subscribers.UnknownSubscriber:
            return None


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
