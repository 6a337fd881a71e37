"""A loopback server for the demo's feeds and articles.

`now`, the moment the news is dated against, is fixed when the server starts, so that nothing churns
from one request to the next. `as_of` is the moment the feeds are shown at: a replay moves it forward.
"""

import hashlib
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

import structlog

from newsletter.demo.drawings import draw, has_picture
from newsletter.demo.pages import article_page, list_page
from newsletter.demo.rendering import MEDIA_TYPES, changed_at, render_feed, render_opml
from newsletter.demo.world import DemoSource, load_sources

HOST = "127.0.0.1"
_HTML = "text/html; charset=utf-8"
_log = structlog.get_logger()


class DemoServerError(Exception):
    """The demo server cannot start; the text says why and what to do."""


@dataclass(frozen=True, slots=True)
class _Answer:
    status: HTTPStatus
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)


class DemoServer(ThreadingHTTPServer):
    """Serves the demo's world at `base_url`; set `as_of` to show the feeds at another moment."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, now: datetime, port: int) -> None:
        super().__init__((HOST, port), _Handler)
        self.now = now.astimezone(UTC).replace(second=0, microsecond=0)
        self.as_of = self.now
        self.sources = {source.slug: source for source in load_sources()}
        self.base_url = f"http://{HOST}:{self.server_port}"

    def answer(self, path: str, conditions: Mapping[str, str]) -> _Answer:
        """What a GET of `path` with these request headers (names in lower case) gets."""
        match path.strip("/").split("/"):
            case [""]:
                return _Answer(HTTPStatus.OK, list_page(), {"Content-Type": _HTML})
            case ["opml"]:
                return _Answer(HTTPStatus.OK, render_opml(self.base_url), {"Content-Type": "text/x-opml"})
            case ["feeds", name] if source := self.sources.get(name.removesuffix(".xml")):
                return self._feed(source, conditions)
            case ["articles", name, identity] if source := self.sources.get(name):
                return self._article(source, identity)
            case ["pictures", name, identity] if source := self.sources.get(name):
                return _picture(source, identity.removesuffix(".jpg"))
        return _NOT_FOUND

    def _feed(self, source: DemoSource, conditions: Mapping[str, str]) -> _Answer:
        as_of = self.as_of
        body = render_feed(source, self.now, as_of, self.base_url)
        changed = changed_at(source, self.now, as_of)
        etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
        headers = {"ETag": etag, "Last-Modified": format_datetime(changed, usegmt=True)}
        if _is_current(conditions, etag, changed):
            return _Answer(HTTPStatus.NOT_MODIFIED, headers=headers)
        # Without a charset here the XML declaration decides, as RFC 7303, section 3 wants it.
        return _Answer(HTTPStatus.OK, body, headers | {"Content-Type": MEDIA_TYPES[source.format]})

    def _article(self, source: DemoSource, identity: str) -> _Answer:
        for entry in source.entries:
            if entry.id == identity:
                return _Answer(HTTPStatus.OK, article_page(source, entry, self.now), {"Content-Type": _HTML})
        return _NOT_FOUND


class _Handler(BaseHTTPRequestHandler):
    server: DemoServer
    server_version = "demo"
    sys_version = ""

    def do_GET(self) -> None:
        answer = self.server.answer(
            urlsplit(self.path).path, {name.lower(): value for name, value in self.headers.items()}
        )
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        if answer.status != HTTPStatus.NOT_MODIFIED:
            self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(answer.body)

    def do_HEAD(self) -> None:
        self.do_GET()

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        _log.debug("demo request", path=self.path, code=int(code), size=size)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name of the base class
        _log.debug("demo server", message=format % args)


def _picture(source: DemoSource, identity: str) -> _Answer:
    for entry in source.entries:
        if entry.id == identity and has_picture(entry):
            return _Answer(HTTPStatus.OK, draw(entry), {"Content-Type": "image/jpeg"})
    return _NOT_FOUND


_NOT_FOUND = _Answer(
    HTTPStatus.NOT_FOUND, b"There is no such page in the demo.\n", {"Content-Type": "text/plain"}
)


@contextmanager
def serve(now: datetime, port: int = 0) -> Iterator[DemoServer]:
    """Serve on 127.0.0.1 while the block runs; port 0 takes any free one.

    `now` is rounded down to the minute. Raises `DemoServerError` when the port is taken.
    """
    try:
        server = DemoServer(now, port)
    except OSError as error:
        raise DemoServerError(
            f"The demo's feeds cannot be served on port {port} ({error.strerror}). "
            "Stop the other program that uses it, or choose another port."
        ) from error
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), name="demo-feeds", daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _is_current(conditions: Mapping[str, str], etag: str, changed: datetime) -> bool:
    """Whether the client's copy still holds; an ETag overrules a date (RFC 9110, section 13.1.3)."""
    if known := conditions.get("if-none-match"):
        return etag in {tag.strip().removeprefix("W/") for tag in known.split(",")}
    try:
        since = parsedate_to_datetime(conditions.get("if-modified-since", ""))
    except ValueError:
        return False
    return changed <= (since if since.tzinfo else since.replace(tzinfo=UTC))
