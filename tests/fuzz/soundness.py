"""What must be true of whatever is read, from whatever bytes."""

import re
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser

from newsletter.ingest.entries import NormalisedEntry, ReadFeed
from newsletter.ingest.parse import ParseError
from newsletter.ingest.read import read_feed
from newsletter.ingest.shorten import shorten

URL = "https://feeds.example.com/news/feed.xml"
NOW = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
_ACTIVE = frozenset(
    (
        *("script", "iframe", "object", "embed", "style", "form", "img", "svg", "math", "link", "meta"),
        *("base", "video", "audio", "input"),
    )
)
_ACTING = frozenset(("src", "srcset", "style", "action", "formaction", "background", "poster"))
_SCHEME = re.compile(r"[\x00-\x20]*([a-z][a-z0-9+.\-\s]*):", re.I)
_HIDDEN = re.compile("[\x00-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufeff]")


def read_soundly(body: bytes, content_type: str = "") -> ReadFeed | None:
    """The feed in `body`, None where it is refused in words. Raises AssertionError for what may not be."""
    try:
        feed = read_feed(shorten(body), URL, content_type, NOW)
    except ParseError:
        return None
    assert len(feed.entries) <= 500
    assert len(feed.title) <= 200
    assert not _HIDDEN.search(feed.title)
    assert feed.site_url is None or _is_address(feed.site_url)
    assert feed.asked_interval is None or 0 < feed.asked_interval <= timedelta(days=365).total_seconds()
    assert feed.undated == sum(not entry.dated for entry in feed.entries)
    for entry in feed.entries:
        _check(entry)
    return feed


class _Looker(HTMLParser):
    """Reads HTML as browsers do; fails at whatever could act, load or lead to more than a page or a mail."""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag not in _ACTIVE, tag
        for name, value in attrs:
            assert not name.startswith("on"), name
            assert name not in _ACTING, name
            scheme = _SCHEME.match(value or "") if name in ("href", "cite") else None
            assert not scheme or scheme[1].lower() in ("http", "https", "mailto"), value


def _check(entry: NormalisedEntry) -> None:
    looker = _Looker()
    looker.feed(entry.body)
    looker.close()
    lines = (entry.title, entry.excerpt, entry.author or "", entry.image_alt, entry.guid, *entry.categories)
    limits = (300, 300, 200, 200, 500, *(64 for _ in entry.categories))
    for text, limit in zip(lines, limits, strict=True):
        assert len(text) <= limit, text
        assert not _HIDDEN.search(text), text
    assert entry.title
    assert entry.guid
    assert _is_address(entry.url)
    assert _is_address(entry.canonical_url)
    assert entry.image_url is None or _is_address(entry.image_url)
    assert datetime(1990, 1, 1, tzinfo=UTC) <= entry.published_at <= NOW
    "".join([*lines, entry.body]).encode()


def _is_address(url: str) -> bool:
    plain = url.isascii() and url.isprintable() and not set(url) & set(" <>\"'\\")
    return plain and len(url) <= 2_100 and url.startswith(("http://", "https://"))
