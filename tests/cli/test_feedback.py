"""`newsletter feedback`: messages a mail server hands over."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select

from newsletter.cli import main
from newsletter.db import Database
from newsletter.models import Subscriber
from newsletter.tokens import Purpose, make_token
from tests.web.builders import SECRET, add_subscriber, add_topic

Run = Callable[..., Result]


@pytest.fixture
def run(db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NEWSLETTER_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("NEWSLETTER_SECRET_KEYS", SECRET)
    return lambda *words, message=b"": CliRunner().invoke(main, ["feedback", *words], input=message)


def test_a_message_unsubscribes_its_reader(run: Run, db: Database, now: datetime) -> None:
    with db.write() as session:
        add_topic(session, "world")
        handle = add_subscriber(session, "ann@example.com", now).handle
    token = make_token([SECRET], Purpose.UNSUBSCRIBE, handle)
    letter = f"From: ann@example.com\nSubject: unsubscribe {token}\n\n{'x' * 3_000_000}"
    result = run("receive", message=letter.encode())
    assert (result.exit_code, result.output) == (0, "Unsubscribed.\n")
    with db.read() as session:
        assert session.scalars(select(Subscriber.status)).one() == "unsubscribed"


def test_any_other_message_changes_nothing_and_is_taken(run: Run) -> None:
    result = run("receive", message=b"Subject: Undelivered Mail\n\nNo such user.")
    assert (result.exit_code, result.output) == (0, "No wish to unsubscribe.\n")


def test_a_message_that_cannot_be_dealt_with_now_goes_back_to_the_queue(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NEWSLETTER_DATABASE_URL", "postgresql+psycopg://nobody@127.0.0.1:1/none")
    assert run("receive", message=b"Subject: unsubscribe abc.def\n\n").exit_code == 75
    monkeypatch.setenv("NEWSLETTER_PORT", "no port")
    assert run("receive", message=b"Subject: unsubscribe abc.def\n\n").exit_code == 75


def test_looking_into_a_mailbox_needs_one(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    result = run("fetch")
    assert result.exit_code == 1
    assert "NEWSLETTER_MAILBOX_URL" in result.output
    monkeypatch.setenv("NEWSLETTER_MAILBOX_URL", "imaps://news:secret@127.0.0.1:1")
    result = run("fetch")
    assert result.exit_code == 1
    assert "the mailbox cannot be read" in result.output
    assert "secret" not in result.output
