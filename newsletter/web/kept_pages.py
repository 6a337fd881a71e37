"""The door in front of the application: gives out again the pages that it made a moment ago.

A page is kept under its address, the language it would be spoken in, and the version of all editions:
one that is published or withheld makes the next look at any page a fresh one. Who has a session (a form
was open in that browser) always gets a page of their own.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from time import monotonic
from typing import Any
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from werkzeug.datastructures import Headers
from werkzeug.wrappers import Response

from newsletter.web.caching import KEEP, SECONDS
from newsletter.web.page_store import PageStore

Key = tuple[str, ...]

# Of one page: a sitemap of 50,000 addresses has some 7 MB.
MOST_OF_ONE = 8 * 2**20
_SHARED = ("/archive", "/story/", "/thread/", "/issue/", "/feed.", "/sitemap", "/robots.txt", "/share")
_ASKS_FOR_LESS = ("HTTP_IF_NONE_MATCH", "HTTP_IF_MODIFIED_SINCE", "HTTP_RANGE", "HTTP_IF_RANGE")


@dataclass(frozen=True, slots=True)
class Page:
    """An answer as it was given (200), and until when it may be given again, on the monotonic clock."""

    headers: tuple[tuple[str, str], ...]
    body: bytes
    until: float

    @property
    def size(self) -> int:
        return len(self.body)


@dataclass(frozen=True, slots=True)
class Door:
    """A WSGI application around the pages' own. `version` may be None: then nothing is kept.

    `language` tells the language that a query and an Accept-Language header lead to, None for a query
    whose page is not to be kept.
    """

    inner: WSGIApplication
    pages: PageStore[Page]
    version: Callable[[], object | None]
    language: Callable[[str, str], str | None]
    cookie: str

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        named = self._key(environ)
        version = self.version() if named else None
        if named is None or version is None:
            return self.inner(environ, _careful(environ, start_response))
        key = (named, version)
        page = self.pages.get(key)
        if page is None:
            answer = _made(self.inner, environ)
            page = _page(answer)
            if page is None:
                return answer(environ, start_response)
            self.pages.put(key, page)
        return _given(page, environ, start_response)

    def _key(self, environ: WSGIEnvironment) -> Key | None:
        path = environ.get("PATH_INFO", "")
        if not path.startswith(_SHARED) or environ["REQUEST_METHOD"] not in ("GET", "HEAD"):
            return None
        if f"{self.cookie}=" in environ.get("HTTP_COOKIE", "") or _has_body(environ):
            return None
        spoken = self.language(environ.get("QUERY_STRING", ""), environ.get("HTTP_ACCEPT_LANGUAGE", ""))
        return None if spoken is None else (path, environ.get("QUERY_STRING", ""), spoken)


def _has_body(environ: WSGIEnvironment) -> bool:
    """Whether something came along that the page may hang on and the key does not name."""
    return environ.get("CONTENT_LENGTH", "") not in ("", "0") or "HTTP_TRANSFER_ENCODING" in environ


def _made(inner: WSGIApplication, environ: WSGIEnvironment) -> Response:
    """The whole page, whatever the visitor may have of it."""
    asked = {name: value for name, value in environ.items() if name not in _ASKS_FOR_LESS}
    answer = Response.from_app(inner, {**asked, "REQUEST_METHOD": "GET"}, buffered=True)
    if _is_personal(answer.headers):
        _take_back(answer.headers)
    return answer


def _page(answer: Response) -> Page | None:
    """The answer as it is kept; None for one that is not to be: an error, a personal one, a huge one."""
    shared = answer.cache_control.public and answer.status_code == 200
    body = answer.get_data()
    if not shared or len(body) > MOST_OF_ONE:
        return None
    return Page(tuple(answer.headers), body, monotonic() + SECONDS)


def _given(page: Page, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    if environ["REQUEST_METHOD"] == "GET" and not any(name in environ for name in _ASKS_FOR_LESS):
        start_response("200 OK", list(page.headers))
        return [page.body]
    answer = Response(page.body, headers=Headers(list(page.headers)))
    return answer.make_conditional(environ)(environ, start_response)


def _careful(environ: WSGIEnvironment, start_response: StartResponse) -> StartResponse:
    """`start_response` that lets no shared answer out with a cookie in it."""

    def start(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
        said = Headers(headers)
        if environ.get(KEEP) and _is_personal(said):
            _take_back(said)
        return start_response(status, list(said), *rest)

    return start


def _is_personal(headers: Headers) -> bool:
    return "Set-Cookie" in headers


def _take_back(headers: Headers) -> None:
    headers["Cache-Control"] = "private, no-cache"
    headers.pop("ETag", None)
