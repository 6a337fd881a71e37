"""What every command has in common: one clear line when something is wrong, and help for a newcomer."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from newsletter.cli import main


@pytest.fixture(autouse=True)
def _own_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NEWSLETTER_DATA_DIR", str(tmp_path / "data"))


def run(*words: str) -> Result:
    return CliRunner().invoke(main, words)


def test_a_missing_database_is_one_line_that_names_the_command() -> None:
    result = run("topic", "list")
    assert result.exit_code == 1
    assert result.stderr.count("\n") == 1
    assert "newsletter db upgrade" in result.stderr


def test_a_wrong_setting_is_named_by_every_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEWSLETTER_PORT", "eighty")
    result = run("topic", "list")
    assert result.exit_code == 1
    assert "NEWSLETTER_PORT" in result.stderr


def test_a_file_that_is_no_database_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "newsletter.db").write_text("a letter, " * 500)
    result = run("db", "check")
    assert result.exit_code == 1
    assert "cannot open the database" in result.stderr
    assert (tmp_path / "data" / "newsletter.db").read_text() == "a letter, " * 500


def test_a_database_is_made_checked_copied_and_put_back(tmp_path: Path) -> None:
    for words in (
        ("db", "upgrade"),
        ("topic", "add", "local", "Local news"),
        ("db", "check"),
        ("db", "backup", "copy.db"),
        ("topic", "add", "sport", "Sport"),
        ("db", "restore", "copy.db"),
    ):
        assert run(*words).exit_code == 0, words
    listed = run("topic", "list").stdout
    assert "local" in listed
    assert "sport" not in listed


def test_a_locked_database_is_one_line_and_nothing_is_lost(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert run("db", "upgrade").exit_code == 0
    monkeypatch.setattr("newsletter.db.BUSY_TIMEOUT_MS", 100)
    with closing(sqlite3.connect(tmp_path / "data" / "newsletter.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        result = run("topic", "add", "local", "Local news")
    assert result.exit_code == 1
    assert result.stderr.count("\n") == 1
    assert "the database is busy" in result.stderr
    assert run("topic", "add", "local", "Local news").exit_code == 0


def test_words_the_command_does_not_know_end_with_exit_code_2() -> None:
    assert run("nonsense").exit_code == 2
    assert run("topic", "add").exit_code == 2
    assert run("topic", "add", "a", "A", "--now", "soon").exit_code == 2


@pytest.mark.parametrize("command", main.list_commands(None))  # type: ignore[arg-type]
def test_every_command_explains_itself(command: str) -> None:
    result = run(command, "--help")
    assert result.exit_code == 0
    explained = result.stdout.split("Options:")[0].split("\n\n", 1)[1].strip()
    assert len(explained) > 20
