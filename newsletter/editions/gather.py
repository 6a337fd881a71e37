"""What is read from the database to make an edition: candidates, new arrivals, what was printed."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Select, exists, func, or_, select
from sqlalchemy.orm import Session, selectinload

from newsletter.editions.classify import FiledSource
from newsletter.editions.documents import Document, PrintedStory
from newsletter.models import (
    Article,
    ArticleSighting,
    ArticleTopic,
    Edition,
    EditionStatus,
    Source,
    SourceTopic,
    Story,
    StoryArticle,
    Topic,
)
from newsletter.sendtime import instant_of

# No edition looks further back, whatever its window.
LONGEST_WINDOW = timedelta(hours=168)
# Printed stories are remembered this long, for feeds that bring old texts again under new addresses.
MEMORY = timedelta(days=30)
MOST_CANDIDATES = 20_000
# Of a page's text: enough to tell what it is about.
PAGE_LETTERS = 1_000


def is_first(session: Session, topic_id: int) -> bool:
    """Whether the topic has no edition yet."""
    return not session.scalar(select(exists().where(Edition.topic_id == topic_id)))


def news_limit(session: Session, topic_id: int, cutoff: datetime, now: datetime) -> datetime:
    """Up to when an article may have been published: the cut-off; `now` for a topic's first edition.

    A fresh installation polls for the first time after the cut-off has passed, and its readers should
    not wait for tomorrow.
    """
    return now if is_first(session, topic_id) else cutoff


def unconsidered(
    topic_id: int, since: datetime, until: datetime, now: datetime, everywhere: bool = False
) -> Select[Any]:
    """Articles standing in the topic's sources, or `everywhere`, that no closing has judged for it yet.

    Closing stores an ArticleTopic row for everything it looks at, also when there is nothing to say:
    a missing row is what "not considered" means.
    """
    considered = exists().where(ArticleTopic.article_id == Article.id, ArticleTopic.topic_id == topic_id)
    open_ones = _articles(since, until, now).where(~considered)
    if everywhere:
        return open_ones
    filed = select(SourceTopic.source_id).where(SourceTopic.topic_id == topic_id)
    sighted = select(ArticleSighting.article_id).where(ArticleSighting.source_id.in_(filed))
    return open_ones.where(or_(Article.source_id.in_(filed), Article.id.in_(sighted)))


def considered(topic_id: int, since: datetime, until: datetime, now: datetime) -> Select[Any]:
    """Articles an earlier closing found to belong to the topic, published within the window."""
    belongs = exists().where(
        ArticleTopic.article_id == Article.id, ArticleTopic.topic_id == topic_id, ArticleTopic.belongs
    )
    return _articles(since, until, now).where(belongs)


def published_between(since: datetime, until: datetime) -> Select[Any]:
    """All articles published then, whatever their topics."""
    return _articles(since, until, until)


def load(session: Session, articles: Select[Any]) -> list[Document]:
    """The articles as documents, newest first, at most 20,000."""
    newest = articles.order_by(Article.published_at.desc(), Article.id.desc()).limit(MOST_CANDIDATES)
    rows = session.execute(newest).all()
    if not rows:
        return []
    elsewhere = _seen_elsewhere(session, min(row.published_at for row in rows))
    return [Document(*(*row, frozenset(elsewhere.get(row.id, ())))) for row in rows]


def _seen_elsewhere(session: Session, since: datetime) -> dict[int, list[int]]:
    """For each article published since then that stands in several sources: those besides its own."""
    rows = session.execute(
        select(ArticleSighting.article_id, ArticleSighting.source_id)
        .join(Article, Article.id == ArticleSighting.article_id)
        .where(ArticleSighting.source_id != Article.source_id, Article.published_at >= since)
        .order_by(ArticleSighting.id)
    )
    found: dict[int, list[int]] = {}
    for article_id, source_id in rows:
        found.setdefault(article_id, []).append(source_id)
    return found


def _articles(since: datetime, until: datetime, now: datetime) -> Select[Any]:
    """Columns in the order of `Document`'s fields; bodies, which may be long, stay where they are."""
    columns: Any = (
        Article.id,
        Article.source_id,
        Source.name,
        Article.title,
        Article.excerpt,
        Article.url,
        Article.published_at,
        Article.first_seen_at,
        Article.language,
        func.substr(Article.full_text, 1, PAGE_LETTERS),
    )
    return (
        select(*columns)
        .join(Source, Source.id == Article.source_id)
        .where(Article.published_at > since, Article.published_at <= until, Article.first_seen_at <= now)
    )


def filed_sources(session: Session, documents: Sequence[Document]) -> dict[int, list[FiledSource]]:
    """For each article the sources it stands in, its own first, with the topics they are filed under."""
    sources = session.scalars(select(Source).options(selectinload(Source.topics)))
    filed = {one.id: FiledSource(one.id, one.name, {t.id: t.name for t in one.topics}) for one in sources}
    found = {document.article_id: [filed[document.source_id]] for document in documents}
    if not documents:
        return found
    for article_id, others in _seen_elsewhere(session, min(one.published_at for one in documents)).items():
        if article_id in found:
            found[article_id] += [filed[source_id] for source_id in others]
    return found


def printed_stories(session: Session, topic_id: int, before: date) -> list[PrintedStory]:
    """The stories of the topic's published editions of the month before date `before`, newest first."""
    rows = session.execute(
        select(
            Edition.date,
            Story.thread_id,
            StoryArticle,
            Article.source_id,
            Article.first_seen_at,
            Article.language,
        )
        .join(Story, Story.id == StoryArticle.story_id)
        .join(Edition, Edition.id == Story.edition_id)
        .join(Article, Article.id == StoryArticle.article_id)
        .where(Edition.topic_id == topic_id, Edition.status == EditionStatus.PUBLISHED)
        .where(Edition.date < before, Edition.date >= before - MEMORY)
        .order_by(Edition.date.desc(), Story.position, StoryArticle.position)
    )
    stories: dict[tuple[int, date, int | None], list[Document]] = {}
    for day, thread_id, printed, source_id, first_seen_at, language in rows:
        stories.setdefault((printed.story_id, day, thread_id), []).append(
            Document(
                printed.article_id,
                source_id,
                printed.source_name,
                printed.title,
                printed.excerpt,
                printed.url,
                printed.published_at,
                first_seen_at,
                language,
            )
        )
    return [
        PrintedStory(story_id, day, tuple(found), thread_id)
        for (story_id, day, thread_id), found in stories.items()
    ]


def news_until(session: Session, topic: Topic, before: date) -> datetime | None:
    """Up to when the last published edition before date `before` had its news; None when there is none.

    That is its cut-off, but for a topic's first edition: it took news until it was closed.
    """
    editions = session.scalars(
        select(Edition)
        .where(Edition.topic_id == topic.id, Edition.date < before)
        .where(Edition.status == EditionStatus.PUBLISHED)
        .order_by(Edition.date.desc())
        .limit(2)
    ).all()
    if not editions:
        return None
    cutoff = instant_of(editions[0].date, topic.cutoff, ZoneInfo(topic.timezone))
    was_first = len(editions) == 1
    return editions[0].closed_at if was_first or cutoff is None else min(cutoff, editions[0].closed_at)
