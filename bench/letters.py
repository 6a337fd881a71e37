"""A newsroom's morning for benchmarks: topics, their editions, readers, and a queued issue for each."""

import hashlib
import random
from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta

from sqlalchemy import func, insert, select, true
from sqlalchemy.orm import Session

from newsletter.db import Database
from newsletter.delivery.outbox import NewMail, row_of
from newsletter.editions.content import keep_fragments, render_all
from newsletter.mail.issue import EditionContent, Publication, RelatedContent, StoryContent
from newsletter.models import (
    Article,
    Delivery,
    Edition,
    MailKind,
    Source,
    Story,
    StoryArticle,
    StoryRole,
    Subscriber,
    SubscriberStatus,
    Subscription,
    Topic,
)

NOW = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)
PUBLICATION = Publication(
    name="The Daily Edition",
    base_url="https://news.example.com",
    sender="The Daily Edition <news@example.com>",
    reply_to=None,
    bounce_address="bounces@example.com",
    postal_address="1 Paper Street, Exampleton",
    list_domain="news.example.com",
)
KEYS = ("a key for benchmarks that is long enough",)
# Four editions of so many stories make a mail of about 45 KB.
EDITIONS = 4
STORIES = 2

_WORDS = (
    "harbour council bridge ferry budget school river strike market comet orchard library tunnel winter"
    " engineers tram night vote museum glass border early after says new second under first plan more"
)
_TOPICS = ("City", "Business", "Science", "Culture", "Sport", "World", "Media", "Climate")
_BATCH = 5000


def fill(
    database: Database, readers: int, now: datetime = NOW, domains: int = 1, first: int = 1
) -> list[int]:
    """Topics with an edition each, and `readers` who are each to get an issue of all; the deliveries.

    Everything is queued at `now`, for addresses at so many `domains`. More readers can be added to the
    same editions by another call with the number of the `first` of them.
    """
    with database.write() as session:
        editions = list(session.scalars(select(Edition.id).order_by(Edition.id)))
        editions = editions or [add_edition(session, number, now).id for number in range(EDITIONS)]
    queued: list[int] = []
    for start in range(first, first + readers, _BATCH):
        numbers = range(start, min(start + _BATCH, first + readers))
        with database.write() as session:
            queued += _add_readers(session, numbers, editions, now, domains)
    return queued


def add_edition(session: Session, number: int, now: datetime) -> Edition:
    """A topic of its own with a published edition, rendered as `editions.store` does it."""
    name = f"{_TOPICS[number % len(_TOPICS)]}{number // len(_TOPICS) or ''}"
    topic = Topic(
        slug=name.lower(), name=name, cutoff=time(4), timezone="UTC", position=number, created_at=now
    )
    session.add(topic)
    session.flush()
    content = _content(topic, now)
    edition = Edition(topic_id=topic.id, date=content.date, language="en", closed_at=now, published_at=now)
    edition.stories = [_story(session, story, place, now) for place, story in enumerate(content.stories)]
    session.add(edition)
    session.flush()
    keep_fragments(session, edition.id, list(render_all(content)))
    return edition


def _content(topic: Topic, now: datetime) -> EditionContent:
    words = random.Random(topic.slug)
    stories = tuple(_invented(words, now) for _ in range(STORIES))
    return EditionContent(topic.slug, topic.name, now.date(), topic.timezone, "en", stories)


def _invented(words: random.Random, now: datetime) -> StoryContent:
    def said(length: int) -> str:
        return " ".join(words.choices(_WORDS.split(), k=length)).capitalize()

    def related() -> RelatedContent:
        title = said(8)
        return RelatedContent(title, _url(title), said(2), now - timedelta(hours=3), said(10))

    headline = said(10)
    return StoryContent(
        headline,
        _url(headline),
        said(2),
        now - timedelta(hours=2),
        summary=f"{said(14)}. {said(12)}.",
        source_count=5,
        related=(related(), related()),
    )


def _url(title: str) -> str:
    return f"https://paper.example.org/{title.lower().replace(' ', '-')[:24]}"


def _story(session: Session, content: StoryContent, place: int, now: datetime) -> Story:
    """A stored story with its lead alone: mails are made from fragments and headlines."""
    number = hashlib.md5(content.headline.encode(), usedforsecurity=False).hexdigest()
    source = Source(url=f"{content.url}/feed", name=content.source, next_poll_at=now, created_at=now)
    article = Article(
        source=source,
        url=content.url,
        canonical_url=content.url,
        title=content.headline,
        content_hash=number,
        published_at=now,
        first_seen_at=now,
    )
    session.add(article)
    session.flush()
    lead = StoryArticle(
        article_id=article.id,
        role=StoryRole.LEAD,
        position=0,
        title=content.headline,
        url=content.url,
        source_name=content.source,
        published_at=now,
    )
    return Story(position=place, summary=content.summary, articles=[lead])


def _add_readers(
    session: Session,
    numbers: Sequence[int],
    editions: Sequence[int],
    now: datetime,
    domains: int,
) -> list[int]:
    connection = session.connection()
    before = session.scalar(select(func.max(Subscriber.id))) or 0
    connection.execute(insert(Subscriber), [_subscriber(number, now, domains) for number in numbers])
    stored = session.execute(select(Subscriber.id, Subscriber.handle).where(Subscriber.id > before)).all()
    everything = select(Subscriber.id, Topic.id).join(Topic, true()).where(Subscriber.id > before)
    session.execute(insert(Subscription).from_select(["subscriber_id", "topic_id"], everything))
    before = session.scalar(select(func.max(Delivery.id))) or 0
    issues = (_issue(reader, handle, editions, now) for reader, handle in stored)
    connection.execute(insert(Delivery), [row_of(mail, now, PUBLICATION.list_domain) for mail in issues])
    return list(session.scalars(select(Delivery.id).where(Delivery.id > before).order_by(Delivery.id)))


def _subscriber(number: int, now: datetime, domains: int) -> dict[str, object]:
    address = f"first.last{number}@mail{number % domains}.example.org"
    return {
        "handle": hashlib.md5(str(number).encode(), usedforsecurity=False).hexdigest()[:22],
        "address": address,
        "address_key": address,
        "status": SubscriberStatus.ACTIVE,
        "send_time": time(7),
        "timezone": "Europe/Berlin",
        "next_issue_at": now + timedelta(days=1),
        "editions_until": now,
        "welcomed_at": now - timedelta(days=20),
        "created_at": now - timedelta(days=20),
        "confirmed_at": now - timedelta(days=20),
    }


def _issue(reader: int, handle: str, editions: Sequence[int], now: datetime) -> NewMail:
    return NewMail(
        subscriber_id=reader,
        handle=handle,
        kind=MailKind.ISSUE,
        occasion=now.date().isoformat(),
        first_attempt_at=now,
        expires_at=now + timedelta(hours=12),
        editions=tuple(editions),
    )
