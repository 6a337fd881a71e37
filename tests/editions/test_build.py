"""Closing an edition, on both databases: what is stored, what never comes twice, and who is first."""

from datetime import date, datetime, timedelta
from threading import Barrier, Thread

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from newsletter.db import Database
from newsletter.editions.build import close_edition, plan_edition, store_edition
from newsletter.editions.content import edition_content
from newsletter.mail.packing import unpack
from newsletter.models import (
    ArticleTopic,
    Edition,
    EditionFragment,
    EditionStatus,
    Story,
    StoryArticle,
    Topic,
)
from tests.editions.catalogue import WINDOW, add_article, add_day, add_topic, render
from tests.editions.newsroom import MORNING

TODAY = MORNING.date()
JUST_AFTER = MORNING + timedelta(seconds=40)
A_DAY = timedelta(days=1)


def close(session: Session, topic: Topic, morning: datetime = MORNING) -> Edition | None:
    return close_edition(
        session, topic.id, morning.date(), morning, morning + timedelta(seconds=40), WINDOW, render
    )


def test_an_edition_holds_the_days_events_with_their_related_coverage(any_db: Database) -> None:
    with any_db.write() as session:
        topic = add_topic(session)
        add_day(session, topic)
        edition = close(session, topic)
        assert edition is not None
        stories = edition_content(session, edition).stories
    assert len(stories) == 10
    bridge = next(story for story in stories if "bridge" in story.headline)
    assert bridge.headline == "Harbour bridge in Port Elden closed after crack is found"
    assert [related.source for related in bridge.related] == ["Source 3", "Source 2"]
    assert bridge.source_count == 3
    assert bridge.summary.endswith("Repairs will take three weeks, the city said.")
    assert [story.source_count for story in stories[:3]] == [3, 3, 3]


def test_an_edition_says_when_it_came_to_be_and_is_rendered_once(any_db: Database) -> None:
    with any_db.write() as session:
        topic = add_topic(session)
        add_day(session, topic)
        edition = close(session, topic)
        assert edition is not None
        assert (edition.closed_at, edition.published_at) == (JUST_AFTER, JUST_AFTER)
        assert edition.status == EditionStatus.PUBLISHED
        content = edition_content(session, edition)
        fragment = session.get_one(EditionFragment, (edition.id, "en", "standard"))
        assert unpack(fragment.packed) == render(content, "en", "standard")
        assert content.topic_slug == "world"


def test_each_article_looked_at_says_why_it_belongs_to_the_topic(any_db: Database) -> None:
    with any_db.write() as session:
        topic = add_topic(session)
        article = add_article(session, topic.sources[0], "Night trains return")
        close(session, topic)
        found = session.get_one(ArticleTopic, (article.id, topic.id))
        assert found.reason == "source Source 1 is filed under World"


def test_an_article_counts_for_every_topic_whose_feeds_carry_it(any_db: Database) -> None:
    with any_db.write() as session:
        world, science = add_topic(session), add_topic(session, "science")
        add_article(session, world.sources[0], "Teacher discovers comet", also_in=science.sources[0])
        for topic in (world, science):
            edition = close(session, topic)
            assert edition is not None
            assert edition_content(session, edition).stories[0].headline == "Teacher discovers comet"


def test_a_frozen_edition_keeps_its_words_when_the_feed_changes_them(any_db: Database) -> None:
    with any_db.write() as session:
        topic = add_topic(session)
        article = add_article(session, topic.sources[0], "Night trains return")
        edition = close(session, topic)
        article.title = "CORRECTED: night trains do not return"
        session.flush()
        assert edition is not None
        assert edition_content(session, edition).stories[0].headline == "Night trains return"


def test_no_article_means_no_edition(any_db: Database) -> None:
    with any_db.write() as session:
        assert close(session, add_topic(session)) is None
        assert session.scalar(select(func.count(Edition.id))) == 0


def test_what_was_printed_yesterday_is_not_printed_today(any_db: Database) -> None:
    with any_db.write() as session:
        topic = add_topic(session)
        add_day(session, topic)
        close(session, topic)
        add_article(
            session,
            topic.sources[0],
            "Harbour bridge in Port Elden closed after crack found",
            published=MORNING + A_DAY / 2,
        )
        assert close(session, topic, MORNING + A_DAY) is None


def test_a_story_that_moved_comes_back_marked_as_updated(any_db: Database) -> None:
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
        second = close(session, topic, MORNING + A_DAY)
        assert first is not None
        assert second is not None
        (story,) = edition_content(session, second).stories
        assert story.updated
        assert story.headline == "Port Elden bridge gets temporary steel brace"
        assert story.related == ()
        continued = session.get_one(
            Story, session.scalar(select(Story.previous_id).where(Story.edition_id == second.id))
        )
        assert continued.edition_id == first.id


