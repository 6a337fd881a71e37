"""How much of the last editions came from a source."""

from dataclasses import dataclass

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from newsletter.models import Article, Edition, SourceTopic, Story, StoryArticle, Topic

EDITIONS = 7


@dataclass(frozen=True, slots=True)
class Share:
    """Of a topic's last editions: how many articles they print, and how many of these are the source's."""

    topic: str
    editions: int
    articles: int
    own: int


def shares_of(session: Session, source_id: int, editions: int = EDITIONS) -> list[Share]:
    """The source's share of each topic that it belongs to or that printed it, in the operator's order."""
    topics = select(Topic.id, Topic.slug).where(Topic.active).order_by(Topic.position, Topic.id)
    its_own = set(session.scalars(select(SourceTopic.topic_id).where(SourceTopic.source_id == source_id)))
    shares = [
        (topic_id, _share(session, source_id, topic_id, slug, editions))
        for topic_id, slug in session.execute(topics).all()
    ]
    return [share for topic_id, share in shares if share.own or topic_id in its_own]


def _share(session: Session, source_id: int, topic_id: int, slug: str, editions: int) -> Share:
    last = select(Edition.id).where(Edition.topic_id == topic_id).order_by(Edition.closed_at.desc())
    ids = list(session.scalars(last.limit(editions)))
    own = func.sum(case((Article.source_id == source_id, 1), else_=0))
    counted = (
        select(func.count(), own)
        .select_from(StoryArticle)
        .join(Story, Story.id == StoryArticle.story_id)
        .join(Article, Article.id == StoryArticle.article_id)
        .where(Story.edition_id.in_(ids))
    )
    articles, mine = session.execute(counted).one()
    return Share(slug, len(ids), articles, mine or 0)
