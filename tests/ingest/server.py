"""A loopback web server that behaves as a test tells it, well or badly."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

CHUNK = b"x" * 65_536


@dataclass(frozen=True)
class Reply:
    """An answer to every request for a path."""

    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Request:
    """What was asked: the path, and the headers by lower-case name."""

    path: str
    headers: dict[str, str]
    body: bytes = b""


Behaviour = Callable[["Handler"], None]


class FeedServer(ThreadingHTTPServer):
    """Serves `routes`; remembers every request in `requests`."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.routes: dict[str, Reply | Behaviour] = {}
        self.requests: list[Request] = []
        self.stopping = threading.Event()

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.server_port}{path}"

    def serve(self, path: str, body: bytes = b"", status: int = 200, **headers: str) -> str:
        """Answer `path` like this from now on (`content_type=` is Content-Type); its whole address."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.routes[path] = Reply(body, status, named)
        return self.url(path)

    def behave(self, path: str, behaviour: Behaviour) -> str:
        """Let `behaviour` answer `path`; its whole address."""
        self.routes[path] = behaviour
        return self.url(path)

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hangs up on a badly behaved answer is what these tests are about."""


class Handler(BaseHTTPRequestHandler):
    server: FeedServer

    def do_POST(self) -> None:
        self.do_GET()

    def do_GET(self) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        body = self.rfile.read(int(headers.get("content-length", "0")))
        self.server.requests.append(Request(self.path, headers, body))
        answer = self.server.routes.get(self.path, Reply(status=404))
        if not isinstance(answer, Reply):
            answer(self)
            return
        etag = answer.headers.get("ETag")
        if etag and headers.get("if-none-match") == etag:
            answer = Reply(status=304)
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        self.wfile.write(answer.body)

    def start(self, **headers: str) -> None:
        """Begin a 200 answer whose body the caller writes."""
        self.send_response(200)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
        pass


def endless(handler: Handler) -> None:
    """A body that never ends."""
    handler.start(Content_Type="application/rss+xml")
    while not handler.server.stopping.is_set():
        handler.wfile.write(CHUNK)


def dripping(handler: Handler) -> None:
    """A body of which a byte comes now and then, so that no single read takes long."""
    handler.start(Content_Type="application/rss+xml")
    while not handler.server.stopping.wait(0.02):
        handler.wfile.write(b" ")
        handler.wfile.flush()


def crumbs(handler: Handler) -> None:
    """A body in pieces of one byte each, as many as the reader can take."""
    handler.protocol_version = "HTTP/1.1"
    handler.start(Transfer_Encoding="chunked", Content_Type="application/rss+xml")
    while not handler.server.stopping.is_set():
        handler.wfile.write(b"1\r\nx\r\n" * 10_000)


def endless_interim(handler: Handler) -> None:
    """Interim answers (RFC 9110, section 15.2) and never a final one."""
    while not handler.server.stopping.is_set():
        handler.wfile.write(b"HTTP/1.1 103 \r\n\r\n" * 4_000)


def silent(handler: Handler) -> None:
    """No answer at all while the connection stays open: for longer than any fetch waits."""
    handler.server.stopping.wait(60)


def cut_off(handler: Handler) -> None:
    """Fewer bytes than announced."""
    handler.start(Content_Length="1000")
    handler.wfile.write(b"<rss>")


def gibberish(handler: Handler) -> None:
    """Something that is not HTTP."""
    handler.wfile.write(b"\x00\xff\x13 hello\r\n\r\n")
