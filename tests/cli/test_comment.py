"""`newsletter comment`: letting comments through."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select

from newsletter import comments
from newsletter.cli import main
from newsletter.db import Database
from newsletter.models import Comment, Thread
from tests.web.builders import add_news, add_subscriber

Run = Callable[..., Result]


@pytest.fixture
def run(db: Database, now: datetime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Calls `newsletter comment` where one comment waits, with markup in it."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NEWSLETTER_DATA_DIR", str(tmp_path))
    with db.write() as session:
        add_news(session, now.date())
        reader = add_subscriber(session, "ann@example.com", now)
        thread = Thread(handle="storm", born_at=now, moved_at=now)
        session.add(thread)
        session.flush()
        comments.write(session, thread.id, reader.id, "Ann", "[bold]Loud[/bold]", "en", now)
    return lambda *words: CliRunner().invoke(main, ["comment", *words])


def test_a_comment_is_listed_approved_and_refused(run: Run, db: Database) -> None:
    listed = run("list").output
    assert "Ann" in listed
    assert "[bold]Loud[/bold]" in listed
    assert run("approve", "1").output == "1 of 1 comments: shown.\n"
    assert "No comment is waiting." in run("list").output
    assert "Ann" in run("list", "--state", "shown").output
    assert run("refuse", "1").exit_code == 0
    with db.read() as session:
        assert session.scalars(select(Comment.state)).one() == "refused"


def test_a_number_nobody_has_is_told(run: Run) -> None:
    result = run("approve", "99")
    assert result.exit_code == 1
    assert "no comment with that number" in result.output
