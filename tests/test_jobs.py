"""The jobs: what one faulty part does not keep from happening."""

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select, update

from newsletter import jobs
from newsletter.config import Settings
from newsletter.db import Database
from newsletter.delivery.lost_links import ask_for_link
from newsletter.demo.install import install
from newsletter.demo.server import DemoServer, serve
from newsletter.editions.due import DueEdition
from newsletter.ingest import full_text
from newsletter.models import Article, Delivery, Edition, Source, Topic
from tests.delivery.cast import a_reader

CUTOFF = time(5, 0)


@pytest.fixture
def settings(db: Database, tmp_path: Path) -> Settings:
    return Settings(
        data_dir=tmp_path,
        database_url=db.url.render_as_string(),
        fetch_allow_networks="127.0.0.0/8",
    )


@pytest.fixture
def feeds(db: Database, now: datetime) -> Iterator[DemoServer]:
    """The demo's sources, in the database and on a server."""
    with serve(now) as server:
        with db.write() as session:
            install(session, server.base_url, now, CUTOFF, "UTC")
        yield server


def test_a_topic_that_cannot_be_closed_does_not_keep_the_others_from_it(
    settings: Settings, db: Database, feeds: DemoServer, now: datetime
) -> None:
    jobs.poll_due(settings, db, now)
    with db.read() as session:
        broken, *others = session.scalars(select(Topic.id).order_by(Topic.id)).all()

    def close(database: Database, due: DueEdition, at: datetime, window: timedelta) -> bool:
        if due.topic_id == broken:
            raise LookupError("a headline nobody foresaw")
        return jobs.close_one(database, due, at, window)

    assert jobs.close_here(settings, now, close) == len(others)
    with db.read() as session:
        assert set(session.scalars(select(Edition.topic_id))) == set(others)
    assert jobs.close_here(settings, now) == 1, "the next tick tries it again"


def test_old_articles_are_let_go_of_once_an_hour(
    settings: Settings, db: Database, feeds: DemoServer, now: datetime
) -> None:
    jobs.poll_due(settings, db, now)
    later = now.replace(minute=jobs.KEEPING_MINUTE) + timedelta(days=settings.text_days + 1)

    def texts() -> int:
        with db.read() as session:
            return session.scalar(select(func.count(Article.id)).where(Article.body != "")) or 0

    before = texts()
    jobs.tidy(settings, db, later + timedelta(minutes=1))
    assert texts() == before > 0
    jobs.tidy(settings, db, later)
    assert texts() == 0


def test_pages_are_read_where_the_operator_wants_it(
    settings: Settings, db: Database, feeds: DemoServer, now: datetime
) -> None:
    jobs.poll_due(settings, db, now)
    robots = jobs.robots_of(settings)
    assert jobs.read_pages(settings, db, now, robots) == 0
    with db.write() as session:
        session.execute(update(Source).values(full_text=True))

    assert 0 < jobs.read_pages(settings, db, now, robots) <= full_text.PAGES_A_HOST


def test_a_feed_server_that_went_away_is_noted_on_every_source_and_harms_nothing(
    settings: Settings, db: Database, now: datetime
) -> None:
    with serve(now) as server, db.write() as session:
        install(session, server.base_url, now, CUTOFF, "UTC")
    assert jobs.poll_due(settings, db, now) == 0
    with db.read() as session:
        reasons = set(session.scalars(select(Source.failure)))
        assert all(reason and "127.0.0.1" in reason for reason in reasons)
        assert {source.failures for source in session.scalars(select(Source))} == {1}
    assert jobs.close_here(settings, now) == 0


def test_closing_in_a_process_of_its_own_makes_the_same_editions(
    settings: Settings, db: Database, feeds: DemoServer, now: datetime
) -> None:
    jobs.poll_due(settings, db, now)
    assert jobs.close_due(settings, now) == 4
    assert jobs.close_due(settings, now) == 0


def test_the_operator_is_told_at_the_address_of_the_settings_and_nobody_without_one(
    settings: Settings, db: Database, now: datetime
) -> None:
    with db.write() as session:
        long_ago = now - timedelta(days=9)
        url = "https://radio.example.org/feed"
        session.add(Source(url=url, name="Radio", failures=9, next_poll_at=now, created_at=long_ago))

    assert jobs.alert(settings, db, now) == 0
    told = settings.model_copy(update={"operator_address": "The Desk <Ops@example.com>"})
    assert jobs.alert(told, db, now) == 1

    with db.read() as session:
        (mail,) = session.scalars(select(Delivery))
        assert (mail.kind, mail.address) == ("alert", "Ops@example.com")


def test_planning_answers_who_asked_for_their_link(settings: Settings, db: Database, now: datetime) -> None:
    with db.write() as session:
        reader = a_reader(session)
        ask_for_link(session, reader.address_key, now)

    assert jobs.plan_due(settings, db, now) == 1

    with db.read() as session:
        assert session.scalars(select(Delivery.kind)).all() == ["preferences_link"]
