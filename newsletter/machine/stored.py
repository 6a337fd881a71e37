"""A published story's reports, as a model gets them."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from newsletter.editions.summarise import clean
from newsletter.machine.requests import Article
from newsletter.models import Edition, EditionStatus, Story


@dataclass(frozen=True, slots=True)
class StoredStory:
    """A story's reports with the words they were printed with, and what the story prints of them."""

    language: str
    articles: tuple[Article, ...]
    printed: tuple[str, ...]


def story_articles(session: Session, story_id: int) -> StoredStory | None:
    """The story, if its edition is published."""
    story = session.scalar(
        select(Story)
        .join(Edition)
        .where(Story.id == story_id, Edition.status == EditionStatus.PUBLISHED)
        .options(joinedload(Story.edition), selectinload(Story.articles))
    )
    if story is None:
        return None
    language = story.edition.language.partition("-")[0]
    articles = tuple(
        Article(one.source_name, one.title, clean(one.excerpt), language) for one in story.articles
    )
    printed = (story.articles[0].title, story.summary, *story.key_points)
    return StoredStory(language, articles, tuple(filter(None, printed)))
