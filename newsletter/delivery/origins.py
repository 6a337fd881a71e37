"""Where an issue's stories came from: from the feed's entry to the edition that carried it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter.models import Article, Edition, Source, Story, StoryArticle, Topic


@dataclass(frozen=True, slots=True)
class TracedStory:
    """A story as an edition carried it; `came_in` is when its lead's article was first seen, in `feed`."""

    headline: str
    source: str
    published_at: datetime
    came_in: datetime
    feed: str
    sources: int


@dataclass(frozen=True, slots=True)
class TracedEdition:
    """An edition with its stories, in the reader's order."""

    name: str
    closed_at: datetime
    stories: Sequence[TracedStory]


def origins(session: Session, numbers: Sequence[int]) -> list[TracedEdition]:
    """The editions of these numbers, in this order, each with its stories; deleted ones are left out."""
    rows = session.execute(
        select(Edition.id, Topic.slug, Edition.date, Edition.closed_at)
        .join(Topic, Topic.id == Edition.topic_id)
        .where(Edition.id.in_(numbers))
    )
    found = {number: (f"{slug} {date}", closed_at) for number, slug, date, closed_at in rows}
    return [TracedEdition(*found[number], _stories(session, number)) for number in numbers if number in found]


def _stories(session: Session, edition_id: int) -> list[TracedStory]:
    rows = session.execute(
        select(
            StoryArticle.title,
            StoryArticle.source_name,
            StoryArticle.published_at,
            Article.first_seen_at,
            Source.url,
            Story.source_count,
        )
        .join(Story, Story.id == StoryArticle.story_id)
        .join(Article, Article.id == StoryArticle.article_id)
        .join(Source, Source.id == Article.source_id)
        .where(Story.edition_id == edition_id, StoryArticle.position == 0)
        .order_by(Story.position)
    )
    return [TracedStory(*row) for row in rows]
