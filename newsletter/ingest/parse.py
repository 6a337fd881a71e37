"""A feed's bytes to values, with feedparser. Pure, but never trust its time: run it in `parse_pool`.

feedparser reads every RSS and Atom there is and repairs what is broken. Its own sanitising is
switched off: normalising sanitises again, with nh3, and twice would be a third slower.
"""

import io
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from xml.sax import SAXException

import feedparser

from newsletter.ingest.authors import author_of
from newsletter.ingest.dates import read_date, zone_unknown
from newsletter.ingest.entries import Entry, ParsedFeed
from newsletter.ingest.feed_facts import asked_interval, related, site_link
from newsletter.ingest.feedparser_mends import mend_feedparser
from newsletter.ingest.json_feed import is_json, parse_json_feed
from newsletter.ingest.media_words import teach_feedparser
from newsletter.ingest.pictures import entry_picture
from newsletter.ingest.values import get, html, line, many

teach_feedparser()
mend_feedparser()

MAX_ENTRIES = 500
MAX_HTML = 100_000
MAX_CATEGORIES = 30

_CHARACTER_REFERENCE = re.compile(
    rb"&#(?:[xX]0*(?:[dD][89a-fA-F][0-9a-fA-F]{2}|[0-9a-fA-F]{6,})|0*[0-9]{7,});?"
)
# Where feedparser finds a declared encoding that is no name of one (XML 1.0, production 81): anywhere in the
# declaration's line.
_NAMELESS_ENCODING = re.compile(rb"""encoding=(?=["'](?![A-Za-z][A-Za-z0-9._-]*["']))""")
_DECLARATION = re.compile(rb"\A(?:\xef\xbb\xbf)?<\?.*")
# What feedparser raises over what it did not expect.
_STUMBLES = (ValueError, ArithmeticError, LookupError, TypeError, AttributeError)
# An address in an attribute that is neither whole nor empty, however its quotes are written. A pattern each:
# one that begins with fixed letters is found ten times as fast.
_RELATIVE = [
    re.compile(name + rb"""\s*=\s*(?:["']|&[#\w]{2,6};)?\s*(?!https?:|mailto:|tel:|data:|["'&>#\s])[^\s]""")
    for name in (b"href", b"src", b"cite", b"poster")
]
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
    if is_json(body):
        return _expect_json_feed(body)
    headers = {"content-location": url} | ({"content-type": content_type} if content_type else {})
    found = _parse(body, headers)
    if not get(found, "version") and not found.entries:
        raise ParseError(_why_no_feed(body))
    damaged = isinstance(get(found, "bozo_exception"), SAXException)
    if damaged and not found.entries and not get(found.feed, "title"):
        raise ParseError(
            "It is damaged: its XML breaks off or is not well-formed, and nothing could be read."
        )
    return ParsedFeed(
        title=line(get(found.feed, "title")),
        link=site_link(found.feed),
        language=line(get(found.feed, "language") or get(get(found.feed, "title_detail"), "language")),
        entries=_entries(found),
        asked_interval=asked_interval(found.feed),
        hub=related(found.feed, "hub"),
        self_url=related(found.feed, "self"),
    )


def _expect_json_feed(body: bytes) -> ParsedFeed:
    feed = parse_json_feed(body)
    if feed is None:
        raise ParseError("It is JSON, but no JSON Feed: it has no list of items, or is damaged.")
    return feed


def _entries(found: Any) -> tuple[Entry, ...]:
    is_atom = str(get(found, "version")).startswith("atom")
    return tuple(
        replace(_entry(raw), author=author_of(raw, found.feed, is_atom))
        for raw in found.entries[:MAX_ENTRIES]
    )


