"""Stories as pages show them: one with all its reports, and what came before it and after."""

from collections.abc import Iterator, Sequence

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session, joinedload, selectinload

from newsletter.models import Edition, EditionStatus, Story, StoryArticle, StoryRole

# A story that moved every day for a month has had its say.
MOST_EARLIER = 30


def published_story(session: Session, story_id: int) -> Story | None:
    """A story of a published edition with its articles, edition and topic."""
    return session.scalar(
        select(Story)
        .join(Edition)
        .where(Story.id == story_id, Edition.status == EditionStatus.PUBLISHED)
        .options(joinedload(Story.edition).joinedload(Edition.topic), selectinload(Story.articles))
    )


def earlier(session: Session, story: Story) -> list[StoryArticle]:
    """The leads of the stories that this one continues, newest first; those of withheld editions not."""
    return [found for number in _chain(session, story) if (found := _lead(session, Story.id == number))]


def continued_by(session: Session, story: Story) -> StoryArticle | None:
    """The lead of the newest story that goes on where this one ended; None while there is none."""
    return _lead(session, Story.previous_id == story.id)


def published_editions(session: Session, ids: Sequence[int]) -> list[Edition]:
    """Those of these editions that are published, with everything in them, in the order of `ids`."""
    found = session.scalars(
        select(Edition)
        .where(Edition.id.in_(ids), Edition.status == EditionStatus.PUBLISHED)
        .options(joinedload(Edition.topic), selectinload(Edition.stories).selectinload(Story.articles))
    )
    by_id = {edition.id: edition for edition in found}
    return [by_id[number] for number in dict.fromkeys(ids) if number in by_id]


def _chain(session: Session, story: Story) -> Iterator[int]:
    """The stories before this one, newest first; each once, whatever the rows say."""
    seen = {story.id}
    number = story.previous_id
    while number is not None and number not in seen and len(seen) <= MOST_EARLIER:
        seen.add(number)
        yield number
        number = session.scalar(select(Story.previous_id).where(Story.id == number))


def _lead(session: Session, which: ColumnElement[bool]) -> StoryArticle | None:
    return session.scalar(
        select(StoryArticle)
        .join(Story)
        .join(Edition)
        .where(which, StoryArticle.role == StoryRole.LEAD, Edition.status == EditionStatus.PUBLISHED)
        .order_by(Edition.date.desc(), Story.id.desc())
        .limit(1)
        .options(joinedload(StoryArticle.story).joinedload(Story.edition).joinedload(Edition.topic))
    )
