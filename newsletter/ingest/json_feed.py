"""A JSON Feed to values (https://www.jsonfeed.org/version/1.1/, and 1.0). Pure."""

import json
from datetime import UTC, datetime
from html import escape
from typing import Any

from newsletter.ingest.authors import person
from newsletter.ingest.entries import Entry, ParsedFeed
from newsletter.ingest.pictures import text_picture
from newsletter.ingest.values import get, html, line, many

MAX_ENTRIES = 500
_MAX_HTML = 100_000
_MAX_CATEGORIES = 30
_MAX_AUTHORS = 5
_MAX_ID = 100
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


def is_json(body: bytes) -> bool:
    """Whether `body` begins as a JSON object does: nothing else in a feed begins with a brace."""
    return body[:1024].removeprefix(_BYTE_ORDER_MARK).lstrip()[:1] == b"{"


def parse_json_feed(body: bytes) -> ParsedFeed | None:
    """The feed in `body`, its first `MAX_ENTRIES` items; None when it is no JSON Feed."""
    try:
        told = json.loads(body.decode("utf-8-sig", "replace"))
    except (ValueError, RecursionError):
        return None
    if not isinstance(get(told, "items"), list):
        return None
    authors = _authors(told)
    return ParsedFeed(
        title=escape(line(get(told, "title"))),
        link=line(get(told, "home_page_url")),
        language=line(get(told, "language")),
        entries=tuple(
            _entry(item, authors) for item in told["items"][:MAX_ENTRIES] if isinstance(item, dict)
        ),
        hub=_hub(told),
        self_url=line(get(told, "feed_url")) or None,
    )


def _entry(item: dict[str, Any], feed_authors: str) -> Entry:
    content = html(item.get("content_html"), _MAX_HTML) or _paragraphs(item.get("content_text"))
    picture = text_picture(content)
    image = line(item.get("image")) or line(item.get("banner_image"))
    return Entry(
        guid=_id(item.get("id")),
        # An item about another page is still its own page's.
        link=line(item.get("url")) or line(item.get("external_url")),
        title=escape(line(item.get("title"))),
        summary=_paragraphs(item.get("summary")),
        content=content,
        author=_authors(item) or feed_authors,
        published=_moment(item.get("date_published")) or _moment(item.get("date_modified")),
        updated=_moment(item.get("date_modified")),
        image=image or (line(picture.url) if picture else ""),
        image_alt="" if image or not picture else line(picture.alt),
        language=line(item.get("language")),
        categories=tuple(escape(line(tag)) for tag in many(item.get("tags"))[:_MAX_CATEGORIES]),
    )


def _id(told: Any) -> str:
    """The identifier; a number, which 1.0 warned of, is taken for its digits."""
    return (
        str(told)[:_MAX_ID] if isinstance(told, (int, float)) and not isinstance(told, bool) else line(told)
    )


def _authors(holder: Any) -> str:
    """The names of version 1.1's `authors`, else of 1.0's `author`."""
    listed = many(get(holder, "authors"))[:_MAX_AUTHORS] or [get(holder, "author")]
    names = (person(line(get(one, "name"))) for one in listed)
    return escape(", ".join(dict.fromkeys(name for name in names if name)))


def _hub(told: dict[str, Any]) -> str | None:
    """The first hub that speaks WebSub."""
    hubs = [one for one in many(told.get("hubs")) if str(get(one, "type")).lower() == "websub"]
    return next((line(get(hub, "url")) for hub in hubs if line(get(hub, "url"))), None)


def _paragraphs(told: Any) -> str:
    """Plain text as HTML."""
    text = html(told, _MAX_HTML)
    return "".join(f"<p>{escape(part)}</p>" for part in text.split("\n\n") if part.strip())


def _moment(told: Any) -> datetime | None:
    """An RFC 3339 time, in UTC."""
    try:
        moment = datetime.fromisoformat(line(told))
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
