"""What pages show of the news: topics with their newest headlines, lists of editions, one edition."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, selectinload

from newsletter.models import Edition, EditionStatus, Story, StoryArticle, StoryRole, Topic

PER_TOPIC = 3


@dataclass(frozen=True, slots=True)
class Headline:
    """A story in one line; `source_count` counts every source, `language` is that of its words."""

    story_id: int
    title: str
    url: str
    source: str
    source_count: int
    language: str


@dataclass(frozen=True, slots=True)
class TopicNews:
    """A topic and the first headlines of its newest edition; no date while there is none."""

    slug: str
    name: str
    date: date | None
    headlines: tuple[Headline, ...]


def newest_news(session: Session, topics: Sequence[Topic], most: int = PER_TOPIC) -> list[TopicNews]:
    """Each topic with up to `most` headlines of its newest published edition."""
    dates: dict[int, date] = {}
    lines: dict[int, list[Headline]] = {}
    for topic_id, day, story, title, url, source, count, language in session.execute(_newest_leads()):
        dates[topic_id] = day
        lines.setdefault(topic_id, []).append(Headline(story, title, url, source, count, language))
    return [
        TopicNews(topic.slug, topic.name, dates.get(topic.id), tuple(lines.get(topic.id, ())[:most]))
        for topic in topics
    ]


@cache
def _newest_leads() -> Select[int, date, int, str, str, str, int, str]:
    newest = (
        select(Edition.topic_id, func.max(Edition.date).label("date"))
        .where(Edition.status == EditionStatus.PUBLISHED)
        .group_by(Edition.topic_id)
        .subquery()
    )
    return (
        select(
            Edition.topic_id,
            Edition.date,
            Story.id,
            StoryArticle.title,
            StoryArticle.url,
            StoryArticle.source_name,
            Story.source_count,
            Edition.language,
        )
        .join(newest, (newest.c.topic_id == Edition.topic_id) & (newest.c.date == Edition.date))
        .join(Story, Story.edition_id == Edition.id)
        .join(StoryArticle, StoryArticle.story_id == Story.id)
        .where(StoryArticle.role == StoryRole.LEAD)
        .order_by(Edition.topic_id, Story.position)
    )


def published_edition(session: Session, slug: str, day: date) -> Edition | None:
    """A topic's published edition of a date with everything in it."""
    return session.scalar(
        select(Edition)
        .join(Topic)
        .where(Topic.slug == slug, Edition.date == day, Edition.status == EditionStatus.PUBLISHED)
        .options(
            selectinload(Edition.topic),
            selectinload(Edition.stories).selectinload(Story.articles),
            selectinload(Edition.stories).joinedload(Story.image),
        )
    )
