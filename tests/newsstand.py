"""A loopback server of feeds for whole-line tests: real feed files where the data folder is there.

The feed with a date on every item is shown as it stood at the reader's clock, so that a next day has
news; a second source reports the same in other words, so that there is related coverage.
"""

import os
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from html import escape, unescape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from zlib import crc32

DATA = Path(os.environ.get("SHARED_DATA", Path(__file__).parents[2] / "shared" / "data")) / "feeds"
DAILY = "rsparser__macworld.rss"
# As odd as real life: not well-formed, an unusual encoding, no dates, no items at all.
ODD = ("nodefp__saxerror.xml", "feedparser__euc-kr-item.xml", "feedparser__utf-16le-bom.xml", "rome__v1.xml")

_ITEM = re.compile(r"<item>.*?</item>", re.DOTALL)

Clock = Callable[[], datetime]


@contextmanager
def newsstand(clock: Clock) -> Iterator[str]:
    """Serve the real feeds as of `clock`; yields the base address."""

    class Stand(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = _body(self.path, clock())
            self.send_response(200 if body else 404)
            self.send_header("Content-Type", "application/xml")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Stand)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def _body(path: str, now: datetime) -> bytes:
    match path.strip("/").split("/"):
        case ["daily"]:
            return _daily(now).encode()
        case ["second"]:
            return _second_report(now).encode()
        case ["odd", name] if name in ODD:
            return (DATA / name).read_bytes()
    return b""


def _daily(now: datetime) -> str:
    """The real feed without the items its publisher had not written yet."""
    whole = (DATA / DAILY).read_text(encoding="utf-8").lstrip()
    return _ITEM.sub(lambda item: item[0] if _published(item[0]) <= now else "", whole)


def _second_report(now: datetime) -> str:
    """Another paper on every second of those events: its own address, its own words around the facts."""
    reports = [_reworded(item) for item in _ITEM.findall(_daily(now))[::2]]
    return (
        '<?xml version="1.0"?><rss version="2.0"><channel><title>The Second Desk</title>'
        f"<link>https://second.example.org/</link>{''.join(reports)}</channel></rss>"
    )


def _reworded(item: str) -> str:
    title, summary = _text(item, "title"), _text(item, "description")
    link = f"https://second.example.org/{crc32(title.encode())}"
    return (
        f"<item><title>{escape('What to know: ' + title)}</title><link>{link}</link>"
        f"<pubDate>{_text(item, 'pubDate')}</pubDate>"
        f"<description>{escape('Our reporters looked into it. ' + summary[:240])}</description></item>"
    )


def _published(item: str) -> datetime:
    return parsedate_to_datetime(_text(item, "pubDate")).astimezone(UTC)


def _text(item: str, element: str) -> str:
    found = re.search(rf"<{element}>(.*?)</{element}>", item, re.DOTALL)
    raw = found[1] if found else ""
    return re.sub(r"<[^>]+>", "", unescape(raw.replace("<![CDATA[", "").replace("]]>", ""))).strip()
