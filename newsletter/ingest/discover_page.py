"""The links of a web page, as its HTML has them: read as a stream, so that no page is too deep or wide."""

import codecs
import re
from dataclasses import dataclass

from lxml import etree

from newsletter.ingest.plain_text import clean_line

# A page's head, and the foot that links to its feeds, stand well within.
MAX_PAGE = 2 * 1024 * 1024
MAX_LINKS = 500
MAX_ANCHORS = 20_000
_MAX_VALUE = 2_000
_MAX_TITLE = 200
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]{1,40})", re.I)


@dataclass(frozen=True, slots=True)
class PageLink:
    """A link tag, or an anchor with its words as `title`; everything as the page has it."""

    href: str
    rel: str = ""
    type: str = ""
    title: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """What a page links to; `base` is the address its links are meant to be resolved against, or empty."""

    base: str
    links: tuple[PageLink, ...]
    anchors: tuple[PageLink, ...]


def read_page(body: bytes, content_type: str = "") -> Page:
    """The links of a page's first 2 MB, at most 500 tags and 20,000 anchors; never fails."""
    collector = _Collector()
    parser = etree.HTMLParser(
        target=collector, recover=True, no_network=True, encoding=_encoding(content_type)
    )
    try:
        parser.feed(body[:MAX_PAGE])
        parser.close()
    except (etree.LxmlError, AssertionError):
        # Nothing there, or nothing that is text: what was collected until then is all there is.
        pass
    return Page(collector.base, tuple(collector.links), tuple(collector.anchors))


class _Collector:
    """What lxml calls for every tag; it builds no tree."""

    def __init__(self) -> None:
        self.base = ""
        self.links: list[PageLink] = []
        self.anchors: list[PageLink] = []
        self._open: dict[str, str] | None = None
        self._words: list[str] = []

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        href = attributes.get("href", "").strip()
        if not href or len(href) > _MAX_VALUE:
            return
        if tag == "base":
            self.base = self.base or href
        elif tag == "link" and len(self.links) < MAX_LINKS:
            self.links.append(_link(href, attributes, attributes.get("title", "")))
        elif tag == "a":
            self._finish()
            self._open = dict(attributes, href=href)

    def data(self, text: str) -> None:
        if self._open is not None and len(self._words) < 20:
            self._words.append(text[:_MAX_TITLE])

    def end(self, tag: str) -> None:
        if tag == "a":
            self._finish()

    def close(self) -> None:
        self._finish()

    def _finish(self) -> None:
        if self._open is not None and len(self.anchors) < MAX_ANCHORS:
            words = " ".join(self._words) or self._open.get("title", "")
            self.anchors.append(_link(self._open["href"], self._open, words))
        self._open, self._words = None, []


def _link(href: str, attributes: dict[str, str], title: str) -> PageLink:
    rel, kind = attributes.get("rel", "")[:_MAX_TITLE], attributes.get("type", "")[:_MAX_TITLE]
    return PageLink(href, rel, kind, clean_line(title[:_MAX_TITLE]))


def _encoding(content_type: str) -> str | None:
    """The encoding the server tells, if it is one; else lxml looks into the page."""
    told = _CHARSET.search(content_type)
    try:
        return codecs.lookup(told[1]).name if told else None
    except LookupError:
        return None
