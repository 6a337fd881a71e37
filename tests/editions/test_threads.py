"""Threads: one event keeps its identity from day to day, on both databases."""

from datetime import date, timedelta
from threading import Barrier
from threading import Thread as Worker

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from newsletter.db import Database
from newsletter.editions.build import close_edition
from newsletter.editions.documents import Document, PrintedStory
from newsletter.editions.thread_arrivals import assign, plan_arrivals, store_arrivals, waiting
from newsletter.editions.thread_store import let_go_of_threads, store_placements
from newsletter.editions.threads import Placement, reconcile
from newsletter.models import Article, Edition, Story, Thread, ThreadArticle, ThreadChange, Topic
from tests.editions.catalogue import WINDOW, add_article, add_day, add_topic, render
from tests.editions.newsroom import DAY, MORNING, document, documents

A_DAY = timedelta(days=1)


def placed(
    groups: list[list[Document]], thread_of: dict[int, int], *follows: PrintedStory | None
) -> list[Placement]:
    return reconcile(groups, follows or [None] * len(groups), thread_of)


def test_a_group_without_a_thread_begins_one() -> None:
    assert placed([[document(1, "A"), document(2, "B")]], {}) == [Placement((1, 2))]


def test_a_newcomer_joins_the_thread_of_its_group() -> None:
    assert placed([[document(1, "A"), document(2, "B")]], {1: 7}) == [Placement((1, 2), 7)]


def test_two_threads_of_one_group_are_joined_the_younger_to_the_older() -> None:
    group = [document(number, "A") for number in (1, 2, 3)]
    assert placed([group], {1: 9, 2: 4, 3: 9}) == [Placement((1, 2, 3), 4, absorbs=(9,))]


def test_the_smaller_part_of_a_thread_leaves_when_both_are_told_at_the_same_time() -> None:
    large, small = [document(1, "A"), document(2, "A")], [document(3, "B")]
    found = placed([large, small], {1: 7, 2: 7, 3: 7})
    assert found == [Placement((1, 2), 7), Placement((3,), leaves=7)]


def test_what_is_told_a_day_later_stays_in_its_thread() -> None:
    first, later = (
        [document(1, "A", hours_ago=30), document(2, "A", hours_ago=29)],
        [document(3, "B", hours_ago=2)],
    )
    assert placed([first, later], {1: 7, 2: 7, 3: 7})[1] == Placement((3,), 7)


def test_what_goes_on_with_a_printed_story_goes_into_its_thread() -> None:
    story = PrintedStory(3, date(2026, 11, 21), (), thread_id=5)
    found = placed([[document(1, "A")], [document(2, "B")]], {2: 8}, story, story)
    assert found == [Placement((1, 2), 5, absorbs=(8,))]


def test_arrivals_join_the_event_they_tell_of_and_others_begin_their_own() -> None:
    told = documents(DAY)
    standing, new = told[:1], told[1:5]
    labels = assign(new, standing, {standing[0].article_id: 7})
    assert labels[:2] == [7, 7]
    assert labels[2] == labels[3]
    assert labels[2] < 1


def test_arrivals_are_placed_once_and_each_event_is_one_thread(any_db: Database) -> None:
    with any_db.write() as session:
        add_day(session, add_topic(session))
        since = MORNING - WINDOW
        assert waiting(session, since, MORNING)
        assert store_arrivals(session, plan_arrivals(session, since, MORNING), MORNING) == len(DAY)
        assert not waiting(session, since, MORNING)
        assert plan_arrivals(session, since, MORNING) == {}
        events = {told.title: told.event for told in DAY}
        rows = session.execute(
            select(Article.title, ThreadArticle.thread_id).join(
                ThreadArticle, ThreadArticle.article_id == Article.id
            )
        )
        found = {(events[title], thread) for title, thread in rows}
        assert len(found) == len(set(events.values())) == session.scalar(select(func.count(Thread.id)))


