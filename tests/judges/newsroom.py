"""Editions of given words in a real database, closed and rendered as the service does it."""

from datetime import time, timedelta
from itertools import count

from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter.editions.build import EditionPlan, store_edition
from newsletter.editions.documents import Document, RankedStory
from newsletter.mail.issue import EditionContent, RelatedContent, StoryContent
from newsletter.models import Article, Edition, Source, Topic
from tests.judges.contents import CUTOFF

_numbers = count(1)


def publish(session: Session, content: EditionContent) -> Edition:
    """Close an edition of this content: a topic of its own, articles, the stories in their order."""
    topic = _topic(session, content)
    stories = tuple(_ranked(session, story) for story in content.stories)
    edition = store_edition(session, EditionPlan(topic.id, content.date, (), stories), CUTOFF)
    assert edition is not None
    return edition


def _topic(session: Session, content: EditionContent) -> Topic:
    number = next(_numbers)
    topic = Topic(
        slug=f"{content.topic_slug}-{number}",
        name=content.topic_name,
        language=content.language,
        cutoff=time(4),
        timezone=content.zone,
        position=number,
        created_at=CUTOFF - timedelta(days=30),
    )
    session.add(topic)
    session.flush()
    return topic


def _ranked(session: Session, story: StoryContent) -> RankedStory:
    lead = _document(session, story, story.headline, story.summary)
    related = tuple(_document(session, one, one.title, one.excerpt) for one in story.related)
    return RankedStory(lead, related, story.source_count, score=1.0)


def _document(
    session: Session, told: StoryContent | RelatedContent, title: str, excerpt: str
) -> Document:
    source = _source(session, told.source)
    address = f"{told.url}?{next(_numbers)}"
    article = Article(
        source_id=source.id,
        url=address,
        canonical_url=address,
        title=title,
        excerpt=excerpt,
        content_hash="0" * 64,
        published_at=told.published_at,
        first_seen_at=told.published_at,
    )
    session.add(article)
    session.flush()
    return Document(
        article.id, source.id, source.name, title, excerpt, address, told.published_at, told.published_at
    )


def _source(session: Session, name: str) -> Source:
    found = session.scalar(select(Source).where(Source.name == name))
    if found is None:
        address = f"https://source-{next(_numbers)}.example.org/feed"
        found = Source(url=address, name=name, next_poll_at=CUTOFF, created_at=CUTOFF)
        session.add(found)
        session.flush()
    return found
