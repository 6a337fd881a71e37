"""Threads in the database: reading which article is where, writing what changed, letting go of old ones."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from secrets import token_hex
from typing import Any

from sqlalchemy import delete, exists, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from newsletter.editions.threads import Placement
from newsletter.models import Article, Story, Thread, ThreadArticle, ThreadChange, ThreadChangeKind

_BATCH = 500


def threads_since(session: Session, since: datetime) -> dict[int, int]:
    """The threads of articles published since then, by article."""
    rows = session.execute(
        select(ThreadArticle.article_id, ThreadArticle.thread_id)
        .join(Article, Article.id == ThreadArticle.article_id)
        .where(Article.published_at >= since)
    )
    return dict(rows.all())


def threads_of(session: Session, articles: Sequence[int]) -> dict[int, int]:
    """The threads of these articles, by article."""
    found: dict[int, int] = {}
    for start in range(0, len(articles), _BATCH):
        chosen = ThreadArticle.article_id.in_(articles[start : start + _BATCH])
        found |= dict(
            session.execute(select(ThreadArticle.article_id, ThreadArticle.thread_id).where(chosen)).all()
        )
    return found


def store_placements(session: Session, placements: Iterable[Placement], now: datetime) -> None:
    """Put articles where they were placed, beginning, joining and splitting threads; each is recorded."""
    for one in placements:
        thread = live(session, one.thread_id)
        if thread is None:
            (thread,) = begin(session, 1, now)
            kind = ThreadChangeKind.BORN if one.leaves is None else ThreadChangeKind.SPLIT
            record(session, one.leaves or thread, kind, thread if one.leaves else None, now)
        for other in sorted(one.absorbs):
            younger = live(session, other)
            if younger is not None and younger != thread:
                thread = join(session, thread, younger, now)
        if move(session, one.articles, thread, now):
            session.execute(update(Thread).where(Thread.id == thread).values(moved_at=now))


def changed(
    placements: Iterable[Placement], thread_of: Mapping[int, int], printed: frozenset[int]
) -> list[Placement]:
    """The placements that say anything new, of events told more than once or `printed` (as leads).

    Articles that nobody else tells of wait for the job that places arrivals.
    """
    return [one for one in placements if _is_worth_it(one, printed) and _is_new(one, thread_of)]


def _is_worth_it(placement: Placement, printed: frozenset[int]) -> bool:
    known = placement.thread_id is not None or placement.leaves is not None
    return known or len(placement.articles) > 1 or not printed.isdisjoint(placement.articles)


def _is_new(placement: Placement, thread_of: Mapping[int, int]) -> bool:
    if placement.thread_id is None or placement.absorbs:
        return True
    return any(thread_of.get(article) != placement.thread_id for article in placement.articles)


def begin(session: Session, count: int, now: datetime) -> list[int]:
    """So many new threads without articles."""
    threads = [Thread(handle=token_hex(8), born_at=now, moved_at=now) for _ in range(count)]
    session.add_all(threads)
    session.flush()
    return [thread.id for thread in threads]


def join(session: Session, one: int, other: int, now: datetime) -> int:
    """Join two threads, the younger to the older, with all that points to it; returns the older."""
    older, younger = sorted((one, other))
    for column in (ThreadArticle.thread_id, Story.thread_id, Thread.merged_into_id):
        session.execute(update(column.class_).where(column == younger).values({column.key: older}))
    session.execute(update(Thread).where(Thread.id == younger).values(merged_into_id=older, moved_at=now))
    record(session, younger, ThreadChangeKind.MERGED, older, now)
    return older


def move(session: Session, articles: Sequence[int], thread: int, now: datetime) -> list[int]:
    """Put the articles into the thread, wherever they were; those that were not in it."""
    where = threads_of(session, articles)
    moved = sorted(one for one in articles if where.get(one) != thread)
    rows = [{"article_id": one, "thread_id": thread, "joined_at": now} for one in moved]
    for start in range(0, len(rows), _BATCH):
        insert = _dialect(session).insert(ThreadArticle).values(rows[start : start + _BATCH])
        session.execute(
            insert.on_conflict_do_update(
                index_elements=["article_id"],
                set_={"thread_id": insert.excluded.thread_id, "joined_at": insert.excluded.joined_at},
            )
        )
    return moved


def claim(session: Session, wanted: Mapping[int, int], now: datetime) -> dict[int, int]:
    """Put articles that have no thread into those wanted (thread by article); which came to be there.

    What somebody else placed meanwhile stays: the primary key decides between two workers. In the order
    of articles, so that the two never wait for each other.
    """
    rows = [
        {"article_id": article, "thread_id": wanted[article], "joined_at": now} for article in sorted(wanted)
    ]
    claimed: dict[int, int] = {}
    for start in range(0, len(rows), _BATCH):
        insert = _dialect(session).insert(ThreadArticle).values(rows[start : start + _BATCH])
        added = insert.on_conflict_do_nothing().returning(ThreadArticle.article_id, ThreadArticle.thread_id)
        claimed |= dict(session.execute(added).all())
    threads = sorted(set(claimed.values()))
    for start in range(0, len(threads), _BATCH):
        chosen = Thread.id.in_(threads[start : start + _BATCH])
        session.execute(update(Thread).where(chosen).values(moved_at=now))
    return claimed


def drop_empty(session: Session, threads: Sequence[int]) -> None:
    """Delete those of the threads that hold no article."""
    for start in range(0, len(threads), _BATCH):
        chosen = Thread.id.in_(threads[start : start + _BATCH])
        session.execute(delete(Thread).where(chosen, ~exists().where(ThreadArticle.thread_id == Thread.id)))


def set_story_threads(session: Session, stories: Sequence[Story], now: datetime) -> None:
    """Give new stories the thread of their lead, and the thread their lead's title."""
    found = threads_of(session, [story.articles[0].article_id for story in stories])
    for story in stories:
        lead = story.articles[0]
        story.thread_id = found.get(lead.article_id)
        renamed = update(Thread).where(Thread.id == story.thread_id)
        session.execute(renamed.values(title=lead.title, moved_at=now))
    session.flush()


def let_go_of_threads(session: Session, before: datetime, most: int = _BATCH) -> int:
    """Delete threads that nothing happened to since `before` and that hold nothing any more; how many.

    One that was joined to another stays as long as that one.
    """
    idle = (
        select(Thread.id)
        .where(Thread.moved_at < before, Thread.merged_into_id.is_(None))
        .where(~exists().where(ThreadArticle.thread_id == Thread.id))
        .where(~exists().where(Story.thread_id == Thread.id))
        .limit(most)
    )
    gone = list(session.scalars(idle))
    session.execute(delete(Thread).where(Thread.id.in_(gone)))
    return len(gone)


def live(session: Session, thread_id: int | None) -> int | None:
    """The thread itself, or the one it was joined to meanwhile; None when there is none any more."""
    thread = session.get(Thread, thread_id, populate_existing=True) if thread_id is not None else None
    return None if thread is None else thread.merged_into_id or thread.id


def record(session: Session, thread: int, kind: ThreadChangeKind, other: int | None, now: datetime) -> None:
    session.add(ThreadChange(thread_id=thread, kind=kind, other_id=other, at=now))


def _dialect(session: Session) -> Any:
    return sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
