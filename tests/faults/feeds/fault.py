"""A fault: how a hostile or broken feed answers, and what its source has to show for it."""

import os
from collections.abc import Callable
from dataclasses import dataclass

from tests.ingest.server import Behaviour, Handler

# The long form, as `make faults` runs it, has gigabytes, and the half minute that a fetch has.
BOMB_MEGABYTES = int(os.environ.get("FAULTS_BOMB_MEGABYTES", "64"))
SECONDS = float(os.environ.get("FAULTS_FEED_SECONDS", "1.5"))
HOME = "faults.example.com"
PRIVATE, REBINDING, UNKNOWN = "private.example.com", "rebinding.example.com", "unknown.example.com"


@dataclass(frozen=True)
class Fault:
    """`words` are part of the reason the source shows; none where the feed is read all the same.

    `titles` are then those of the articles it brings, if they matter. `host` is for faults of names;
    `prepare` makes what takes long to make, before anybody asks for it.
    """

    name: str
    answer: Behaviour
    words: str = ""
    titles: tuple[str, ...] | None = None
    host: str = ""
    prepare: Callable[[], object] = lambda: None

    def address(self, port: int) -> str:
        """Where its server is to be found: at a host of its own."""
        return f"http://{self.host or f'{self.name}.{HOME}'}:{port}/{self.name}"


def send(body: bytes | Callable[[], bytes], status: int = 200, **headers: str) -> Behaviour:
    """Answer with this, and close. What is large is best made only when it is asked for."""

    def answer(handler: Handler) -> None:
        handler.send_response(status)
        for name, value in ({"Content_Type": "application/rss+xml"} | headers).items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        handler.wfile.write(body if isinstance(body, bytes) else body())

    return answer


def rss(items: str | bytes, before: str | bytes = b"") -> bytes:
    """A feed of these items, written as they are."""
    prolog, inner = (part.encode() if isinstance(part, str) else part for part in (before, items))
    return prolog + b'<rss version="2.0"><channel><title>x</title>' + inner + b"</channel></rss>"
