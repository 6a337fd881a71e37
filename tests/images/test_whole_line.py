"""From a feed that offers a picture to the bytes a reader's mail program asks us for."""

import io
from collections.abc import Iterator
from datetime import datetime, time
from pathlib import Path

import pytest
from PIL import Image as Drawing
from sqlalchemy import func, select

from newsletter import jobs
from newsletter.config import Settings
from newsletter.db import Database
from newsletter.demo.install import install
from newsletter.demo.server import DemoServer, serve
from newsletter.models import Article, Image, Story
from tests.web.conftest import make_site


@pytest.fixture
def settings(db: Database, tmp_path: Path) -> Settings:
    return Settings(
        data_dir=tmp_path, database_url=db.url.render_as_string(), fetch_allow_networks="127.0.0.0/8"
    )


@pytest.fixture
def feeds(db: Database, settings: Settings, now: datetime) -> Iterator[DemoServer]:
    """The demo's news, polled."""
    with serve(now) as server:
        with db.write() as session:
            install(session, server.base_url, now, time(5, 0), "UTC")
        jobs.poll_due(settings, db, now)
        yield server


def pictures(db: Database) -> list[tuple[str, str]]:
    with db.read() as session:
        named = select(Story.image_name, Story.image_alt).where(Story.image_name.is_not(None))
        return [(str(name), alt) for name, alt in session.execute(named)]


def test_the_demos_editions_close_with_pictures_that_are_served(
    settings: Settings, db: Database, feeds: DemoServer, now: datetime, tmp_path: Path
) -> None:
    assert jobs.close_here(settings, now) > 1

    shown = pictures(db)
    assert len(shown) >= 5
    assert any(alt.startswith("Drawing: hills under") for _name, alt in shown)
    client = make_site(db, now, tmp_path).client()
    for name, _alt in shown:
        answer = client.get(f"/image/{name}")
        assert Drawing.open(io.BytesIO(answer.data)).size == (600, 338)
        assert len(answer.data) <= 40 * 1024


def test_editions_close_without_pictures_where_none_are_wanted(
    settings: Settings, db: Database, feeds: DemoServer, now: datetime
) -> None:
    assert jobs.close_here(settings.model_copy(update={"images": False}), now) > 1

    assert pictures(db) == []
    with db.read() as session:
        assert session.scalar(select(func.count()).select_from(Article).where(Article.image_url.is_not(None)))
        assert not session.scalar(select(func.count()).select_from(Image))