def _parse(body: bytes, headers: dict[str, str]) -> Any:
    try:
        return _feedparser(body, headers)
    except _STUMBLES:
        # It gives up at a reference to a character that cannot be, like &#xD800;, and at a declaration
        # whose encoding cannot be read.
        readable = _DECLARATION.sub(lambda line: _NAMELESS_ENCODING.sub(b"e=", line[0]), body)
    try:
        return _feedparser(_CHARACTER_REFERENCE.sub(b"", readable), headers)
    except _STUMBLES as error:
        # At elements that end where they never began, say, or names that are none.
        raise ParseError("It is too damaged to be read: its elements are mixed up.") from error


def _feedparser(body: bytes, headers: dict[str, str]) -> Any:
    return feedparser.parse(
        io.BytesIO(body),
        response_headers=headers,
        sanitize_html=False,
        resolve_relative_uris=_may_hold_relative_links(body),
    )


def _may_hold_relative_links(body: bytes) -> bool:
    """Whether HTML in it may link without saying to which host; looking for them costs a third of a reading.

    Encodings that are no ASCII to the eye may always.
    """
    letters = body.lower()
    return b"\0" in body[:400] or any(one.search(letters) for one in _RELATIVE)


def _why_no_feed(body: bytes) -> str:
    start = body[:2048].lstrip()
    if not start:
        return "Its server answered with an empty page."
    if _WEB_PAGE.match(start):
        return "It is a web page, not a feed. Look on that page for the address of its RSS or Atom feed."
    if start.startswith(b"["):
        return "It is JSON, but no JSON Feed: it is no object with a list of items."
    return "It is neither RSS nor Atom, or too damaged to be read."


def _entry(raw: Any) -> Entry:
    summary, content = html(get(raw, "summary"), MAX_HTML), _content(raw)
    picture = entry_picture(raw, content or summary)
    return Entry(
        guid=line(get(raw, "id")),
        link=_link(raw),
        title=line(get(raw, "title")),
        summary=summary,
        content=content,
        published=_moment(raw, "published", "created", "updated"),
        updated=_moment(raw, "updated"),
        image=line(picture.url) if picture else "",
        image_alt=line(picture.alt) if picture else "",
        language=_language(raw),
        origin=line(get(get(raw, "source"), "title")),
        categories=tuple(line(get(tag, "term")) for tag in many(get(raw, "tags"))[:MAX_CATEGORIES]),
    )


def _content(raw: Any) -> str:
    """The longest of an entry's texts; formats other than text (video, …) are no content."""
    texts = [
        html(get(part, "value"), MAX_HTML)
        for part in many(get(raw, "content"))
        if str(get(part, "type") or "text/html").startswith(("text/", "application/xhtml"))
    ]
    return max(texts, key=len, default="")


def _language(raw: Any) -> str:
    """What is declared of the entry, or of one of its texts."""
    texts = (get(raw, "title_detail"), *many(get(raw, "content")), get(raw, "summary_detail"))
    return line(next(filter(None, [get(raw, "language"), *(get(text, "language") for text in texts)]), ""))


def _link(raw: Any) -> str:
    """The item's page; before a feed service rewrote it, where that is told; else its attachment."""
    return (
        line(get(raw, "feedburner_origlink"))
        or line(get(raw, "link"))
        or next(_hrefs(raw, lambda link: get(link, "rel") == "enclosure"), "")
    )


def _hrefs(raw: Any, wanted: Callable[[Any], bool]) -> Iterator[str]:
    return (line(get(link, "href")) for link in many(get(raw, "links")) if wanted(link))


def _moment(raw: Any, *names: str) -> datetime | None:
    """The first of these times that exists on a calendar, in UTC."""
    for name in names:
        told = line(get(raw, name))
        moment = _on_calendar(get(raw, f"{name}_parsed"))
        if moment is not None:
            return moment - zone_unknown(told)
        if told and (moment := read_date(told)):
            return moment
    return None


def _on_calendar(told: Any) -> datetime | None:
    """feedparser's nine numbers as a time; a leap second is the one before."""
    try:
        year, month, day, hour, minute, second = told[:6]
        return datetime(year, month, day, hour, minute, min(second, 59), tzinfo=UTC)
    except (ValueError, TypeError, OverflowError):
        return None
