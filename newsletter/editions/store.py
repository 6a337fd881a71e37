"""Writing an edition down: once, whoever comes first, with the words as they stand now."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

import nh3
from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from newsletter.editions.classify import Assignment
from newsletter.editions.documents import Document, EditionWords, LeadImage, RankedStory, StoryWords
from newsletter.editions.key_points import key_points, reading_seconds
from newsletter.editions.sentences import sentences
from newsletter.editions.summarise import clean, shorten, summarise
from newsletter.editions.thread_store import set_story_threads
from newsletter.models import (
    Article,
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
NO_WORDS = EditionWords()


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
    words: EditionWords = NO_WORDS,
) -> None:
    """Add the stories in their order, each with frozen copies of its articles' words, in its thread.

    `images` are those of leads, by article; `words` what a model wrote, which goes before what is taken
    from the articles.
    """
    edition.brief, edition.brief_by = words.brief, words.brief_by or None
    reading = _reading(session, [story.lead.article_id for story in stories])
    stored = []
    for position, story in enumerate(stories):
        lead = story.lead.article_id
        one = _story(story, images.get(lead), words.stories.get(lead))
        one.edition_id, one.position = edition.id, position
        one.reading_seconds = reading.get(lead, 0)
        stored.append(one)
    session.add_all(stored)
    set_story_threads(session, stored, now)


def _story(story: RankedStory, image: LeadImage | None, words: StoryWords | None) -> Story:
    told = words or _in_their_words(story)
    return Story(
        summary=told.summary,
        long_summary="" if words else summarise(story.lead, story.related, LONG_LETTERS, LONG_SENTENCES),
        news=told.news or story.news,
        key_points=list(told.key_points),
        written_by=told.by or None,
        score=story.score,
        factors=dict(story.factors),
        copies=story.copies,
        source_count=story.source_count,
        previous_id=story.continues,
        image_name=image.name if image else None,
        image_alt=image.alt if image else "",
        articles=[_copy(one, place) for place, one in enumerate((story.lead, *story.related))],
    )


def _in_their_words(story: RankedStory) -> StoryWords:
    """Summary and key points from the articles themselves."""
    summary = summarise(story.lead, story.related)
    long_summary = summarise(story.lead, story.related, LONG_LETTERS, LONG_SENTENCES)
    return StoryWords(summary, "", tuple(_points(story, summary, long_summary)), story.news)


def _points(story: RankedStory, *summaries: str) -> list[str]:
    """What its reports say besides headline and summary."""
    said = [story.lead.title, story.news, *(one for text in summaries for one in sentences(text) or [text])]
    return key_points((story.lead, *story.related), filter(None, said))


def _reading(session: Session, articles: Sequence[int]) -> dict[int, int]:
    """How many seconds each of these articles takes to read, as far as its whole text is known."""
    wanted = select(Article.id, Article.full_text, Article.body).where(Article.id.in_(articles))
    return {
        number: reading_seconds(full_text or nh3.clean(body, tags=set()))
        for number, full_text, body in session.execute(wanted)
    }


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
