"""`newsletter source pages` as an operator uses it."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from newsletter.cli import main
from newsletter.db import Database
from tests.ingest.builders import NOON
from tests.ingest.polling import add, source_of

FEED = "https://example.com/feed"


@pytest.fixture
def number(db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> int:
    """A source in the installation the command works on."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NEWSLETTER_DATA_DIR", str(tmp_path))
    return add(db, FEED, NOON)


def run(*words: str) -> Result:
    return CliRunner().invoke(main, ["source", "pages", *words])


def test_reading_pages_is_switched_on_and_off(db: Database, number: int) -> None:
    assert not source_of(db, number).full_text
    assert run(FEED, "on").exit_code == 0
    assert source_of(db, number).full_text
    assert "No more" in run(FEED, "off").output
    assert not source_of(db, number).full_text


def test_an_unknown_source_is_named(number: int) -> None:
    result = run("https://example.org/feed", "on")

    assert result.exit_code == 1
    assert "There is no source https://example.org/feed." in result.output
