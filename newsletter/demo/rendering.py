"""Writes a demo source as a feed: RSS 2.0, Atom 1.0 (RFC 4287) or RSS 1.0, a pure function of its moment."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import format_datetime
from html import escape
from xml.etree.ElementTree import Element, SubElement, register_namespace, tostring

from newsletter.demo.drawings import SIZE, caption, has_picture, picture_path
from newsletter.demo.links import printed_guid, printed_link
from newsletter.demo.world import DemoEntry, DemoSource, load_sources, load_topics

ATOM = "{http://www.w3.org/2005/Atom}"
CONTENT = "{http://purl.org/rss/1.0/modules/content/}"
DC = "{http://purl.org/dc/elements/1.1/}"
MEDIA = "{http://search.yahoo.com/mrss/}"
RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
RSS1 = "{http://purl.org/rss/1.0/}"
XML = "{http://www.w3.org/XML/1998/namespace}"
MEDIA_TYPES = {"rss2": "application/rss+xml", "atom": "application/atom+xml", "rdf": "application/rdf+xml"}

for _prefix, _name in {"atom": ATOM, "content": CONTENT, "dc": DC, "media": MEDIA, "rdf": RDF}.items():
    register_namespace(_prefix, _name.strip("{}"))


@dataclass(frozen=True, slots=True)
class _Shown:
    """A source at a moment, on a server."""

    source: DemoSource
    now: datetime
    as_of: datetime
    base_url: str

    @property
    def entries(self) -> tuple[DemoEntry, ...]:
        return self.source.visible(self.now, self.as_of)

    @property
    def changed(self) -> datetime:
        return changed_at(self.source, self.now, self.as_of)


def changed_at(source: DemoSource, now: datetime, as_of: datetime) -> datetime:
    """When the feed last changed: its newest entry's appearance, or three days ago if it is empty yet."""
    visible = source.visible(now, as_of)
    return visible[0].appears_at(now) if visible else now - timedelta(days=3)


def render_feed(source: DemoSource, now: datetime, as_of: datetime, base_url: str) -> bytes:
    """The feed's bytes as they stand at `as_of`, with dates relative to `now`.

    The same values give the same bytes.
    """
    write = {"rss2": _rss2, "atom": _atom, "rdf": _rss1}[source.format]
    root = write(_Shown(source, now, as_of, base_url))
    data: bytes = tostring(root, encoding=source.encoding, xml_declaration=True)
    # A careless publisher: ampersands between words stay bare, which is not well-formed XML.
    return data if source.well_formed else data.replace(b"&amp; ", b"& ")


def render_opml(base_url: str) -> bytes:
    """A list of all feeds by topic, for importing (OPML 2.0)."""
    opml = Element("opml", version="2.0")
    SubElement(SubElement(opml, "head"), "title").text = "Feeds of the demo"
    body = SubElement(opml, "body")
    for topic in load_topics():
        group = SubElement(body, "outline", text=topic.name, title=topic.name)
        for source in load_sources():
            if source.topic == topic.slug:
                url = base_url + source.path
                SubElement(group, "outline", type="rss", text=source.name, title=source.name, xmlUrl=url)
    data: bytes = tostring(opml, encoding="utf-8", xml_declaration=True)
    return data


def _rss2(shown: _Shown) -> Element:
    source, base_url = shown.source, shown.base_url
    rss = Element("rss", version="2.0")
    channel = SubElement(rss, "channel")
    _texts(channel, {"title": source.name, "link": f"{base_url}/", "description": source.description})
    _texts(
        channel, {"language": source.language, "lastBuildDate": format_datetime(shown.changed, usegmt=True)}
    )
    for entry in shown.entries:
        item = SubElement(channel, "item")
        _texts(item, {"title": entry.title, "link": printed_link(entry, base_url)})
        if guid := printed_guid(entry):
            SubElement(item, "guid", isPermaLink="false").text = guid
        if date := entry.printed_date(shown.now):
            SubElement(item, "pubDate").text = format_datetime(date, usegmt=True)
        # A description is HTML by custom, so its plain text is escaped once more.
        SubElement(item, "description").text = escape(entry.summary, quote=False)
        _dublin_core(item, source, entry)
        if has_picture(entry):
            told = {"url": base_url + picture_path(entry), "medium": "image", "width": str(SIZE[0])}
            picture = SubElement(item, f"{MEDIA}content", told)
            SubElement(picture, f"{MEDIA}description", type="plain").text = caption(entry)
    return rss


