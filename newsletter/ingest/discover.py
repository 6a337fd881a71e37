"""From a web page to the addresses that may be its feeds. Pure: what they hold, `discovery` looks at.

A page tells its feeds by link tags in its head; failing that it links to them where readers can click;
failing that they stand where most software puts them.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from newsletter.ingest.discover_page import Page, PageLink
from newsletter.ingest.source_address import source_address

MAX_LINKED = 12
PLACES = (
    "feed",
    "rss.xml",
    "atom.xml",
    "feed.xml",
    "index.xml",
    "rss",
    "feed.json",
    "feeds/posts/default",
    "feed.atom",
)

_FEED_TYPES = frozenset(
    (
        "application/rss+xml",
        "application/atom+xml",
        "application/rdf+xml",
        "application/feed+json",
        "application/x-rss+xml",
        "application/rss",
        "application/atom",
        "text/rss+xml",
        "text/rss",
    )
)
# Types that many things have: with them the address must look like a feed's as well.
_VAGUE_TYPES = frozenset(("application/xml", "text/xml", "application/json", "application/x-xml"))
# A whole folder of that name, a file named so, or one of that kind: /how-to-feed-cats is an article.
_FEED_PATH = re.compile(
    r"(?:^|/)(?:feeds?|rss|atom|rdf)\d{0,2}(?:/|$)|\.(?:rss|atom|rdf)$"
    r"|(?:^|[/._-])(?:feeds?|rss|atom|rdf)[\w-]{0,40}\.(?:xml|json|php|aspx?)$",
    re.I,
)
_FEED_QUERY = re.compile(r"(?:^|&)(?:feed|format|type|output|alt)=(?:rss2?|atom|rdf|feed|json-?feed)\b", re.I)
_FEED_HOST = re.compile(r"^(?:feeds?|rss)\d*\.", re.I)
_FEED_WORDS = re.compile(r"\b(?:rss|atom|(?:news|web|xml)[ -]?feeds?)\b", re.I)
_COMMENTS = re.compile(r"(?:^|[/_.?=-])comments?(?:[/_.&=-]|$)", re.I)
_COMMENTS_TITLE = re.compile(
    r"\bcomments (?:on|for)\b|\bcomments? feed\b|\bcomments$|\bkommentar|\bcommentaires?\b|\bcomentarios?\b"
    r"|\breacties\b|\bcommenti\b|\bкомментари|\bкоментар|^تعليقات",
    re.I,
)
_PAGE = re.compile(rb"<(?:!doctype\s+html|html|head|body)\b", re.I)
_FEED_ROOT = re.compile(rb"<(?:[\w-]+:)?(?:rss|feed|rdf)[\s>]", re.I)
_START = 4_096


@dataclass(frozen=True, slots=True)
class Candidate:
    """An address that may be a feed's; `title` is what the page calls it, where it does."""

    url: str
    title: str = ""


def is_page(body: bytes) -> bool:
    """Whether these bytes are a web page to look for feeds in, rather than a feed."""
    # A byte order or character width of two: without its zeros, every tag is ASCII.
    start = body[:_START].replace(b"\0", b"")
    page = _PAGE.search(start)
    feed = _FEED_ROOT.search(start)
    return page is not None and (feed is None or page.start() < feed.start())


def told_candidates(page: Page, url: str) -> list[Candidate]:
    """The feeds a page at `url` tells of in its link tags (HTML, section 4.6.7.1), at most a dozen."""
    return _resolved((link for link in page.links if _tells_feed(link)), url, page.base)


def linked_candidates(page: Page, url: str) -> list[Candidate]:
    """What a page at `url` links to that looks like a feed of its own site, at most a dozen."""
    found = _resolved((link for link in page.anchors if _looks_like_feed(link)), url, page.base)
    return [candidate for candidate in found if _is_near(candidate.url, url)]


def common_places(url: str) -> list[Candidate]:
    """Where most software puts a site's feed, of the same host: below the page first, then at the root."""
    parts = urlsplit(url)
    root = f"{parts.scheme}://{parts.netloc}/"
    folder = parts.path if parts.path.endswith("/") else parts.path.rpartition("/")[0] + "/"
    below = [parts.path.rstrip("/") + "/", folder] if parts.path.strip("/") else []
    near = [urljoin(root, path.lstrip("/") + place) for path in below for place in PLACES[:3]]
    return [Candidate(place) for place in dict.fromkeys([*near, *(root + place for place in PLACES)])]


def is_of_comments(url: str, title: str) -> bool:
    """Whether a feed carries what readers say rather than news."""
    parts = urlsplit(url)
    return bool(_COMMENTS.search(f"{parts.path}?{parts.query}") or _COMMENTS_TITLE.search(title))


def _tells_feed(link: PageLink) -> bool:
    rel = set(link.rel.lower().split())
    kind = link.type.partition(";")[0].strip().lower()
    if "feed" in rel and not {"stylesheet", "icon"} & rel:
        return True
    if "alternate" not in rel or "stylesheet" in rel:
        return False
    return kind in _FEED_TYPES or (
        kind in _VAGUE_TYPES and kind != "" and _address_looks_like_feed(link.href)
    )


def _looks_like_feed(link: PageLink) -> bool:
    said = link.type.partition(";")[0].strip().lower() in _FEED_TYPES
    return said or _address_looks_like_feed(link.href) or bool(_FEED_WORDS.search(link.title))


def _address_looks_like_feed(href: str) -> bool:
    try:
        parts = urlsplit(href.strip())
    except ValueError:
        return False
    in_host = _FEED_HOST.search(parts.netloc)
    return bool(_FEED_PATH.search(parts.path) or _FEED_QUERY.search(parts.query) or in_host)


def _resolved(links: Iterable[PageLink], url: str, base: str) -> list[Candidate]:
    found: dict[str, Candidate] = {}
    for link in links:
        address = _absolute(link.href, url, base)
        if address and address not in found:
            found[address] = Candidate(address, link.title)
        if len(found) == MAX_LINKED:
            break
    return list(found.values())


def _absolute(href: str, url: str, base: str) -> str | None:
    try:
        whole = href if href.startswith("feed:") else urljoin(urljoin(url, base), href)
    except ValueError:
        return None
    return source_address(whole.replace(" ", "%20"))


def _is_near(address: str, url: str) -> bool:
    """Whether an address is of the page's own site, or of a host that does nothing but feeds.

    Pages link to feeds of others, too, and to services that offer to read them.
    """
    host, own = urlsplit(address).hostname or "", urlsplit(url).hostname or ""
    return bool(_FEED_HOST.search(host)) or host.split(".")[-2:] == own.split(".")[-2:]