def test_an_edition_held_back_has_printed_nothing(any_db: Database) -> None:
    with any_db.write() as session:
        topic = add_topic(session)
        add_article(session, topic.sources[0], "Night trains return")
        held = close(session, topic)
        assert held is not None
        held.status = EditionStatus.HELD
        session.flush()
        second = close(session, topic, MORNING + A_DAY)
        assert second is not None
        assert edition_content(session, second).stories[0].headline == "Night trains return"


def test_the_first_edition_takes_what_came_after_its_cutoff_the_next_ones_do_not(any_db: Database) -> None:
    with any_db.write() as session:
        topic = add_topic(session)
        afternoon = MORNING + timedelta(hours=9)
        add_article(
            session, topic.sources[0], "Museum returns carved drum", published=MORNING + timedelta(hours=8)
        )
        first = close_edition(session, topic.id, TODAY, MORNING, afternoon, WINDOW, render)
        assert first is not None
        tomorrow = MORNING + A_DAY
        add_article(
            session, topic.sources[0], "Comet visible in January", published=tomorrow - timedelta(hours=1)
        )
        add_article(
            session, topic.sources[1], "Chess title won at last", published=tomorrow + timedelta(hours=1)
        )
        second = close_edition(
            session, topic.id, tomorrow.date(), tomorrow, tomorrow + A_DAY / 8, WINDOW, render
        )
        assert second is not None
        assert [story.headline for story in edition_content(session, second).stories] == [
            "Comet visible in January"
        ]


def test_articles_older_than_the_window_or_not_seen_yet_stay_out(any_db: Database) -> None:
    with any_db.write() as session:
        topic = add_topic(session)
        add_article(session, topic.sources[0], "Old bread recipe", published=MORNING - timedelta(hours=37))
        add_article(session, topic.sources[1], "Chess title won", seen=MORNING + timedelta(hours=1))
        assert close(session, topic) is None


def test_closing_again_returns_the_same_edition_and_changes_nothing(any_db: Database) -> None:
    with any_db.write() as session:
        topic = add_topic(session)
        add_article(session, topic.sources[0], "Night trains return")
        first = close(session, topic)
        add_article(session, topic.sources[1], "Chess title won at last")
        again = close(session, topic)
        assert again is first
        assert session.scalar(select(func.count(StoryArticle.article_id))) == 1


def test_of_two_plans_for_one_edition_the_first_stored_stands(any_db: Database) -> None:
    with any_db.write() as session:
        topic = add_topic(session)
        add_article(session, topic.sources[0], "Night trains return")
        first = plan_edition(session, topic.id, TODAY, MORNING, JUST_AFTER, WINDOW)
        second = plan_edition(session, topic.id, TODAY, MORNING, JUST_AFTER, WINDOW)
    with any_db.write() as session:
        stored = store_edition(session, first, JUST_AFTER, render)
        number = stored.id if stored else 0
    with any_db.write() as session:
        late = store_edition(session, second, JUST_AFTER + timedelta(seconds=9), render)
        assert late is not None
        assert (late.id, late.closed_at) == (number, JUST_AFTER)
        assert session.scalar(select(func.count(Story.id))) == 1


def test_of_two_closers_at_once_one_makes_the_edition_and_both_return_it(any_db: Database) -> None:
    with any_db.write() as session:
        topic = add_topic(session)
        add_day(session, topic)
        topic_id = topic.id
    start, numbers = Barrier(2), []

    def closer() -> None:
        start.wait()
        with any_db.write() as session:
            made = close_edition(session, topic_id, TODAY, MORNING, JUST_AFTER, WINDOW, render)
            numbers.append(made.id if made else None)

    threads = [Thread(target=closer) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with any_db.read() as session:
        editions = list(session.scalars(select(Edition.id)))
        assert session.scalar(select(func.count(Story.id))) == 10
        assert session.scalar(select(func.count(EditionFragment.packed))) == 1
    assert numbers == editions * 2


def test_a_renderer_that_fails_leaves_no_edition_behind(any_db: Database) -> None:
    with any_db.write() as session:
        topic = add_topic(session)
        add_article(session, topic.sources[0], "Night trains return")
        topic_id = topic.id

    def broken(_edition: object, _language: str, _length: str) -> None:
        raise RuntimeError("no template")

    with pytest.raises(RuntimeError), any_db.write() as session:
        close_edition(session, topic_id, TODAY, MORNING, JUST_AFTER, WINDOW, broken)  # type: ignore[arg-type]
    with any_db.read() as session:
        assert session.scalar(select(func.count(Edition.id))) == 0
        assert session.scalar(select(func.count(ArticleTopic.article_id))) == 0


def test_a_local_date_is_what_an_edition_is_known_by(any_db: Database) -> None:
    with any_db.write() as session:
        topic = add_topic(session)
        add_article(session, topic.sources[0], "Night trains return")
        edition = close_edition(session, topic.id, date(2026, 11, 23), MORNING, JUST_AFTER, WINDOW, render)
        assert edition is not None
        assert edition_content(session, edition).date == date(2026, 11, 23)
