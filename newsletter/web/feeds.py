"""The news as feeds, for readers who would rather not have it by mail: all of it, or one topic's."""

from collections.abc import Callable, Sequence
from datetime import datetime

from flask import Blueprint, Response, abort
from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter.models import Topic
from newsletter.web.atom import ATOM, atom
from newsletter.web.caching import kept
from newsletter.web.feed_entries import NEVER, FeedEntry, FeedHead, feed_entries
from newsletter.web.json_feed import JSON_FEED, json_feed
from newsletter.web.newest import last_change, newest_stories
from newsletter.web.shared import shared

blueprint = Blueprint("feeds", __name__)

Written = Callable[[FeedHead, Sequence[FeedEntry]], bytes]


@blueprint.get("/feed.atom", endpoint="atom_all")
@blueprint.get("/archive/<slug>/feed.atom", endpoint="atom")
def atom_of(slug: str | None = None) -> Response:
    """The newest stories as Atom."""
    return _feed(slug, "feed.atom", atom, ATOM)


@blueprint.get("/feed.json", endpoint="json_all")
@blueprint.get("/archive/<slug>/feed.json", endpoint="json")
def json_of(slug: str | None = None) -> Response:
    """The newest stories as JSON Feed."""
    return _feed(slug, "feed.json", json_feed, JSON_FEED)


def _feed(slug: str | None, file: str, written: Written, kind: str) -> Response:
    with shared().database.read() as session:
        topic = None if slug is None else _topic(session, slug)
        changed = last_change(session, topic)
        entries = feed_entries(newest_stories(session, topic), shared().settings.base_url)
        body = written(_head(topic, file, changed or NEVER), entries)
    response = kept(body, kind, changed)
    # Feeds are read by pages elsewhere too, and hold nothing of anybody's.
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response


def _topic(session: Session, slug: str) -> Topic:
    return session.scalar(select(Topic).where(Topic.slug == slug)) or abort(404)


def _head(topic: Topic | None, file: str, changed: datetime) -> FeedHead:
    here = shared()
    base, name = here.settings.base_url, here.publication.name
    page = f"{base}/archive/{topic.slug}" if topic else f"{base}/"
    return FeedHead(
        title=f"{name} – {topic.name}" if topic else name,
        page=page,
        address=f"{page.rstrip('/')}/{file}",
        publication=name,
        base_url=base,
        language=topic.language if topic else here.settings.publication_language,
        updated=changed,
    )
