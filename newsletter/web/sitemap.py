"""For search engines: what may be read (RFC 9309), and every page there is (https://www.sitemaps.org)."""

from collections.abc import Sequence
from datetime import datetime

from flask import Blueprint, Response, abort
from lxml import etree
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from newsletter.models import Edition, EditionStatus, Story, Topic
from newsletter.web.caching import kept
from newsletter.web.months import archived_topics
from newsletter.web.shared import shared

blueprint = Blueprint("sitemap", __name__)

# As many as one file may hold.
MOST = 50_000
_NS = "http://www.sitemaps.org/schemas/sitemap/0.9"
_XML = "application/xml; charset=utf-8"
_PERSONAL = (
    "/preferences/",
    "/unsubscribe/",
    "/confirm/",
    "/address/",
    "/mine/",
    "/undo/",
    "/outbox",
    "/link",
    "/search",
)
_PUBLISHED = Edition.status == EditionStatus.PUBLISHED

Place = tuple[str, datetime | None]


@blueprint.get("/robots.txt")
def robots() -> Response:
    """Readers' own pages are nobody's to visit; the rest is."""
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in _PERSONAL), ""]
    lines.append(f"Sitemap: {shared().settings.base_url}/sitemap.xml")
    return kept("\n".join([*lines, ""]).encode(), "text/plain; charset=utf-8")


@blueprint.get("/sitemap.xml")
def whole() -> Response:
    """Every page, or, where they are too many for one file, every part."""
    base = shared().settings.base_url
    with shared().database.read() as session:
        number = _number(session)
        if number <= MOST:
            return kept(_written("urlset", "url", _places(session, base, 0)), _XML)
    parts = -(-number // MOST)
    addresses: list[Place] = [(f"{base}/sitemap-{part}.xml", None) for part in range(1, parts + 1)]
    return kept(_written("sitemapindex", "sitemap", addresses), _XML)


@blueprint.get("/sitemap-<number:part>.xml")
def part(part: int) -> Response:
    """One part of all pages."""
    with shared().database.read() as session:
        places = list(_places(session, shared().settings.base_url, (part - 1) * MOST))
    return kept(_written("urlset", "url", places), _XML) if places else abort(404)


def _number(session: Session) -> int:
    stories = select(Story.id).join(Edition).where(_PUBLISHED).subquery()
    return (
        len(_standing(session, "")) + _editions(session) + _count(session, select(func.count(stories.c.id)))
    )


def _editions(session: Session) -> int:
    return _count(session, select(func.count(Edition.id)).where(_PUBLISHED))


def _count(session: Session, query: Select[int]) -> int:
    return session.scalar(query) or 0


def _places(session: Session, base: str, first: int) -> list[Place]:
    """Up to `MOST` pages from the one at `first` on: those that always are, then editions, then stories."""
    standing = _standing(session, base)
    editions = len(standing) + _editions(session)
    found = standing[first : first + MOST]
    if len(found) < MOST and first < editions:
        found += _edition_places(session, base, max(0, first - len(standing)), MOST - len(found))
    if len(found) < MOST:
        found += _story_places(session, base, max(0, first - editions), MOST - len(found))
    return found


def _standing(session: Session, base: str) -> list[Place]:
    pages = ["/", "/archive", *(f"/archive/{topic.slug}" for topic in archived_topics(session))]
    return [(f"{base}{page}", None) for page in pages]


def _edition_places(session: Session, base: str, first: int, most: int) -> list[Place]:
    query = select(Topic.slug, Edition.date, Edition.published_at).join(Topic).where(_PUBLISHED)
    rows = session.execute(query.order_by(Edition.id).offset(first).limit(most))
    return [(f"{base}/archive/{slug}/{day}", at) for slug, day, at in rows]


def _story_places(session: Session, base: str, first: int, most: int) -> list[Place]:
    query = select(Story.id, Edition.published_at).join(Edition).where(_PUBLISHED)
    rows = session.execute(query.order_by(Story.id).offset(first).limit(most))
    return [(f"{base}/story/{number}", at) for number, at in rows]


def _written(root: str, one: str, places: Sequence[Place]) -> bytes:
    document = etree.Element(f"{{{_NS}}}{root}", nsmap={None: _NS})
    for address, changed in places:
        entry = etree.SubElement(document, f"{{{_NS}}}{one}")
        etree.SubElement(entry, f"{{{_NS}}}loc").text = address
        if changed is not None:
            etree.SubElement(entry, f"{{{_NS}}}lastmod").text = changed.isoformat()
    written: bytes = etree.tostring(document, xml_declaration=True, encoding="utf-8")
    return written
