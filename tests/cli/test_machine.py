"""`newsletter machine`: what the model costs, and trying it on a story."""

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select

from newsletter.cli import main
from newsletter.db import Database
from newsletter.models import StoryArticle
from tests.machine.model_server import ModelServer, model_server, says
from tests.web.builders import add_news

LEAD = "Storm closes the northern ports for a second day"
NOON = ("--now", "2026-11-22T12:00Z")
Run = Callable[..., Result]


@pytest.fixture
def model() -> Iterator[ModelServer]:
    with model_server() as running:
        yield running


@pytest.fixture
def bare(db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Calls `newsletter machine` on an installation without a model."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NEWSLETTER_DATA_DIR", str(tmp_path))
    return lambda *words: CliRunner().invoke(main, ["machine", *words])


@pytest.fixture
def run(bare: Run, model: ModelServer, monkeypatch: pytest.MonkeyPatch) -> Run:
    """The same with a model that has a price."""
    monkeypatch.setenv("NEWSLETTER_LLM_URL", model.url)
    monkeypatch.setenv("NEWSLETTER_LLM_MODEL", "tiny-1")
    monkeypatch.setenv("NEWSLETTER_LLM_PRICE_IN", "2")
    return bare


@pytest.fixture
def story(db: Database, now: datetime) -> str:
    with db.write() as session:
        add_news(session, now.date())
        return str(session.scalars(select(StoryArticle.story_id).where(StoryArticle.title == LEAD)).one())


def test_without_a_model_it_says_how_to_set_one(bare: Run) -> None:
    for command in (("status",), ("try", "1")):
        result = bare(*command)
        assert result.exit_code == 1
        assert "NEWSLETTER_LLM_URL" in result.output


def test_a_story_is_tried_and_what_was_refused_is_told(run: Run, model: ModelServer, story: str) -> None:
    model.speak = says(
        summary=["The northern ports are shut by a storm."], key_points=["It blew at 230 km/h."]
    )
    tried = run("try", story, *NOON)
    assert tried.exit_code == 0, tried.output
    assert "The northern ports are shut by a storm." in tried.output
    assert "refused: no report has the number 230" in tried.output

    status = run("status", *NOON).output
    assert "Asked today: 1 times" in status
    assert "Tokens today: 140 of 500,000" in status
    assert "Money today: 0.0002" in status
    assert "Texts kept: 1" in status
    assert "Tokens today: 0 of" in run("status", "--now", "2026-11-23T12:00Z").output


def test_a_model_that_cannot_be_reached_is_told_in_a_line(run: Run, model: ModelServer, story: str) -> None:
    model.status = 401
    tried = run("try", story, *NOON)
    assert tried.exit_code == 1
    assert "status 401" in tried.output
    assert (
        run("try", "999", *NOON).output.strip() == "newsletter: there is no story 999 in a published edition"
    )
