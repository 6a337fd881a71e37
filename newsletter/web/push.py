"""Notices in a reader's browser: allowed and stopped on the preferences page. Allowing takes a script."""

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from newsletter.push import browsers
from newsletter.push.envelope import NotASubscription, public_key, read_subscription
from newsletter.web import errors
from newsletter.web.i18n import _, page_language
from newsletter.web.readers import reader_of
from newsletter.web.shared import shared

blueprint = Blueprint("push", __name__)


@blueprint.post("/preferences/<token>/notices")
def allow(token: str) -> ResponseReturnValue:
    """Tell this browser of every issue from now on."""
    posted = request.form
    try:
        to = read_subscription(*(posted.get(name, "") for name in ("endpoint", "p256dh", "auth")))
    except NotASubscription:
        return errors.page(
            422,
            _("This browser cannot be told"),
            _("It did not say where notices go. Your mail comes as before."),
        )
    with shared().database.write() as session:
        reader = reader_of(session, token)
        browsers.allow(session, reader, to, page_language(), shared().clock())
    return _back(token, "notices-on")


@blueprint.post("/preferences/<token>/notices/stop")
def stop(token: str) -> ResponseReturnValue:
    """Tell none of the reader's browsers any more."""
    with shared().database.write() as session:
        browsers.stop(session, reader_of(session, token))
    return _back(token, "notices-off")


def our_public_key() -> str:
    """What a browser needs to allow our notices; empty where we have no key."""
    key = shared().settings.push_key
    return public_key(key.get_secret_value()) if key else ""


def _back(token: str, done: str) -> ResponseReturnValue:
    return redirect(url_for("preferences.look", token=token, done=done, language=None), 303)
