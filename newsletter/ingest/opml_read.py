"""Reading OPML as feed readers export it, sloppy files included (http://opml.org/spec2.opml). Pure.

What we export ourselves carries attributes of our own namespace, so that nothing is lost on the way.
"""

import codecs
import html
import re
from dataclasses import dataclass
from datetime import time
from html.entities import html5
from zoneinfo import available_timezones

from lxml import etree

from newsletter.ingest.canonical import clean_link
from newsletter.ingest.normalise import clean_language
from newsletter.ingest.plain_text import clean_line
from newsletter.ingest.source_address import source_address

OWN = "urn:daily-edition:opml"
MAX_BYTES = 2 * 1024 * 1024
MAX_FEEDS = 5_000
MAX_NAME = 200
MAX_TOPIC_NAME = 120
MAX_TOPICS = 20
UNSORTED = "General"
_FEED_KINDS = frozenset(("rss", "atom", "feed"))
_SLUG = re.compile(r"(?=.{1,64}$)[a-z0-9]+(?:-[a-z0-9]+)*")
_ENCODING = re.compile(rb"""^\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""")
_DECLARATION = re.compile(r"^\s*<\?xml[^>]{0,200}\?>")
_DTD = re.compile(r"<!(?:DOCTYPE|ENTITY|ELEMENT|ATTLIST)", re.I)
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_BARE = re.compile(r"&(?!#\d{1,7};|#[xX][0-9a-fA-F]{1,6};|[A-Za-z][A-Za-z0-9]{1,31};)")
# All but the five that XML knows.
_ENTITY = re.compile(r"&(?!(?:amp|lt|gt|quot|apos);)([#A-Za-z][A-Za-z0-9]{1,31};)")


class OpmlError(ValueError):
    """The file cannot be imported; the text says why."""


@dataclass(frozen=True, slots=True)
class OpmlTopic:
    """A folder or category. All but the name are told by our own exports only."""

    name: str
    slug: str = ""
    language: str | None = None
    cutoff: time | None = None
    timezone: str | None = None
    active: bool = True


@dataclass(frozen=True, slots=True)
class OpmlFeed:
    """A feed in an OPML file: its address as told, its name, and the topics it stands under."""

    url: str
    name: str
    topics: tuple[OpmlTopic, ...]
    site_url: str | None = None
    language: str | None = None
    full_text: bool = False


@dataclass(frozen=True, slots=True)
class Opml:
    """What a file names; `topics` in its order, those without a feed only where we exported them."""

    topics: tuple[OpmlTopic, ...]
    feeds: tuple[OpmlFeed, ...]


def read_opml(data: bytes) -> Opml:
    """The feeds of an OPML file, each once; the innermost folder is the topic, and so is each category.

    Raises `OpmlError` for what is too large, has a document type (entities can be bombs), or is not OPML.
    """
    if len(data) > MAX_BYTES:
        raise OpmlError(f"The file is larger than {MAX_BYTES // (1024 * 1024)} MB.")
    text = _decode(data)
    if _DTD.search(text):
        raise OpmlError("The file declares a document type or entities, which no OPML needs; it is refused.")
    outlines = _Outlines()
    parser = etree.XMLParser(target=outlines, recover=True, resolve_entities="internal", no_network=True)
    try:
        parser.feed(_mended(text).encode())
        parser.close()
    except etree.LxmlError:
        # Not well-formed beyond repair: what was read until then counts.
        pass
    if not outlines.is_opml:
        raise OpmlError("The file is not OPML: it has no <opml> element.")
    if len(outlines.feeds) > MAX_FEEDS:
        raise OpmlError(f"The file names more than {MAX_FEEDS} feeds. Split it.")
    return _opml(outlines)


