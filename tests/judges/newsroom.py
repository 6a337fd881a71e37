"""Editions of given words in a real database: read, closed and rendered as the service does it."""

from collections.abc import Sequence
from datetime import time, timedelta
from itertools import count

from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter.editions.build import EditionPlan, store_edition
from newsletter.editions.documents import Document, EditionWords, RankedStory, StoryWords
from newsletter.editions.summarise import summarise
from newsletter.ingest.entries import Entry
from newsletter.ingest.normalise import clean_name, normalise_entry
from newsletter.mail.issue import EditionContent, RelatedContent, StoryContent
from newsletter.models import Article, Edition, Source, Topic
from tests.judges.contents import CUTOFF

_numbers = count(1)
MODEL = "tiny <model> 1.5"


def publish(session: Session, content: EditionContent) -> Edition:
    """Close an edition of this content: a topic of its own, articles, the stories in their order."""
    topic = _topic(session, content)
    ranked = (_ranked(session, story) for story in content.stories)
    stories = tuple(story for story in ranked if story is not None)
    plan = EditionPlan(topic.id, content.date, (), stories)
    edition = store_edition(session, plan, CUTOFF, words=_by_a_machine(stories))
    assert edition is not None
    return edition


def _by_a_machine(stories: Sequence[RankedStory]) -> EditionWords:
    """The last story, and the day, as a model might tell them; its name may be anything."""
    if not stories:
        return EditionWords()
    last = stories[-1]
    said = summarise(last.lead, last.related) or last.lead.title
    return EditionWords({last.lead.article_id: StoryWords(said, MODEL)}, brief=said, brief_by=MODEL)


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


def _ranked(session: Session, story: StoryContent) -> RankedStory | None:
    """The story as far as its articles have words."""
    told = [_document(session, story, story.headline, story.summary)]
    told += [_document(session, one, one.title, one.excerpt) for one in story.related]
    documents = [one for one in told if one is not None]
    if not documents:
        return None
    return RankedStory(documents[0], tuple(documents[1:]), story.source_count, score=1.0)


def _document(
    session: Session, told: StoryContent | RelatedContent, title: str, excerpt: str
) -> Document | None:
    """An article as it is stored when a feed tells it so; None when it has no words."""
    entry = Entry(title=title, link=f"{told.url}?{next(_numbers)}", summary=excerpt)
    read = normalise_entry(entry, told.url, told.published_at)
    if read is None:
        return None
    source = _source(session, clean_name(told.source) or "A source")
    article = Article(
        source_id=source.id,
        url=read.url,
        canonical_url=read.canonical_url,
        title=read.title,
        excerpt=read.excerpt,
        content_hash=read.content_hash,
        published_at=told.published_at,
        first_seen_at=told.published_at,
    )
    session.add(article)
    session.flush()
    return Document(
        article_id=article.id,
        source_id=source.id,
        source=source.name,
        title=article.title,
        excerpt=article.excerpt,
        url=article.url,
        published_at=told.published_at,
        first_seen_at=told.published_at,
    )


def _source(session: Session, name: str) -> Source:
    found = session.scalar(select(Source).where(Source.name == name))
    if found is None:
        address = f"https://source-{next(_numbers)}.example.org/feed"
        found = Source(url=address, name=name, next_poll_at=CUTOFF, created_at=CUTOFF)
        session.add(found)
        session.flush()
    return found
