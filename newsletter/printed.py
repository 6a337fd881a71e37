"""An edition as the values mails and pages are made of, read from the rows it was frozen in.

Below the services, because editions render what is printed, and delivery renders some of it anew for
readers who muted a source.
"""

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from newsletter.mail.issue import (
    EarlierContent,
    EditionContent,
    RelatedContent,
    StoryContent,
    StoryImage,
)
from newsletter.models import Article, Edition, EditionStatus, Story, StoryArticle

# Of an event that goes on for weeks: enough to see how it came to this.
MOST_EARLIER = 5


def edition_content(session: Session, edition: Edition) -> EditionContent:
    """The stored edition as it was closed: stories in their order, leads and related in theirs."""
    stories = session.scalars(
        select(Story)
        .where(Story.edition_id == edition.id)
        .options(selectinload(Story.articles), joinedload(Story.image))
        .order_by(Story.position)
    )
    sources = _sources(session, edition.id)
    earlier = _earlier(session, edition)
    return EditionContent(
        topic_slug=edition.topic.slug,
        topic_name=edition.topic.name,
        date=edition.date,
        zone=edition.topic.timezone,
        language=edition.language,
        stories=tuple(_story(story, sources, earlier.get(story.thread_id, ())) for story in stories),
        brief=edition.brief,
        brief_by=edition.brief_by or "",
    )


def _sources(session: Session, edition_id: int) -> dict[int, int]:
    """The source of each of an edition's articles, by their numbers."""
    rows = session.execute(
        select(Article.id, Article.source_id)
        .join(StoryArticle, StoryArticle.article_id == Article.id)
        .join(Story, Story.id == StoryArticle.story_id)
        .where(Story.edition_id == edition_id)
    )
    return dict(rows.all())


def _earlier(session: Session, edition: Edition) -> dict[int | None, tuple[EarlierContent, ...]]:
    """For each thread of the edition what the topic's editions before it printed of it, newest first."""
    threads = select(Story.thread_id).where(Story.edition_id == edition.id, Story.thread_id.is_not(None))
    rows = session.execute(
        select(Story.thread_id, Edition.date, StoryArticle.title, Story.id, Article.source_id)
        .join(Edition, Edition.id == Story.edition_id)
        .join(StoryArticle, StoryArticle.story_id == Story.id)
        .join(Article, Article.id == StoryArticle.article_id)
        .where(Story.thread_id.in_(threads), StoryArticle.position == 0)
        .where(Edition.topic_id == edition.topic_id, Edition.date < edition.date)
        .where(Edition.status == EditionStatus.PUBLISHED)
        .order_by(Edition.date.desc(), Story.position)
    )
    found: dict[int | None, tuple[EarlierContent, ...]] = {}
    for thread_id, day, headline, story_id, source_id in rows:
        before = found.get(thread_id, ())
        if len(before) < MOST_EARLIER:
            found[thread_id] = (*before, EarlierContent(day, headline, story_id, source_id))
    return found


def _story(story: Story, sources: dict[int, int], earlier: tuple[EarlierContent, ...]) -> StoryContent:
    lead, *related = story.articles
    return StoryContent(
        headline=lead.title,
        url=lead.url,
        source=lead.source_name,
        published_at=lead.published_at,
        summary=story.summary,
        long_summary=story.long_summary,
        updated=story.previous_id is not None,
        source_count=story.source_count,
        related=tuple(_related(article, sources) for article in related),
        image=_image(story),
        story_id=story.id,
        article_id=lead.article_id,
        source_id=sources[lead.article_id],
        news=story.news,
        earlier=earlier,
        written_by=story.written_by or "",
        own_summary=lead.summary,
    )


def _image(story: Story) -> StoryImage | None:
    """Our copy of the lead's picture, by its path on our own host; None once it is no longer kept."""
    if story.image is None:
        return None
    return StoryImage(
        f"/image/{story.image.name}", story.image.width, story.image.height, alt=story.image_alt
    )


def _related(article: StoryArticle, sources: dict[int, int]) -> RelatedContent:
    return RelatedContent(
        title=article.title,
        url=article.url,
        source=article.source_name,
        published_at=article.published_at,
        excerpt=article.line,
        summary=article.summary,
        article_id=article.article_id,
        source_id=sources[article.article_id],
    )
