"""`newsletter topic` as an operator uses it."""

from collections.abc import Callable
from datetime import time
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select

from newsletter.cli import main
from newsletter.db import Database
from newsletter.models import Topic

Run = Callable[..., Result]


@pytest.fixture
def run(db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Calls `newsletter topic` on a fresh installation in Berlin."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NEWSLETTER_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("NEWSLETTER_TIMEZONE", "Europe/Berlin")
    return lambda *words: CliRunner().invoke(main, ["topic", *words])


def test_a_topic_is_added_with_the_settings_times_or_its_own(run: Run, db: Database) -> None:
    assert run("add", "world", "World").exit_code == 0
    assert (
        run("add", "art", "Kunst", "--cutoff", "16:30", "--timezone", "UTC", "--language", "de").exit_code
        == 0
    )

    with db.read() as session:
        world, art = session.scalars(select(Topic).order_by(Topic.position))
    assert (world.slug, world.cutoff, world.timezone) == ("world", time(5, 0), "Europe/Berlin")
    assert (art.name, art.cutoff, art.timezone, art.language) == ("Kunst", time(16, 30), "UTC", "de")


def test_what_was_added_is_listed(run: Run) -> None:
    assert "no topics yet" in run("list").output
    run("add", "world", "World [bold]news[/bold]")

    listed = run("list")

    assert listed.exit_code == 0
    assert "world" in listed.output
    assert "05:00 Europe/Berlin" in listed.output


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["World!", "World"], 1, "short name"),
        (["world", "World", "--timezone", "Mars/Base"], 1, "time zone"),
        (["world", "World", "--cutoff", "25:00"], 2, "time of day"),
        (["world"], 2, "NAME"),
    ],
)
def test_wrong_words_are_answered_in_one_clear_line(run: Run, words: list[str], code: int, said: str) -> None:
    result = run("add", *words)

    assert result.exit_code == code
    assert said in result.stderr
    assert "Traceback" not in result.output
