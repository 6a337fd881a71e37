"""Stories as pages show them: one with all its reports, and what came before it and after."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from newsletter.models import Edition, EditionStatus, Story, StoryArticle, StoryRole, Thread

# A story that moved every day for a month has had its say; threads joined more often than this, too.
MOST_DAYS, MOST_JOINED = 30, 50


@dataclass(frozen=True, slots=True)
class Step:
    """A story on one day of its thread, by its lead; `current` is the one whose page this is."""

    lead: StoryArticle
    current: bool


def published_story(session: Session, story_id: int) -> Story | None:
    """A story of a published edition with its articles, edition, topic and picture."""
    return session.scalar(
        select(Story)
        .join(Edition)
        .where(Story.id == story_id, Edition.status == EditionStatus.PUBLISHED)
        .options(
            joinedload(Story.edition).joinedload(Edition.topic),
            joinedload(Story.image),
            selectinload(Story.articles),
        )
    )


def timeline(session: Session, story: Story) -> list[Step]:
    """The stories of this one's thread, and those it continues or that continue it, newest first.

    Those of withheld editions not; the same report, printed under two topics on one day, once.
    """
    numbers = {story.id, *_before(session, story), *_after(session, story)}
    if story.thread_id is not None:
        numbers.update(_of_threads(session, family(session, story.thread_id)))
    steps: dict[object, Step] = {}
    for lead in _leads(session, numbers):
        current = lead.story_id == story.id
        seen = steps.setdefault((lead.story.edition.date, lead.article_id), Step(lead, current))
        if current and not seen.current:
            steps[lead.story.edition.date, lead.article_id] = Step(lead, current)
    return list(steps.values())


def newest_of_thread(session: Session, handle: str) -> int | None:
    """The newest published story of the thread behind an address, or of the one it was joined to."""
    thread = session.scalar(select(Thread.id).where(Thread.handle == handle))
    if thread is None:
        return None
    leads = _leads(session, _of_threads(session, family(session, thread)))
    return leads[0].story_id if leads else None


def published_editions(session: Session, ids: Sequence[int]) -> list[Edition]:
    """Those of these editions that are published, with everything in them, in the order of `ids`."""
    found = session.scalars(
        select(Edition)
        .where(Edition.id.in_(ids), Edition.status == EditionStatus.PUBLISHED)
        .options(joinedload(Edition.topic), selectinload(Edition.stories).selectinload(Story.articles))
    )
    by_id = {edition.id: edition for edition in found}
    return [by_id[number] for number in dict.fromkeys(ids) if number in by_id]


def _before(session: Session, story: Story) -> set[int]:
    """The stories before this one; each once, whatever the rows say."""
    seen: set[int] = set()
    number = story.previous_id
    while number is not None and number not in seen and len(seen) < MOST_DAYS:
        seen.add(number)
        number = session.scalar(select(Story.previous_id).where(Story.id == number))
    return seen


def _after(session: Session, story: Story) -> set[int]:
    """The stories that go on where this one ended, and so on."""
    seen: set[int] = set()
    step = {story.id}
    while step and len(seen) < MOST_DAYS:
        found = session.scalars(select(Story.id).where(Story.previous_id.in_(step)).limit(MOST_DAYS))
        step = set(found) - seen - {story.id}
        seen |= step
    return seen


def family(session: Session, thread_id: int) -> set[int]:
    """The thread, what it was joined to, and what was joined to them."""
    eldest, seen = thread_id, {thread_id}
    while (parent := session.scalar(select(Thread.merged_into_id).where(Thread.id == eldest))) is not None:
        if parent in seen or len(seen) > MOST_JOINED:
            break
        eldest = parent
        seen.add(parent)
    step = set(seen)
    while step and len(seen) < MOST_JOINED:
        found = session.scalars(select(Thread.id).where(Thread.merged_into_id.in_(step)).limit(MOST_JOINED))
        step = set(found) - seen
        seen |= step
    return seen


def _of_threads(session: Session, threads: set[int]) -> Sequence[int]:
    query = select(Story.id).where(Story.thread_id.in_(threads)).order_by(Story.id.desc())
    return session.scalars(query.limit(3 * MOST_DAYS)).all()


def _leads(session: Session, stories: set[int] | Sequence[int]) -> Sequence[StoryArticle]:
    return session.scalars(
        select(StoryArticle)
        .join(Story)
        .join(Edition)
        .where(
            StoryArticle.story_id.in_(stories),
            StoryArticle.role == StoryRole.LEAD,
            Edition.status == EditionStatus.PUBLISHED,
        )
        .order_by(Edition.date.desc(), Story.id.desc())
        .limit(MOST_DAYS)
        .options(joinedload(StoryArticle.story).joinedload(Story.edition).joinedload(Edition.topic))
    ).all()
