"""Feeds and entries as the ingest tests need them."""

import hashlib
from datetime import UTC, datetime
from html import escape

from newsletter.ingest.canonical import canonical_url
from newsletter.ingest.entries import NormalisedEntry

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


def rss(*items: tuple[str, str], title: str = "The Harbour Post") -> bytes:
    """An RSS feed of (title, link) items."""
    body = "".join(
        f"<item><title>{escape(name)}</title><link>{escape(link)}</link>"
        f"<pubDate>Sat, 21 Nov 2026 12:00:00 GMT</pubDate></item>"
        for name, link in items
    )
    return f"<rss version='2.0'><channel><title>{escape(title)}</title>{body}</channel></rss>".encode()


def entry(url: str = "https://example.com/1", title: str = "News", guid: str = "") -> NormalisedEntry:
    """A normalised entry whose hash is its title's."""
    return NormalisedEntry(
        guid=guid or url,
        url=url,
        canonical_url=canonical_url(url),
        title=title,
        published_at=NOON,
        content_hash=hashlib.sha256(title.encode()).hexdigest(),
    )
