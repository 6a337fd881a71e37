"""A hub of our own on loopback: it takes subscriptions, verifies, distributes, denies, and lies when told."""

import hashlib
import hmac
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, HTTPServer, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlencode, urlsplit


@dataclass(frozen=True)
class Answer:
    """What came back from a callback."""

    status: int
    body: bytes
    headers: dict[str, str]


@dataclass
class Hub(ThreadingHTTPServer):
    """`status` answers requests; `verify` has it verify before it answers, as quick hubs do."""

    status: int = 202
    text: str = ""
    verify: bool = True
    lease_seconds: int = 10 * 24 * 3600
    asked: list[dict[str, str]] = field(default_factory=list)
    verified: list[Answer] = field(default_factory=list)

    daemon_threads = True

    def __post_init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)

    __hash__ = ThreadingHTTPServer.__hash__

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/"

    def take(self, fields: dict[str, str]) -> None:
        self.asked.append(fields)
        if self.verify and self.status == 202:
            self.verified.append(self.confirm(fields))

    def confirm(self, fields: dict[str, str], **lies: str) -> Answer:
        """Ask the callback whether it meant what these fields say; `lies` replace what was told."""
        said = {
            "hub.mode": fields["hub.mode"],
            "hub.topic": fields["hub.topic"],
            "hub.challenge": "a challenge, 7/42",
            "hub.lease_seconds": str(self.lease_seconds),
        }
        said |= {f"hub.{name}": value for name, value in lies.items()}
        return call("GET", f"{fields['hub.callback']}?{urlencode(said)}")

    def distribute(self, body: bytes, method: str = "sha256", secret: str | None = None) -> Answer:
        """Send news to the callback asked for last, signed with its secret or another one."""
        fields = self.asked[-1]
        key = (secret or fields["hub.secret"]).encode()
        signature = hmac.new(key, body, getattr(hashlib, method)).hexdigest()
        headers = {"X-Hub-Signature": f"{method}={signature}", "Content-Type": "application/atom+xml"}
        return call("POST", fields["hub.callback"], body, headers)


class _Handler(BaseHTTPRequestHandler):
    server: Hub

    def do_POST(self) -> None:
        form = self.rfile.read(int(self.headers["Content-Length"])).decode()
        assert self.headers["Content-Type"] == "application/x-www-form-urlencoded"
        self.server.take(dict(parse_qsl(form)))
        body = self.server.text.encode()
        self.send_response(self.server.status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
        pass


def call(method: str, url: str, body: bytes = b"", headers: dict[str, str] | None = None) -> Answer:
    """One request and its answer."""
    parts = urlsplit(url)
    connection = HTTPConnection(str(parts.hostname), parts.port, timeout=10)
    try:
        connection.request(method, f"{parts.path}?{parts.query}", body or None, headers or {})
        answer = connection.getresponse()
        return Answer(answer.status, answer.read(), dict(answer.headers))
    finally:
        connection.close()


@contextmanager
def serving(server: HTTPServer) -> Iterator[None]:
    """Serve in a thread of its own."""
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
