"""`newsletter db move` as typed: what it prints, what to do next, and when it will not."""

import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from newsletter.cli import main
from newsletter.db import Database
from newsletter.scheduler import FileLeader
from tests.delivery.cast import some_deliveries, states

AT_SIX = "2026-11-22T06:00Z"


@pytest.fixture(autouse=True)
def _installation(db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NEWSLETTER_DATA_DIR", str(tmp_path))
    some_deliveries(db, 3)


def move_to(url: str) -> Result:
    return CliRunner().invoke(main, ["db", "move", url, "--now", AT_SIX])


def test_a_move_says_what_was_moved_and_which_settings_to_change(db: Database, empty_postgres: str) -> None:
    result = move_to(empty_postgres)
    assert result.exit_code == 0, result.stderr
    assert "           3  delivery\n" in result.stdout
    assert "every table holds the same as before" in result.stdout
    assert "NEWSLETTER_DATABASE_URL=postgresql" in result.stdout
    assert "NEWSLETTER_QUEUE_URL is not set and follows" in result.stdout
    moved = Database(empty_postgres)
    assert states(moved) == states(db)
    moved.close()


def test_a_queue_of_its_own_stays_where_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEWSLETTER_QUEUE_URL", "redis://queue.example.com")
    result = move_to(f"sqlite:///{tmp_path / 'other.db'}")
    assert "NEWSLETTER_QUEUE_URL stays as you set it" in result.stdout


def test_a_text_that_had_to_be_changed_is_told(
    db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with db.write() as session:
        session.connection().exec_driver_sql("UPDATE article SET title = 'Rain' || char(0) WHERE id = 1")
    result = move_to(f"sqlite:///{tmp_path / 'other.db'}")
    assert "1 texts of article.title held characters PostgreSQL cannot store" in result.stdout


def test_while_the_service_runs_nothing_is_moved(tmp_path: Path) -> None:
    scheduler = FileLeader(tmp_path / "scheduler.lock")
    assert scheduler.leads()
    result = move_to(f"sqlite:///{tmp_path / 'other.db'}")
    scheduler.resign()
    assert result.exit_code == 1
    assert "the service is running. Stop it first" in result.stderr
    assert move_to(f"sqlite:///{tmp_path / 'other.db'}").exit_code == 0


@pytest.mark.parametrize("url", ["elephants", "oracle+nonsense://db.example.com/news"])
def test_what_is_no_database_is_one_line_with_an_example(url: str) -> None:
    result = move_to(url)
    assert result.exit_code == 1
    assert "give the new database as postgresql://" in result.stderr
    assert result.stderr.count("\n") == 1


def test_a_database_that_cannot_be_reached_is_one_line() -> None:
    result = move_to("postgresql://news:secret-word@127.0.0.1:1/news?connect_timeout=2")
    assert result.exit_code == 1
    assert result.stderr.count("\n") == 1
    assert "secret-word" not in result.output


def test_the_database_in_use_is_refused(db: Database) -> None:
    result = move_to(str(db.url))
    assert result.exit_code == 1
    assert "that is the database in use" in result.stderr


def test_without_its_driver_postgresql_names_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    result = move_to("postgresql://db.example.com/news")
    assert result.exit_code == 1
    assert "pip install 'psycopg[binary,pool]'" in result.stderr
