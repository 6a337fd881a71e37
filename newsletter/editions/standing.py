"""What the database knows of articles and sources besides their words, for ranking."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from newsletter.editions.documents import Document
from newsletter.editions.score import Standing
from newsletter.models import Article, ArticleTopic, Edition, Story, StoryArticle

# A source's record is of so long: it may become better, or worse.
RECORD = timedelta(days=30)


def standing(
    session: Session,
    topic_id: int,
    documents: Sequence[Document],
    before: date,
    new_fits: Mapping[int, float],
) -> Standing:
    """The weights of sources by their editions of the last 30 days, and what is known of the documents.

    `new_fits` are those of articles judged just now, which are not stored yet.
    """
    if not documents:
        return Standing(weights=source_weights(session, before))
    since = min(one.published_at for one in documents)
    fits = session.execute(
        select(ArticleTopic.article_id, ArticleTopic.fit)
        .join(Article, Article.id == ArticleTopic.article_id)
        .where(ArticleTopic.topic_id == topic_id, ArticleTopic.belongs, Article.published_at >= since)
    )
    pictured = session.scalars(
        select(Article.id).where(Article.published_at >= since, Article.image_url.is_not(None))
    )
    return Standing(source_weights(session, before), dict(fits.all()) | dict(new_fits), frozenset(pictured))


def source_weights(session: Session, before: date) -> dict[int, float]:
    """For each source that was printed lately how often its story stood in other sources too, 0 to 1.

    Counted as if each had two stories more, one of which nobody else had: one lucky day is no record.
    """
    rows = session.execute(
        select(
            Article.source_id,
            func.count(StoryArticle.article_id),
            func.count(StoryArticle.article_id).filter(Story.source_count > 1),
        )
        .join(StoryArticle, StoryArticle.article_id == Article.id)
        .join(Story, Story.id == StoryArticle.story_id)
        .join(Edition, Edition.id == Story.edition_id)
        .where(Edition.date < before, Edition.date >= before - RECORD)
        .group_by(Article.source_id)
    )
    return {source: (shared + 1) / (printed + 2) for source, printed, shared in rows}
