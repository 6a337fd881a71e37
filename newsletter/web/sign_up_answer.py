"""What a sign-up is answered: the same for all who ask in one language, so made once, by the application."""

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from wsgiref.types import StartResponse, WSGIEnvironment

from flask import Flask

from newsletter.web import public, wording
from newsletter.web.i18n import page_language
from newsletter.web.marks import MARKED, filled, pieces
from newsletter.web.shared import shared

_COOKIE = "Set-Cookie"


@dataclass(frozen=True, slots=True)
class Answer:
    """A redirect with marks in its headers' values, and what its cookie has before and after its value.

    `wording` is what somebody agreed to by asking, in `language`.
    """

    language: str
    wording: str
    status: str
    headers: Sequence[tuple[str, Sequence[bytes]]]
    cookie: tuple[str, str]
    body: bytes

    def give(self, session: str, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a visitor whose cookie is to be `session`."""
        words = {b"csp_nonce": secrets.token_urlsafe(16).encode()}
        headers = [(name, filled(value, words).decode()) for name, value in self.headers]
        headers.append((_COOKIE, session.join(self.cookie)))
        start_response(self.status, headers)
        return [self.body]


def make_answer(app: Flask, environ: WSGIEnvironment) -> Answer:
    """The application's answer to this sign-up, as if it had been taken down."""
    with app.request_context({**environ, MARKED: True}):
        words = wording.sign_up_wording(shared().publication.name)
        answer = app.process_response(app.make_response(public.look_in_inbox()))
        body, status, headers = answer.get_wsgi_response(environ)
        name, _equals, rest = answer.headers[_COOKIE].partition("=")
        return Answer(
            page_language(),
            words,
            status,
            [(header, pieces(value.encode())) for header, value in headers if header != _COOKIE],
            (f"{name}=", rest[rest.find(";") :] if ";" in rest else ""),
            b"".join(body),
        )
