"""Atom (RFC 4287)."""

from collections.abc import Sequence

from lxml import etree

from newsletter.web.feed_entries import FeedEntry, FeedHead

ATOM = "application/atom+xml; charset=utf-8"
_NS = "http://www.w3.org/2005/Atom"
_LANG = "{http://www.w3.org/XML/1998/namespace}lang"


def atom(head: FeedHead, entries: Sequence[FeedEntry]) -> bytes:
    """The document."""
    feed = etree.Element(f"{{{_NS}}}feed", nsmap={None: _NS})
    feed.set(_LANG, head.language)
    _add(feed, "id", head.address)
    _add(feed, "title", head.title)
    _add(feed, "updated", head.updated.isoformat())
    _add(feed, "link", rel="self", type="application/atom+xml", href=head.address)
    _add(feed, "link", rel="alternate", type="text/html", href=head.page)
    _add(_add(feed, "author"), "name", head.publication)
    for entry in entries:
        _add_entry(feed, entry)
    document: bytes = etree.tostring(feed, xml_declaration=True, encoding="utf-8")
    return document


def _add_entry(feed: etree._Element, entry: FeedEntry) -> None:
    one = _add(feed, "entry")
    one.set(_LANG, entry.language)
    _add(one, "id", entry.address)
    _add(one, "title", entry.title)
    _add(one, "published", entry.published.isoformat())
    _add(one, "updated", entry.published.isoformat())
    _add(one, "link", rel="alternate", type="text/html", href=entry.address)
    if entry.original:
        _add(one, "link", rel="via", href=entry.original)
    _add(_add(one, "author"), "name", entry.source)
    _add(one, "category", term=entry.topic)
    if entry.summary:
        _add(one, "summary", entry.summary)
    _add(one, "content", entry.html, type="html")


def _add(parent: etree._Element, name: str, text: str | None = None, **attributes: str) -> etree._Element:
    child = etree.SubElement(parent, f"{{{_NS}}}{name}", attributes)
    child.text = text
    return child
