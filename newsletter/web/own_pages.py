"""The door for the page readers open most, their own: readers of the same choices share it but for marks.

The application makes it once with a mark in each place that is one reader's alone (`marks`), and everybody
gets it with their own words there. Whatever else it is made of belongs to its key: nothing of one reader's
can stand on another's page. Whatever is out of the ordinary is the application's to answer.
"""

import secrets
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from time import monotonic
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment
from zoneinfo import ZoneInfo

import structlog
from markupsafe import escape
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.wrappers import Response

from newsletter.db import Database
from newsletter.sendtime import local_date
from newsletter.subscribers import Profile, UnknownSubscriber, look_at
from newsletter.tokens import InvalidToken, Purpose, make_token, read_lasting_token
from newsletter.web.marks import MARKED, filled, pieces
from newsletter.web.moments import wait_between
from newsletter.web.offers import Offers
from newsletter.web.page_store import PageStore
from newsletter.web.preferences_page import own_words
from newsletter.web.readers import READERS

_PATH = "/preferences/"
# So long a page is given out at most, whatever else may have changed; and how large all together may grow.
_SECONDS, _MOST_BYTES = 60, 16 * 2**20
# `done=` and a word, `language=` and a tag: longer queries are not ours.
_LONGEST_QUERY = 40

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class SharedPage:
    """An answer (200) with marks in its headers' values and in its body."""

    headers: Sequence[tuple[str, Sequence[bytes]]]
    body: Sequence[bytes]
    size: int
    until: float


@dataclass(frozen=True, slots=True)
class OwnPagesDoor:
    """A WSGI application around the pages' own. `keys` sign links, newest first; `clock` is in UTC."""

    inner: WSGIApplication
    keys: Sequence[str]
    database: Database
    clock: Callable[[], datetime]
    offers: Offers
    pages: PageStore[SharedPage] = field(default_factory=lambda: PageStore(_MOST_BYTES))

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        token = _token(environ)
        try:
            reader = self._reader(token) if token else None
            page = self._page(environ, reader, token) if reader else None
        except (InvalidToken, UnknownSubscriber, SQLAlchemyError):
            reader = page = None
        if reader is None or page is None:
            return self.inner(environ, start_response)
        return _given(page, self._words(reader, token), start_response)

    def _reader(self, token: str) -> Profile | None:
        """Whoever the link is for, if they read us. Raises what the application answers with a page."""
        handle, _made_at = read_lasting_token(self.keys, Purpose.MANAGE, token)
        with self.database.look() as direct:
            reader = look_at(direct, handle)
        return reader if reader.status in READERS else None

    def _page(self, environ: WSGIEnvironment, reader: Profile, token: str) -> SharedPage | None:
        key = self._key(environ, reader)
        page = self.pages.get(key)
        if page is None:
            page = _made(self.inner, environ, reader)
            again = self._reader(token)
            # Made of what stood there meanwhile: under this key only if that is still the same.
            if page is not None and again is not None and self._key(environ, again) == key:
                self.pages.put(key, page)
        return page

    def _key(self, environ: WSGIEnvironment, reader: Profile) -> tuple[Hashable, ...]:
        """What a page is made of besides one reader's own words: with it, it changes."""
        now, due = self.clock(), reader.next_issue_at
        wait = due and wait_between(now, due)
        today = local_date(now, ZoneInfo(reader.timezone))
        shared = reader._replace(id=0, handle="", address="")
        asked = environ.get("SCRIPT_NAME", ""), environ.get("QUERY_STRING", "")
        return *asked, shared, today, wait, self.offers.number()

    def _words(self, reader: Profile, token: str) -> Mapping[bytes, bytes]:
        words = own_words(self.keys, reader, token) | {
            "guard": make_token(self.keys, Purpose.FORM, reader.handle),
            "csp_nonce": secrets.token_urlsafe(16),
        }
        return {name.encode(): escape(word).encode() for name, word in words.items()}


def _token(environ: WSGIEnvironment) -> str:
    """The token of an own page's address; empty for every other request."""
    path: str = environ.get("PATH_INFO", "")
    if environ["REQUEST_METHOD"] != "GET" or not path.startswith(_PATH):
        return ""
    return path[len(_PATH) :] if len(environ.get("QUERY_STRING", "")) <= _LONGEST_QUERY else ""


def _made(inner: WSGIApplication, environ: WSGIEnvironment, reader: Profile) -> SharedPage | None:
    """The page with marks; None when it is not to be shared."""
    answer = Response.from_app(inner, {**environ, MARKED: True}, buffered=True)
    body = answer.get_data()
    if answer.status_code != 200 or "Set-Cookie" in answer.headers:
        return None
    if any(word.encode() in body for word in (reader.handle, reader.address)):
        log.error("a page to be shared held what is one reader's alone")
        return None
    headers = [(name, pieces(value.encode())) for name, value in answer.headers if name != "Content-Length"]
    return SharedPage(headers, pieces(body), len(body), monotonic() + _SECONDS)


def _given(page: SharedPage, words: Mapping[bytes, bytes], start_response: StartResponse) -> Iterable[bytes]:
    body = filled(page.body, words)
    headers = [(name, filled(value, words).decode()) for name, value in page.headers]
    start_response("200 OK", [*headers, ("Content-Length", str(len(body)))])
    return [body]
