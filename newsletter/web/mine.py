"""What is kept about a reader: to see, to download, to erase. Only a link fresh from the mailbox opens it."""

import json

from flask import Blueprint, Response, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from newsletter import subscribers
from newsletter.addresses import masked
from newsletter.delivery.suppression import is_suppressed
from newsletter.models import Subscriber
from newsletter.tokens import MINE_WITHIN, Purpose
from newsletter.web.i18n import page_language
from newsletter.web.links import handle_from_recent, subscriber_behind
from newsletter.web.shared import shared

blueprint = Blueprint("mine", __name__)


@blueprint.get("/mine/<token>")
def look(token: str) -> ResponseReturnValue:
    """Say what is kept, and offer to take it along or to erase it."""
    with shared().database.read() as session:
        reader = _reader(session, token)
        kept = _everything(session, reader)
        return render_template("mine.html", address=masked(reader.address), token=token, kept=_readable(kept))


@blueprint.get("/mine/<token>/download")
def download(token: str) -> ResponseReturnValue:
    """All that is kept, as a file of JSON."""
    with shared().database.read() as session:
        response: Response = make_response(_readable(_everything(session, _reader(session, token))))
    response.mimetype = "application/json"
    response.headers["Content-Disposition"] = 'attachment; filename="everything-about-me.json"'
    return response


@blueprint.post("/mine/<token>/erase")
def erase(token: str) -> ResponseReturnValue:
    """Erase everything; what says so afterwards is nobody's page."""
    with shared().database.write() as session:
        subscribers.erase(session, _reader(session, token))
    return redirect(url_for("mine.erased", language=page_language()), 303)


@blueprint.get("/erased")
def erased() -> ResponseReturnValue:
    """What was done; nothing here tells about whom."""
    return render_template("erased.html")


def _reader(session: Session, token: str) -> Subscriber:
    """Whoever the link is for, reader or not: who has left may look and erase too."""
    return subscriber_behind(session, handle_from_recent(token, Purpose.MINE, MINE_WITHIN))


def _everything(session: Session, reader: Subscriber) -> dict[str, object]:
    kept = subscribers.everything_about(session, reader)
    return {**kept, "never_mail": is_suppressed(session, shared().settings.keys, reader.address_key)}


def _readable(kept: dict[str, object]) -> str:
    return json.dumps(kept, ensure_ascii=False, indent=2)
