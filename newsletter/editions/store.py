"""Writing an edition down: once, whoever comes first, with the words as they stand now."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from newsletter.editions.classify import Assignment
from newsletter.editions.documents import Document, LeadImage, RankedStory
from newsletter.editions.summarise import clean, shorten, summarise
from newsletter.editions.thread_store import set_story_threads
from newsletter.models import (
    ArticleTopic,
    Edition,
    EditionStatus,
    Story,
    StoryArticle,
    StoryRole,
    Topic,
)

_BATCH = 500
# How much is printed, in characters: of a story at full length, of a related article in one line.
LONG_LETTERS, LONG_SENTENCES = 900, 7
LINE_LETTERS = 160


def store_assignments(session: Session, assignments: Sequence[Assignment]) -> None:
    """Store which topics articles belong to; one stored already, by another closer too, stays as it is."""
    rows = [
        _assignment_row(one) for one in sorted(assignments, key=lambda one: (one.article_id, one.topic_id))
    ]
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    for start in range(0, len(rows), _BATCH):
        values = rows[start : start + _BATCH]
        session.execute(dialect.insert(ArticleTopic).values(values).on_conflict_do_nothing())


def replace_assignment(session: Session, one: Assignment) -> None:
    """Store an assignment in place of what was decided before."""
    row = _assignment_row(one)
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    session.execute(
        dialect.insert(ArticleTopic)
        .values(row)
        .on_conflict_do_update(index_elements=["article_id", "topic_id"], set_=row)
    )


def _assignment_row(one: Assignment) -> dict[str, Any]:
    return {
        "article_id": one.article_id,
        "topic_id": one.topic_id,
        "reason": one.reason,
        "decided_by": one.decided_by,
        "fit": one.fit,
        "belongs": one.belongs,
    }


def take_edition(session: Session, topic_id: int, day: date, now: datetime) -> tuple[Edition, bool]:
    """A new, empty edition and True; or the one that is there, and False.

    The unique key decides between two closers: the slower one waits for the faster one's commit and
    is then refused, which a savepoint keeps from breaking its transaction.
    """
    topic = session.get_one(Topic, topic_id)
    edition = Edition(
        topic_id=topic_id,
        date=day,
        status=EditionStatus.PUBLISHED,
        language=topic.language,
        closed_at=now,
        published_at=now,
    )
    try:
        with session.begin_nested():
            session.add(edition)
    except IntegrityError:
        found = session.scalar(select(Edition).where(Edition.topic_id == topic_id, Edition.date == day))
        if found is None:  # another constraint: not a race
            raise
        return found, False
    return edition, True


def store_stories(
    session: Session,
    edition: Edition,
    stories: Sequence[RankedStory],
    images: Mapping[int, LeadImage],
    now: datetime,
) -> None:
    """Add the stories in their order, each with frozen copies of its articles' words, in its thread.

    `images` are those of leads, by article.
    """
    stored = []
    for position, story in enumerate(stories):
        image = images.get(story.lead.article_id)
        stored.append(
            Story(
                edition_id=edition.id,
                position=position,
                summary=summarise(story.lead, story.related),
                long_summary=summarise(story.lead, story.related, LONG_LETTERS, LONG_SENTENCES),
                news=story.news,
                score=story.score,
                factors=dict(story.factors),
                copies=story.copies,
                source_count=story.source_count,
                previous_id=story.continues,
                image_name=image.name if image else None,
                image_alt=image.alt if image else "",
                articles=[_copy(one, place) for place, one in enumerate((story.lead, *story.related))],
            )
        )
    session.add_all(stored)
    set_story_threads(session, stored, now)


def _copy(document: Document, place: int) -> StoryArticle:
    return StoryArticle(
        article_id=document.article_id,
        role=StoryRole.RELATED if place else StoryRole.LEAD,
        position=place,
        title=document.title,
        url=document.url,
        source_name=document.source,
        excerpt=document.excerpt,
        line=shorten(clean(document.excerpt), LINE_LETTERS, sentences=1),
        summary=summarise(document, ()),
        published_at=document.published_at,
    )