class _Outlines:
    """What the parser calls for every element; it builds no tree."""

    def __init__(self) -> None:
        self.is_opml = False
        self.topics: dict[OpmlTopic, None] = {}
        self.feeds: dict[str, list[OpmlFeed]] = {}
        # For every open outline the topic in force inside it, and whether all of it is a comment.
        self._open: list[tuple[OpmlTopic | None, bool]] = []

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name = _local(tag)
        if name == "opml":
            self.is_opml = True
        elif name == "outline":
            self._outline({_local(key): value for key, value in attributes.items()}, _own(attributes))

    def end(self, tag: str) -> None:
        if _local(tag) == "outline" and self._open:
            self._open.pop()

    def close(self) -> None:
        pass

    def _outline(self, said: dict[str, str], own: dict[str, str]) -> None:
        topic, hidden = self._open[-1] if self._open else (None, False)
        hidden = hidden or said.get("iscomment", "").strip().lower() == "true"
        name = clean_line(said.get("text", "")) or clean_line(said.get("title", ""))
        url = _feed_url(said)
        if not url and name:
            topic = _topic(name, own)
            if topic.slug and not hidden:
                self.topics[topic] = None
        self._open.append((topic, hidden))
        if url and not hidden:
            self._feed(url, name, said, own)

    def _feed(self, url: str, name: str, said: dict[str, str], own: dict[str, str]) -> None:
        folder = self._open[-1][0]
        topics = dict.fromkeys([folder] if folder else [])
        topics |= dict.fromkeys(OpmlTopic(name) for name in _categories(said.get("category", "")))
        feed = OpmlFeed(
            url,
            name[:MAX_NAME],
            tuple(topics) or (OpmlTopic(UNSORTED),),
            clean_link(said.get("htmlurl", "")),
            clean_language(said.get("language", "")),
            own.get("fulltext") == "true",
        )
        self.topics |= dict.fromkeys(feed.topics)
        self.feeds.setdefault(source_address(url) or url, []).append(feed)


def _opml(outlines: _Outlines) -> Opml:
    return Opml(tuple(outlines.topics), tuple(_joined(same) for same in outlines.feeds.values()))


def _joined(same: list[OpmlFeed]) -> OpmlFeed:
    """One feed of all the places it stands in."""
    topics = dict.fromkeys(topic for feed in same for topic in feed.topics)
    if len(topics) > 1:
        topics.pop(OpmlTopic(UNSORTED), None)
    return OpmlFeed(
        same[0].url,
        next((feed.name for feed in same if feed.name), ""),
        tuple(topics)[:MAX_TOPICS],
        next((feed.site_url for feed in same if feed.site_url), None),
        next((feed.language for feed in same if feed.language), None),
        any(feed.full_text for feed in same),
    )


def _feed_url(said: dict[str, str]) -> str:
    """The address of a feed; old files have it as `url`, which may be anything's."""
    kind = said.get("type", "").strip().lower()
    return (said.get("xmlurl", "") or (said.get("url", "") if kind in _FEED_KINDS else "")).strip()


def _categories(told: str) -> list[str]:
    """The innermost names of comma-separated paths, as `/Harvard/Berkman,/Politics`."""
    paths = [[clean_line(part) for part in path.split("/")] for path in told.split(",")[:MAX_TOPICS]]
    innermost = (next((part for part in reversed(path) if part), "") for path in paths)
    return [name[:MAX_TOPIC_NAME] for name in innermost if name]


def _topic(name: str, own: dict[str, str]) -> OpmlTopic:
    slug = own.get("slug", "")
    if not _SLUG.fullmatch(slug):
        return OpmlTopic(name[:MAX_TOPIC_NAME])
    zone = own.get("timezone", "")
    return OpmlTopic(
        name[:MAX_TOPIC_NAME],
        slug,
        clean_language(own.get("language", "")),
        _time(own.get("cutoff", "")),
        zone if zone in available_timezones() else None,
        own.get("active") != "false",
    )


def _time(told: str) -> time | None:
    try:
        return time.fromisoformat(told).replace(tzinfo=None)
    except ValueError:
        return None


def _local(name: str) -> str:
    """A tag's or attribute's name in lower case, without its namespace."""
    return name.rpartition("}")[2].rpartition(":")[2].lower()


def _own(attributes: dict[str, str]) -> dict[str, str]:
    start = f"{{{OWN}}}"
    return {_local(key): value for key, value in attributes.items() if key.startswith(start)}


def _decode(data: bytes) -> str:
    """The text of an XML file: by its byte-order mark, else by its declaration, else UTF-8."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encoding = "utf-16"
    else:
        told = _ENCODING.match(data.removeprefix(codecs.BOM_UTF8))
        encoding = told.group(1).decode("ascii") if told else "utf-8-sig"
    try:
        text = data.decode(encoding)
    except (UnicodeError, LookupError):
        raise OpmlError("The file's characters cannot be read: it is not in the encoding it says.") from None
    return _DECLARATION.sub("", text.lstrip("\ufeff"))


def _mended(text: str) -> str:
    """`text` with what XML allows only: no control characters, no bare &, and HTML's entities resolved."""
    start = max(text.find("<"), 0)
    return _ENTITY.sub(_resolved, _BARE.sub("&amp;", _UNWRITABLE.sub("", text[start:])))


def _resolved(found: re.Match[str]) -> str:
    """An entity that XML does not know as what HTML means by it; else as the letters it is written with."""
    told = found[1]
    meant = html.unescape(found[0]) if told.startswith("#") else html5.get(told, "")
    return html.escape(_UNWRITABLE.sub("", meant)) if meant else f"&amp;{told}"
