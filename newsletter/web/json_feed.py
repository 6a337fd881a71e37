"""JSON Feed 1.1 (https://www.jsonfeed.org/version/1.1/)."""

import json
from collections.abc import Sequence
from typing import Any

from newsletter.web.feed_entries import FeedEntry, FeedHead

JSON_FEED = "application/feed+json; charset=utf-8"


def json_feed(head: FeedHead, entries: Sequence[FeedEntry]) -> bytes:
    """The document."""
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": head.title,
        "home_page_url": head.page,
        "feed_url": head.address,
        "language": head.language,
        "authors": [{"name": head.publication, "url": f"{head.base_url}/"}],
        "items": [_item(entry) for entry in entries],
    }
    return json.dumps(feed, ensure_ascii=False, separators=(",", ":")).encode()


def _item(entry: FeedEntry) -> dict[str, Any]:
    item: dict[str, Any] = {
        "id": entry.address,
        "url": entry.address,
        "external_url": entry.original,
        "title": entry.title,
        "summary": entry.summary,
        "content_html": entry.html,
        "image": entry.picture,
        "date_published": entry.published.isoformat(),
        "authors": [{"name": entry.source}],
        "tags": [entry.topic],
        "language": entry.language,
    }
    return {name: value for name, value in item.items() if value}
