"""The demo's three days lived through for real: fetched from its server, closed, and read again."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import yaml
from pydantic import SecretStr
from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter import jobs, story_jobs
from newsletter.config import Settings
from newsletter.db import Database
from newsletter.demo.history import replay, replay_moments
from newsletter.demo.install import install
from newsletter.demo.server import serve
from newsletter.editions.content import edition_content
from newsletter.models import Article, ArticleTopic, Edition, Story, ThreadArticle, Topic

NOW = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)
_WIDTH = 110

Shown = dict[str, Any]


def live(database: Database, folder: Path) -> None:
    """Poll and close at the end of each of the three days."""
    settings = Settings(
        _env_file=None,
        data_dir=folder,
        database_url=database.url.render_as_string(hide_password=False),
        secret_keys=(SecretStr("a key for this test only"),),
        fetch_allow_networks="127.0.0.0/8",
        images=False,
    )
    window = timedelta(hours=settings.story_window_hours)

    def step(moment: datetime) -> None:
        jobs.poll_due(settings, database, moment)
        jobs.close_here(settings, moment)
        story_jobs.thread_here(database, moment, window)

    with serve(NOW) as server:
        cutoff = (NOW - timedelta(minutes=1)).time()
        with database.write() as session:
            install(session, server.base_url, NOW - timedelta(days=3), cutoff, "UTC")
        replay(server, replay_moments(NOW), step)


def shown(database: Database) -> str:
    """What each day's editions hold, as YAML: new stories, updated ones, and what was dropped."""
    with database.read() as session:
        topics = session.scalars(select(Topic).order_by(Topic.position)).all()
        days = {
            str(moment.date()): {topic.slug: _edition(session, topic, moment) for topic in topics}
            for moment in replay_moments(NOW)
        }
    return yaml.safe_dump(days, allow_unicode=True, sort_keys=False, width=_WIDTH)


def _edition(session: Session, topic: Topic, moment: datetime) -> Shown:
    edition = session.scalar(
        select(Edition).where(Edition.topic_id == topic.id, Edition.date == moment.date())
    )
    printed = edition.stories if edition else []
    content = edition_content(session, edition).stories if edition else ()
    threads = {story.thread_id for story in printed}
    left = list(_left_out(session, topic, moment, threads))
    before = _printed_before(session, topic, moment.date())
    parts = {
        "new": [_story(one) for one in content if not one.updated],
        "updated": [_story(one) for one in content if one.updated],
        "dropped, for it says nothing new": [one.title for one in left if one.thread in before],
        "left out": [one.title for one in left if one.thread not in before],
    }
    return {name: part for name, part in parts.items() if part}


def _story(story: Any) -> Shown:
    told: Shown = {
        "headline": story.headline,
        "sources": [story.source, *(one.source for one in story.related)],
    }
    if story.news:
        told["news"] = story.news
    if story.earlier:
        told["earlier"] = [f"{one.date}: {one.headline}" for one in story.earlier]
    return told


@dataclass(frozen=True)
class Left:
    """An article of the day that no story of the day tells of."""

    title: str
    thread: int


def _left_out(session: Session, topic: Topic, moment: datetime, threads: set[int | None]) -> Iterator[Left]:
    rows = session.execute(
        select(Article.title, ThreadArticle.thread_id)
        .join(ThreadArticle, ThreadArticle.article_id == Article.id)
        .join(ArticleTopic, ArticleTopic.article_id == Article.id)
        .where(ArticleTopic.topic_id == topic.id)
        .where(Article.first_seen_at == moment)
        .order_by(Article.published_at, Article.title)
    )
    return (Left(title, thread) for title, thread in rows if thread not in threads)


def _printed_before(session: Session, topic: Topic, day: date) -> set[int | None]:
    return set(
        session.scalars(
            select(Story.thread_id)
            .join(Edition, Edition.id == Story.edition_id)
            .where(Edition.topic_id == topic.id, Edition.date < day)
        )
    )


def threads_by_address(database: Database) -> list[list[str]]:
    """The addresses of the articles of each thread."""
    found: dict[int, list[str]] = {}
    with database.read() as session:
        rows = session.execute(
            select(ThreadArticle.thread_id, Article.url).join(Article, Article.id == ThreadArticle.article_id)
        )
        for thread, url in rows:
            found.setdefault(thread, []).append(url)
    return list(found.values())