def test_two_workers_at_once_make_one_thread_of_an_article(any_db: Database) -> None:
    with any_db.write() as session:
        add_day(session, add_topic(session))
        planned = plan_arrivals(session, MORNING - WINDOW, MORNING)
    ready, placed_by = Barrier(2), []

    def work() -> None:
        ready.wait(10)
        with any_db.write() as session:
            placed_by.append(store_arrivals(session, planned, MORNING))

    workers = [Worker(target=work) for _ in range(2)]
    for one in workers:
        one.start()
    for one in workers:
        one.join(30)
    assert sum(placed_by) == len(DAY)
    with any_db.read() as session:
        empty = ~select(ThreadArticle).where(ThreadArticle.thread_id == Thread.id).exists()
        assert session.scalar(select(func.count(Thread.id)).where(empty)) == 0
        assert session.scalar(select(func.count(Thread.id))) == len({told.event for told in DAY})


def close(session: Session, topic: Topic, days: int = 0) -> Edition | None:
    morning = MORNING + days * A_DAY
    return close_edition(session, topic.id, morning.date(), morning, morning, WINDOW, render)


def test_a_story_keeps_its_thread_on_the_next_day(any_db: Database) -> None:
    with any_db.write() as session:
        topic = add_topic(session)
        add_day(session, topic)
        first = close(session, topic)
        add_article(
            session,
            topic.sources[1],
            "Port Elden bridge gets temporary steel brace",
            "Buses may cross the harbour bridge again from Tuesday. Divers found the girder's "
            "foundation sound.",
            published=MORNING + A_DAY / 2,
        )
        second = close(session, topic, days=1)
        assert first is not None
        assert second is not None
        (moved,) = second.stories
        assert moved.previous_id is not None
        before = session.get_one(Story, moved.previous_id)
        assert moved.thread_id == before.thread_id is not None
        thread = session.get_one(Thread, moved.thread_id)
        assert thread.title == "Port Elden bridge gets temporary steel brace"
        assert len({story.thread_id for story in first.stories}) == len(first.stories)


def test_joining_takes_articles_and_stories_along_and_is_recorded(any_db: Database) -> None:
    with any_db.write() as session:
        topic = add_topic(session)
        add_day(session, topic)
        edition = close(session, topic)
        assert edition is not None
        older, younger = sorted((story.thread_id for story in edition.stories[:2]), key=lambda one: one or 0)
        assert older is not None
        assert younger is not None
        articles = tuple(
            session.scalars(
                select(ThreadArticle.article_id).where(ThreadArticle.thread_id.in_([older, younger]))
            )
        )
        store_placements(session, [Placement(articles, older, absorbs=(younger,))], MORNING)
        session.expire_all()
        assert session.get_one(Thread, younger).merged_into_id == older
        assert {story.thread_id for story in edition.stories[:2]} == {older}
        (change,) = session.scalars(select(ThreadChange).where(ThreadChange.kind == "merged"))
        assert (change.thread_id, change.other_id) == (younger, older)
        # A closer that planned before the two were joined ends in the older one all the same.
        store_placements(session, [Placement(articles[:1], younger)], MORNING)
        assert session.get_one(ThreadArticle, articles[0]).thread_id == older


def test_a_part_that_leaves_is_recorded_with_where_it_came_from(any_db: Database) -> None:
    with any_db.write() as session:
        topic = add_topic(session)
        one, other = (add_article(session, topic.sources[0], title) for title in ("Harbour", "Comet"))
        store_placements(session, [Placement((one.id, other.id))], MORNING)
        thread = session.get_one(ThreadArticle, one.id).thread_id
        store_placements(session, [Placement((other.id,), leaves=thread)], MORNING)
        session.expire_all()
        assert session.get_one(ThreadArticle, one.id).thread_id == thread
        new = session.get_one(ThreadArticle, other.id).thread_id
        (change,) = session.scalars(select(ThreadChange).where(ThreadChange.kind == "split"))
        assert (change.thread_id, change.other_id) == (thread, new)


def test_threads_that_hold_nothing_any_more_are_let_go(any_db: Database) -> None:
    with any_db.write() as session:
        topic = add_topic(session)
        articles = [add_article(session, topic.sources[0], title) for title in ("Harbour", "Comet")]
        store_placements(session, [Placement((one.id,)) for one in articles], MORNING)
        session.delete(articles[0])
        session.flush()
        assert let_go_of_threads(session, MORNING) == 0
        assert let_go_of_threads(session, MORNING + A_DAY) == 1
        assert session.scalar(select(func.count(Thread.id))) == 1
