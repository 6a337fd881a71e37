"""A front-page feed fills the topics: their own sources' articles taught where its articles belong."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from newsletter.db import Database
from newsletter.editions import topic_learning
from newsletter.editions.assign import correct, topics_of_article
from newsletter.editions.build import close_edition
from newsletter.models import Article, ArticleTopic, Edition, Source, Topic
from newsletter.models import TopicModel as StoredModel
from newsletter.story_jobs import learn_here
from tests.editions.catalogue import WINDOW, add_article, add_topic, render
from tests.editions.newsroom import MORNING
from tests.editions.test_topic_model import examples

FUND = "Bank merger lifts shares and profit this quarter"
COMET = "Laboratory maps genome of a fossil species by telescope"
BAND = "Brass band plays in the old town hall"


@pytest.fixture
def city(any_db: Database) -> Database:
    """Business and Science with their own sources, a month of their articles, and a front page."""
    with any_db.write() as session:
        topics = {slug: add_topic(session, slug, sources=2) for slug in ("business", "science")}
        for number, one in enumerate(examples(240)):
            (slug,) = one.topics
            if slug in topics:
                source = topics[slug].sources[number % 2]
                add_article(session, source, f"{one.title} {number}", published=MORNING - timedelta(days=12))
        front = Source(
            url="https://front.example.com/feed",
            name="The Front Page",
            next_poll_at=MORNING,
            last_polled_at=MORNING,
            created_at=MORNING - timedelta(days=30),
        )
        session.add(front)
        session.flush()
        for title in (FUND, COMET, BAND):
            add_article(session, front, title)
    return any_db


def headlines(db: Database, slug: str) -> set[str]:
    """Close the topic's edition; its headlines."""
    with db.write() as session:
        topic = session.scalars(select(Topic).where(Topic.slug == slug)).one()
        edition = close_edition(session, topic.id, MORNING.date(), MORNING, MORNING, WINDOW, render)
        return {story.articles[0].title for story in edition.stories} if edition else set()


def article(db: Database, title: str) -> int:
    with db.read() as session:
        return session.scalars(select(Article.id).where(Article.title == title)).one()


def test_articles_of_a_front_page_land_in_their_topics_and_the_odd_one_in_none(city: Database) -> None:
    assert learn_here(city, MORNING) == 1
    assert headlines(city, "business") == {FUND}
    assert headlines(city, "science") == {COMET}
    with city.read() as session:
        judged = topics_of_article(session, article(city, FUND))
        assert judged is not None
        assert [(slug, belongs) for slug, belongs, _ in judged] == [("business", True), ("science", False)]
        assert judged[0][2].startswith("fits Business by ")
        assert any(word in judged[0][2] for word in ("bank", "merger", "shares", "profit"))


def test_before_anything_was_learnt_only_a_topics_own_sources_count(city: Database) -> None:
    assert headlines(city, "business") == set()
    with city.read() as session:
        assert topics_of_article(session, article(city, FUND)) == []


def test_the_operators_word_counts_most(city: Database) -> None:
    learn_here(city, MORNING)
    with city.write() as session:
        business, science = session.scalars(select(Topic).order_by(Topic.slug)).all()
        correct(session, article(city, FUND), business.id, False, MORNING)
        correct(session, article(city, BAND), science.id, True, MORNING)
    assert headlines(city, "business") == set()
    assert headlines(city, "science") == {COMET, BAND}


def test_a_category_called_as_the_topic_decides_without_any_learning(city: Database) -> None:
    learn_here(city, MORNING)
    with city.write() as session:
        session.get_one(Article, article(city, BAND)).categories = ["Music", "SCIENCE"]
    assert headlines(city, "science") == {COMET, BAND}


def test_nothing_is_judged_twice_and_refusals_are_let_go(city: Database) -> None:
    learn_here(city, MORNING)
    headlines(city, "business")
    with city.write() as session:
        rows = session.scalars(select(ArticleTopic)).all()
        assert {row.article_id for row in rows if not row.belongs} >= {article(city, BAND)}
        topic_learning.forget_refusals(session, MORNING + timedelta(days=20))
        assert all(row.belongs for row in session.scalars(select(ArticleTopic)))


def test_it_is_learnt_once_a_day_and_a_spoilt_model_is_as_none(city: Database) -> None:
    with city.read() as session:
        assert topic_learning.is_due(session, MORNING)
    learn_here(city, MORNING)
    with city.write() as session:
        assert not topic_learning.is_due(session, MORNING + timedelta(hours=22))
        assert topic_learning.is_due(session, MORNING + timedelta(hours=24))
        for model in session.scalars(select(StoredModel)):
            model.packed = b"spoilt"
    assert headlines(city, "science") == set()


def test_with_too_little_to_learn_from_that_is_remembered_for_a_day(any_db: Database) -> None:
    with any_db.write() as session:
        for slug in ("business", "science"):
            add_topic(session, slug)
    assert learn_here(any_db, MORNING) == 0
    with any_db.read() as session:
        assert not topic_learning.is_due(session, MORNING + timedelta(hours=1))
        assert session.scalars(select(Edition)).all() == []