def _rss1(shown: _Shown) -> Element:
    source, base_url = shown.source, shown.base_url
    rdf = Element(f"{RDF}RDF")
    channel = SubElement(rdf, f"{RSS1}channel", {f"{RDF}about": base_url + source.path})
    _texts(channel, {"title": source.name, "link": f"{base_url}/", "description": source.description}, RSS1)
    _texts(channel, {"language": source.language, "date": shown.changed.isoformat()}, DC)
    order = SubElement(SubElement(channel, f"{RSS1}items"), f"{RDF}Seq")
    for entry in shown.entries:
        link = printed_link(entry, base_url)
        SubElement(order, f"{RDF}li", {f"{RDF}resource": link})
        item = SubElement(rdf, f"{RSS1}item", {f"{RDF}about": link})
        summary = escape(entry.summary, quote=False)
        _texts(item, {"title": entry.title, "link": link, "description": summary}, RSS1)
        if date := entry.printed_date(shown.now):
            SubElement(item, f"{DC}date").text = date.isoformat()
        _dublin_core(item, source, entry)
    return rdf


def _atom(shown: _Shown) -> Element:
    source, base_url = shown.source, shown.base_url
    feed = Element(f"{ATOM}feed", {f"{XML}lang": source.language})
    identity = f"tag:demo.example.com,2020:{source.slug}"
    _texts(feed, {"title": source.name, "subtitle": source.description, "id": identity}, ATOM)
    _texts(feed, {"updated": shown.changed.isoformat()}, ATOM)
    SubElement(feed, f"{ATOM}link", href=f"{base_url}/")
    SubElement(feed, f"{ATOM}link", rel="self", href=base_url + source.path)
    for entry in shown.entries:
        feed.append(_atom_entry(shown, entry))
    return feed


def _atom_entry(shown: _Shown, entry: DemoEntry) -> Element:
    source = shown.source
    element = Element(f"{ATOM}entry")
    if entry.language != source.language:
        element.set(f"{XML}lang", entry.language)
    SubElement(element, f"{ATOM}title", type="html").text = entry.title
    SubElement(element, f"{ATOM}link", href=printed_link(entry, shown.base_url))
    if has_picture(entry):
        picture = shown.base_url + picture_path(entry)
        SubElement(element, f"{ATOM}link", rel="enclosure", type="image/jpeg", href=picture)
    if guid := printed_guid(entry):
        SubElement(element, f"{ATOM}id").text = guid
    if date := entry.printed_date(shown.now):
        _texts(element, {"published": date.isoformat(), "updated": date.isoformat()}, ATOM)
    SubElement(SubElement(element, f"{ATOM}author"), f"{ATOM}name").text = entry.author or source.name
    SubElement(element, f"{ATOM}summary", type="html").text = f"<p>{escape(entry.summary, quote=False)}</p>"
    if entry.body:
        SubElement(element, f"{ATOM}content", type="html").text = entry.body
    return element


def _dublin_core(item: Element, source: DemoSource, entry: DemoEntry) -> None:
    if entry.author:
        SubElement(item, f"{DC}creator").text = entry.author
    if entry.language != source.language:
        SubElement(item, f"{DC}language").text = entry.language
    if entry.body:
        SubElement(item, f"{CONTENT}encoded").text = entry.body


def _texts(parent: Element, texts: dict[str, str], namespace: str = "") -> None:
    for name, text in texts.items():
        SubElement(parent, namespace + name).text = text
