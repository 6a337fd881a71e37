"""A feed's bytes to values, with feedparser. Pure, but never trust its time: run it in `parse_pool`.

feedparser reads every RSS and Atom there is and repairs what is broken. Its own sanitising is
switched off: normalising sanitises again, with nh3, and twice would be a third slower.
"""

import io
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any
from xml.sax import SAXException

import feedparser

from newsletter.ingest.entries import Entry, ParsedFeed
from newsletter.ingest.media_words import teach_feedparser
from newsletter.ingest.pictures import entry_picture

teach_feedparser()

MAX_ENTRIES = 500
MAX_LINE = 2_000
MAX_HTML = 100_000
MAX_CATEGORIES = 30

# PostgreSQL stores no NUL, and no database stores half a surrogate pair.
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_CHARACTER_REFERENCE = re.compile(
    rb"&#(?:[xX]0*(?:[dD][89a-fA-F][0-9a-fA-F]{2}|[0-9a-fA-F]{6,})|0*[0-9]{7,});?"
)
_WEB_PAGE = re.compile(rb"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html)\b", re.I | re.S)


class ParseError(Exception):
    """The bytes are not a feed; `reason` says so in a whole sentence for an operator."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def parse_feed(body: bytes, url: str, content_type: str = "") -> ParsedFeed:
    """The feed in `body`, found at `url` (which relative links are resolved against).

    At most `MAX_ENTRIES` entries, the first ones. Raises `ParseError`.
    """
    headers = {"content-location": url} | ({"content-type": content_type} if content_type else {})
    found = _parse(body, headers)
    if not _get(found, "version") and not found.entries:
        raise ParseError(_why_no_feed(body))
    damaged = isinstance(_get(found, "bozo_exception"), SAXException)
    if damaged and not found.entries and not _get(found.feed, "title"):
        raise ParseError(
            "It is damaged: its XML breaks off or is not well-formed, and nothing could be read."
        )
    return ParsedFeed(
        title=_line(_get(found.feed, "title")),
        link=_line(_get(found.feed, "link")),
        language=_line(_get(found.feed, "language")),
        entries=tuple(_entry(raw) for raw in found.entries[:MAX_ENTRIES]),
    )


def _parse(body: bytes, headers: dict[str, str]) -> Any:
    try:
        return _feedparser(body, headers)
    except (ValueError, OverflowError):
        # feedparser gives up at a reference to a character that cannot be, like &#xD800;.
        return _feedparser(_CHARACTER_REFERENCE.sub(b"", body), headers)


def _feedparser(body: bytes, headers: dict[str, str]) -> Any:
    return feedparser.parse(
        io.BytesIO(body), response_headers=headers, sanitize_html=False, resolve_relative_uris=True
    )


def _why_no_feed(body: bytes) -> str:
    start = body[:2048].lstrip()
    if not start:
        return "Its server answered with an empty page."
    if _WEB_PAGE.match(start):
        return "It is a web page, not a feed. Look on that page for the address of its RSS or Atom feed."
    if start.startswith((b"{", b"[")):
        return "It is JSON; only RSS and Atom feeds can be read."
    return "It is neither RSS nor Atom, or too damaged to be read."


def _entry(raw: Any) -> Entry:
    summary, content = _html(_get(raw, "summary")), _content(raw)
    picture = entry_picture(raw, content or summary)
    return Entry(
        guid=_line(_get(raw, "id")),
        link=_link(raw),
        title=_line(_get(raw, "title")),
        summary=summary,
        content=content,
        author=_line(_get(_get(raw, "author_detail"), "name")) or _line(_get(raw, "author")),
        published=_moment(raw, "published_parsed", "created_parsed", "updated_parsed"),
        updated=_moment(raw, "updated_parsed"),
        image=_line(picture.url) if picture else "",
        image_alt=_line(picture.alt) if picture else "",
        language=_line(_get(raw, "language") or _get(_get(raw, "title_detail"), "language")),
        origin=_line(_get(_get(raw, "source"), "title")),
        categories=tuple(_line(_get(tag, "term")) for tag in _many(_get(raw, "tags"))[:MAX_CATEGORIES]),
    )


def _get(holder: Any, name: str) -> Any:
    # Not the holder's own `get`: feedparser's guesses other names and warns about it.
    return dict.get(holder, name) if isinstance(holder, dict) else None


def _many(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _line(value: Any) -> str:
    return _UNSTORABLE.sub("", value)[:MAX_LINE].strip() if isinstance(value, str) else ""


def _html(value: Any) -> str:
    return _UNSTORABLE.sub("", value[:MAX_HTML]) if isinstance(value, str) else ""


def _content(raw: Any) -> str:
    """The longest of an entry's texts; formats other than text (video, …) are no content."""
    texts = [
        _html(_get(part, "value"))
        for part in _many(_get(raw, "content"))
        if str(_get(part, "type") or "text/html").startswith(("text/", "application/xhtml"))
    ]
    return max(texts, key=len, default="")


def _link(raw: Any) -> str:
    """The item's page; before a feed service rewrote it, where that is told; else its attachment."""
    return (
        _line(_get(raw, "feedburner_origlink"))
        or _line(_get(raw, "link"))
        or next(_hrefs(raw, lambda link: _get(link, "rel") == "enclosure"), "")
    )


def _hrefs(raw: Any, wanted: Callable[[Any], bool]) -> Iterator[str]:
    return (_line(_get(link, "href")) for link in _many(_get(raw, "links")) if wanted(link))


def _moment(raw: Any, *names: str) -> datetime | None:
    """The first of these times that exists on a calendar; feedparser gives them in UTC."""
    for name in names:
        told = _get(raw, name)
        if not told:
            continue
        try:
            # A leap second is the second before it.
            year, month, day, hour, minute, second = told[:6]
            return datetime(year, month, day, hour, minute, min(second, 59), tzinfo=UTC)
        except (ValueError, TypeError, OverflowError):
            continue
    return None
