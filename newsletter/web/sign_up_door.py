"""The door for sign-ups: one that is as it should be is taken down here, in front of Flask.

When a site with many readers names us, they come all at once. Of what an application does for a request,
such a form needs little: it is read, its guard is looked at, and all are answered alike. Whatever is not
plain (a mistake, a limit reached, a form without its cookie) goes on to the application as it came, and is
answered there as if there were no door.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any
from urllib.parse import parse_qsl
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from flask import Flask
from flask.wrappers import Request
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.datastructures import MultiDict

from newsletter.attempts import TooManyAttempts
from newsletter.mail.languages import LANGUAGES
from newsletter.subscribers import UnknownTopic
from newsletter.web import joining, public, stamps
from newsletter.web.browser_guard import FIELD, BrowserGuard
from newsletter.web.forms import Posted
from newsletter.web.i18n import SHOWN_IN, language_of_kept_page
from newsletter.web.offers import Offers
from newsletter.web.shared import Shared
from newsletter.web.sign_up_answer import Answer, make_answer

_INPUT = "wsgi.input"
_TYPE = "application/x-www-form-urlencoded"
_MOST_OCTETS, _MOST_FIELDS = 16 * 1024, 200


@dataclass(frozen=True, slots=True)
class SignUpDoor:
    """A WSGI application around `inner`; `app` is the one that answers there, for what it knows."""

    inner: WSGIApplication
    app: Flask
    here: Shared
    offers: Offers
    guard: BrowserGuard
    answers: dict[tuple[str, ...], Answer] = field(default_factory=dict)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        body = _form_in(environ)
        if body is None:
            return self.inner(environ, start_response)
        try:
            taken = self._taken({**environ, _INPUT: BytesIO(body)}, body)
        except (TooManyAttempts, UnknownTopic, SQLAlchemyError):
            taken = None  # nothing of it stayed: the application tries, and says what is wrong
        if taken is None:
            return self.inner({**environ, _INPUT: BytesIO(body)}, start_response)
        answer, session = taken
        return answer.give(session, start_response)

    def _taken(self, environ: WSGIEnvironment, body: bytes) -> tuple[Answer, str] | None:
        """The answer to a sign-up that was taken down, and its cookie; None for one that is not plain.

        Raises what the database and the limits raise.
        """
        posted = _fields(body)
        session = self.app.session_interface.open_session(self.app, Request(environ, populate_request=False))
        if posted is None or session is None or not self._is_ours(session, posted):
            return None
        form = joining.read_fields(posted, self.here, self.offers())
        answer = None if form.problems else self._answer(environ, posted.get(SHOWN_IN, ""))
        if answer is None:
            return None
        remote = environ.get("REMOTE_ADDR", "")
        joining.join(self.here, form, joining.Asking(answer.wording, answer.language, "web", remote))
        signing: Any = self.app.session_interface
        return answer, signing.get_signing_serializer(self.app).dumps({**session, public.ASKED: True})

    def _is_ours(self, session: Mapping[str, object], posted: Posted) -> bool:
        shown = posted.get(stamps.FIELD, "")
        return (
            not posted.get(joining.TRAP)
            and self.guard.holds(session, posted.get(FIELD, ""))
            and not stamps.too_quick(self.here.settings.keys, shown, self.here.clock())
        )

    def _answer(self, environ: WSGIEnvironment, shown_in: str) -> Answer | None:
        """The answer in the visitor's language; None for an address that is not the form's."""
        query, accept = environ.get("QUERY_STRING", ""), environ.get("HTTP_ACCEPT_LANGUAGE", "")
        spoken = language_of_kept_page(query, accept)
        if spoken is None:
            return None
        chosen = shown_in if shown_in in LANGUAGES else f"by browser: {spoken}"
        key = (environ.get("SCRIPT_NAME", ""), query, chosen)
        if key not in self.answers:
            self.answers[key] = make_answer(self.app, environ)
        return self.answers[key]


def _form_in(environ: WSGIEnvironment) -> bytes | None:
    """The whole form of a request that may be a sign-up; None, and nothing read, of any other."""
    if environ["REQUEST_METHOD"] != "POST" or environ.get("PATH_INFO") != "/":
        return None
    length = environ.get("CONTENT_LENGTH", "")
    if environ.get("CONTENT_TYPE", "").partition(";")[0] != _TYPE or not length.isdecimal():
        return None
    if int(length) > _MOST_OCTETS:
        return None
    body: bytes = environ[_INPUT].read(int(length))
    return body


def _fields(body: bytes) -> Posted | None:
    try:
        pairs = parse_qsl(body.decode(), keep_blank_values=True, errors="strict", max_num_fields=_MOST_FIELDS)
    except ValueError:
        return None
    return MultiDict(pairs)
