"""The operator's commands for editions, as typed."""

from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select

from newsletter.cli import main
from newsletter.db import Database
from newsletter.editions.build import close_edition
from newsletter.models import Topic
from tests.editions.catalogue import WINDOW, add_article, add_day, add_topic, render
from tests.editions.newsroom import MORNING

TODAY = MORNING.date()


@pytest.fixture(autouse=True)
def installation(db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment of an installation whose database is `db`."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NEWSLETTER_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("NEWSLETTER_DATABASE_URL", db.url.render_as_string(hide_password=False))


def run(*words: str) -> Result:
    return CliRunner().invoke(main, ["edition", *words])


def make_edition(db: Database) -> None:
    with db.write() as session:
        topic = add_topic(session)
        add_day(session, topic)
        close_edition(session, topic.id, TODAY, MORNING, MORNING, WINDOW, render)


def test_closing_makes_the_newest_due_edition(db: Database) -> None:
    with db.write() as session:
        add_day(session, add_topic(session))
    result = run("close", "--topic", "world", "--now", "2026-11-22T05:01Z")
    assert result.output.endswith("Closed the edition of world of 2026-11-22: 10 stories.\n")
    assert result.exit_code == 0
    again = run("close", "--topic", "world", "--now", "2026-11-22T05:02Z")
    assert again.output == "The edition of world of 2026-11-22 exists already; it stays as it is.\n"
    assert "Harbour bridge" in run("preview", "--text", "world").output


def test_closing_a_topic_without_news_says_so(db: Database) -> None:
    with db.write() as session:
        add_topic(session)
    result = run("close", "--topic", "world", "--date", "2026-11-22", "--now", "2026-11-22T05:01Z")
    assert result.exit_code == 0
    assert result.output.endswith("Nothing new to say about world on 2026-11-22: no edition was made.\n")


def test_an_edition_is_not_closed_before_its_cutoff(db: Database) -> None:
    with db.write() as session:
        add_topic(session, timezone="Europe/Berlin")
    result = run("close", "--topic", "world", "--date", "2026-11-22", "--now", "2026-11-22T03:59Z")
    assert result.exit_code == 1
    assert "closes at 05:00 (Europe/Berlin)" in result.stderr
    assert result.stderr.count("\n") == 1


def test_a_date_the_zone_never_had_is_refused(db: Database) -> None:
    with db.write() as session:
        add_topic(session, timezone="Pacific/Apia")
    result = run("close", "--topic", "world", "--date", "2011-12-30")
    assert result.exit_code == 1
    assert "2011-12-30 never was in the time zone Pacific/Apia" in result.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["show", "nowhere"], "there is no topic 'nowhere'; see: newsletter topic list"),
        (["show", "world", "2026-11-01"], "there is no edition of world of 2026-11-01"),
        (["publish", "nowhere"], "there is no topic 'nowhere'"),
        (["close", "--topic", "nowhere"], "there is no topic 'nowhere'"),
    ],
)
def test_what_is_not_there_is_one_clear_line(db: Database, words: list[str], said: str) -> None:
    make_edition(db)
    result = run(*words)
    assert result.exit_code == 1
    assert said in result.stderr
    assert result.stdout == ""


def test_a_date_that_is_none_is_a_wrong_word(db: Database) -> None:
    make_edition(db)
    assert run("show", "world", "tomorrow").exit_code == 2


def test_the_list_shows_the_newest_first(db: Database) -> None:
    assert run("list").output == "There is no edition yet. Editions close at their topic's cut-off.\n"
    make_edition(db)
    with db.write() as session:
        topic = add_topic(session, "science")
        later = MORNING + timedelta(days=1)
        add_article(session, topic.sources[0], "Comet is found", published=later - timedelta(hours=2))
        close_edition(session, topic.id, later.date(), later, later, WINDOW, render)
    lines = run("list").output.splitlines()
    assert [line.split()[:4] for line in lines[1:]] == [
        ["2026-11-23", "science", "1", "published"],
        ["2026-11-22", "world", "10", "published"],
    ]
    assert "science" not in run("list", "--topic", "world").output


def test_showing_an_edition_lists_leads_sources_and_related_coverage(db: Database) -> None:
    make_edition(db)
    output = run("show", "world").output
    assert output.startswith("World, 2026-11-22 (published, closed 2026-11-22 05:00 UTC)")
    assert "Harbour bridge in Port Elden closed after crack is found" in output
    assert "   + Source 3: Cracked girder closes Port Elden bridge" in output
    assert "3 sources" in output


def test_the_preview_prints_the_edition_as_mails_carry_it(db: Database) -> None:
    make_edition(db)
    html = run("preview", "--html", "world").output
    text = run("preview", "--text", "world", "2026-11-22").output
    assert html.startswith("<!DOCTYPE html>")
    assert "<" not in text
    for part in (html, text):
        assert "10 stories" in part


def test_which_edition_to_print_must_be_said() -> None:
    result = run("preview", "--text")
    assert result.exit_code == 2
    assert "Say which TOPIC" in result.stderr


def test_a_preview_of_what_is_not_there_is_refused(db: Database) -> None:
    make_edition(db)
    assert "there is no topic 'nowhere'" in run("preview", "nowhere").stderr
    assert "there is no edition of world of 2026-11-01" in run("preview", "world", "2026-11-01").stderr


def test_holding_and_publishing_tell_what_they_did(db: Database) -> None:
    make_edition(db)
    assert run("hold", "world").output == "The edition of world of 2026-11-22 is now held back.\n"
    assert run("hold", "world").output == "The edition of world of 2026-11-22 is already held back.\n"
    assert "held" in run("list").output
    assert run("publish", "world").output == "The edition of world of 2026-11-22 is now published.\n"
    assert run("publish", "world").output == "The edition of world of 2026-11-22 is already published.\n"


@pytest.mark.parametrize("command", ["close", "list", "show", "preview", "publish", "hold"])
def test_every_command_explains_itself(command: str) -> None:
    result = run(command, "--help")
    assert result.exit_code == 0
    assert len(result.output.splitlines()) > 4


def test_showing_an_edition_says_what_put_its_stories_in_their_order(db: Database) -> None:
    make_edition(db)
    shown = run("show", "world").output
    rows = [line.split() for line in shown[shown.index("Story ") :].splitlines()]
    table = {name: [float(value) for value in values] for name, *values in rows}
    assert len(table["Story"]) == 10
    assert table["sources"][0] == 4.0
    parts = ("sources", "freshness", "weight", "fit", "text")
    assert sum(table[part][0] for part in parts) == pytest.approx(table["score"][0], abs=0.02)
    assert table["copies"] == [0] * 10


def test_a_story_that_goes_on_shows_what_is_new_and_what_was_before(db: Database) -> None:
    make_edition(db)
    later = MORNING + timedelta(days=1)
    with db.write() as session:
        topic = session.scalars(select(Topic)).one()
        add_article(
            session,
            topic.sources[1],
            "Port Elden bridge gets temporary steel brace",
            "The harbour bridge is still shut. Divers of Kestrel Marine found the foundation sound.",
            published=later - timedelta(hours=5),
        )
        close_edition(session, topic.id, later.date(), later, later, WINDOW, render)
    shown = run("show", "world").output
    assert "New: Divers of Kestrel Marine found the foundation sound." in shown
    assert "Earlier, 2026-11-22: Harbour bridge in Port Elden closed after crack is found" in shown
