"""Pages for when something is wrong: each says what happened and what to do now."""

import math
from datetime import timedelta

import structlog
from flask import Flask, Response, make_response, render_template, request
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException

from newsletter.attempts import TooManyAttempts
from newsletter.subscribers import AskedTooOften, ChangeClosed, LinkOutdated, UnknownSubscriber
from newsletter.tokens import InvalidToken
from newsletter.web.i18n import _
from newsletter.web.readers import NotAReader, not_a_reader

log = structlog.get_logger()


def install(app: Flask) -> None:
    """Answer every error with a page a person can use."""
    for kind in (InvalidToken, UnknownSubscriber, LinkOutdated, ChangeClosed):
        app.register_error_handler(kind, _bad_link)
    app.register_error_handler(AskedTooOften, _asked_too_often)
    app.register_error_handler(TooManyAttempts, _too_many)
    app.register_error_handler(NotAReader, not_a_reader)
    app.register_error_handler(CSRFError, _stale_form)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(OperationalError, _database_away)
    app.register_error_handler(Exception, _our_fault)


def page(status: int, title: str, *paragraphs: str) -> Response:
    """An error page; with links to the sign-up form and the archive."""
    return make_response(render_template("error.html", title=title, paragraphs=paragraphs), status)


def _bad_link(_error: Exception) -> Response:
    return page(
        404,
        _("This link does not work"),
        _("It may be too old, already replaced by a newer one, or cut short on its way to you."),
        _(
            "Open the link again from the newest mail you have from us. If that does not help, sign up "
            "once more with your address: we will then send you a fresh link. You lose nothing by it."
        ),
    )


def _asked_too_often(_error: AskedTooOften) -> Response:
    return page(
        429,
        _("That was often enough for today"),
        _("So that nobody is buried in mail, another address can be asked for three times a day."),
        _("Please try again tomorrow. The mails we have sent you today still work."),
    )


def seconds(wait: timedelta) -> int:
    """A wait in whole seconds, for Retry-After (RFC 9110, section 10.2.3)."""
    return max(1, math.ceil(wait.total_seconds()))


def _too_many(error: TooManyAttempts) -> Response:
    title, *paragraphs = _WORDS[429]
    if error.everywhere:
        title, *paragraphs = _CROWDED
    response = page(429, _(title), *map(_, paragraphs))
    response.headers["Retry-After"] = str(seconds(error.wait))
    return response


def _stale_form(_error: CSRFError) -> Response:
    return page(
        400,
        _("Please try that once more"),
        _("Nothing was changed. The page was open for very long, or your browser keeps no cookies for us."),
        _(
            "Go back, reload the page and send it again. If that does not help, allow cookies for this "
            "address: we need a single one, and only to know that the form came from you."
        ),
    )


def _http_error(error: HTTPException) -> Response:
    status = error.code or 500
    if status < 400 and error.response is not None:
        return make_response(error.response)  # a redirect is no error
    title, *paragraphs = _WORDS.get(status, _WORDS[400])
    response = page(status, _(title), *map(_, paragraphs))
    if status == 405 and getattr(error, "valid_methods", None):
        response.headers["Allow"] = ", ".join(error.valid_methods)  # type: ignore[attr-defined]
    if status == 429:
        response.headers["Retry-After"] = "3600"
    return response


def _database_away(error: OperationalError) -> Response:
    log.error("database unavailable", reason=str(error.orig), endpoint=request.endpoint)
    response = page(
        503,
        _("We cannot answer just now"),
        _("Nothing was changed. Please try again in a minute."),
    )
    response.headers["Retry-After"] = "60"
    return response


def _our_fault(error: Exception) -> Response:
    log.error("page failed", endpoint=request.endpoint, exc_info=error)
    return page(
        500,
        _("Something went wrong on our side"),
        _("This is our mistake, not yours, and it has been noted. Please try again in a minute."),
    )


def _n(text: str) -> str:
    """Mark a sentence for translation; `_http_error` translates it."""
    return text


_CROWDED = (
    _n("Very many people are signing up just now"),
    _n("To keep strangers from signing other people up, only so many are taken an hour."),
    _n("Please try again in an hour. Nothing is lost: sign-ups that were taken stay."),
)
_WORDS: dict[int, tuple[str, ...]] = {
    400: (
        _n("We did not understand that"),
        _n("What arrived here was not complete. Nothing was changed."),
        _n("Go back, reload the page and try again."),
    ),
    404: (
        _n("There is no such page"),
        _n("The address may be mistyped, or the page is gone."),
    ),
    405: (
        _n("That cannot be done here"),
        _n("Nothing was changed. Start again from the front page."),
    ),
    413: (
        _n("That was too much at once"),
        _n("What was sent is larger than any form here can be. Nothing was changed."),
    ),
    429: (
        _n("Too many sign-ups from your network"),
        _n("To keep strangers from signing other people up, only so many are taken an hour."),
        _n("Please try again in an hour. Nothing is lost: sign-ups that were taken stay."),
    ),
    503: (
        _n("We cannot answer just now"),
        _n("Nothing was changed. Please try again in a minute."),
    ),
}
_WORDS[403] = _WORDS[400]
