"""`newsletter issue render`: the exact bytes a reader would be sent."""

import logging
import signal
from collections.abc import Iterator
from datetime import timedelta
from email import message_from_bytes, policy
from pathlib import Path

import pytest
import structlog
from click.testing import CliRunner, Result
from sqlalchemy import update

from newsletter.cli import main
from newsletter.db import Database
from newsletter.models import Length, Subscriber, Topic
from tests.delivery.cast import NOW, a_reader, a_topic, an_edition, deliveries

AT_SIX = "2026-11-22T06:00Z"


@pytest.fixture(autouse=True)
def installation(db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The environment of an installation whose database is `db`, with one reader of one topic."""
    kept = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NEWSLETTER_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("NEWSLETTER_DATABASE_URL", db.url.render_as_string(hide_password=False))
    with db.write() as session:
        topic = a_topic(session)
        an_edition(session, topic)
        a_reader(session, topic)
    yield
    structlog.reset_defaults()
    logging.getLogger().handlers.clear()
    for number, handler in kept.items():
        signal.signal(number, handler)


def run(*words: str) -> Result:
    return CliRunner().invoke(main, [*words, "--now", AT_SIX])


def render(tmp_path: Path, *words: str) -> bytes:
    result = run("issue", "render", "--to", "ann@example.org", "-o", "issue.eml", *words)
    assert result.exit_code == 0, result.stderr
    return (tmp_path / "issue.eml").read_bytes()


def test_what_would_be_planned_now_is_rendered_and_nothing_stored(db: Database, tmp_path: Path) -> None:
    mail = message_from_bytes(render(tmp_path), policy=policy.default)

    assert "Rain at last" in mail["Subject"]
    assert mail["To"] == "ann@example.org"
    assert deliveries(db) == []
    with db.read() as session:
        assert session.get_one(Subscriber, 1).next_issue_at == NOW


def test_the_bytes_are_those_that_are_sent(db: Database, tmp_path: Path) -> None:
    before = render(tmp_path)
    run("delivery", "plan")
    planned = render(tmp_path)
    run("delivery", "send")

    (sent,) = (tmp_path / "outbox" / "new").iterdir()
    assert before == planned == sent.read_bytes()


@pytest.mark.parametrize(
    "reader",
    [
        pytest.param({"language": "ar"}, id="right to left"),
        pytest.param({"language": "de", "timezone": "Asia/Kathmandu"}, id="far away"),
        pytest.param({"length": Length.HEADLINES}, id="headlines"),
        pytest.param({"length": Length.FULL}, id="full"),
        pytest.param({"welcomed_at": None}, id="welcome"),
        pytest.param({"address": "jürgen@bücher.example", "address_key": "ann@example.org"}, id="not ASCII"),
    ],
)
def test_whoever_reads_the_bytes_are_those_that_are_sent(
    db: Database, tmp_path: Path, reader: dict[str, object]
) -> None:
    with db.write() as session:
        session.execute(update(Subscriber).values(reader))
    planned = render(tmp_path)
    run("delivery", "plan")
    run("delivery", "send")

    (sent,) = (tmp_path / "outbox" / "new").iterdir()
    assert planned == sent.read_bytes()


def test_signed_mail_is_rendered_signed(
    db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NEWSLETTER_SENDER", "Daily Edition <daily@example.com>")
    monkeypatch.setenv("NEWSLETTER_DKIM_DOMAIN", "example.com")
    assert CliRunner().invoke(main, ["dkim", "keygen"]).exit_code == 0
    planned = render(tmp_path)
    run("delivery", "plan")
    run("delivery", "send")

    (sent,) = (tmp_path / "outbox" / "new").iterdir()
    assert planned == sent.read_bytes()
    assert planned.count(b"DKIM-Signature:") == 2


def test_an_issue_of_another_date_is_the_one_in_the_ledger(db: Database, tmp_path: Path) -> None:
    run("delivery", "plan")
    later = (NOW + timedelta(days=3)).isoformat()
    words = ["issue", "render", "--to", "ann@example.org", "-o", "then.eml"]

    result = CliRunner().invoke(main, [*words, "--date", "2026-11-22", "--now", later])

    assert result.exit_code == 0, result.stderr
    assert b"Rain at last" in (tmp_path / "then.eml").read_bytes()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--to", "nobody@example.org"], "nobody has subscribed"),
        (["--to", "nonsense"], "@ sign"),
        (["--to", "ann@example.org", "--date", "2026-11-01"], "no issue of 2026-11-01"),
    ],
)
def test_what_cannot_be_rendered_is_said_in_one_line(words: list[str], said: str, tmp_path: Path) -> None:
    result = run("issue", "render", *words, "-o", "issue.eml")

    assert result.exit_code == 1
    assert said in result.stderr
    assert not (tmp_path / "issue.eml").exists()


def test_nothing_new_is_said_and_no_empty_mail_made(db: Database, tmp_path: Path) -> None:
    with db.write() as session:
        session.get_one(Topic, 1).active = False

    result = run("issue", "render", "--to", "ann@example.org", "-o", "issue.eml")

    assert result.exit_code == 1
    assert "nothing new" in result.stderr
    assert not (tmp_path / "issue.eml").exists()
