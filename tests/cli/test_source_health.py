"""`newsletter source list`, `show` and `full-text`: how sources are, as an operator reads it."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from newsletter.cli import main
from newsletter.db import Database
from newsletter.models import (
    Article,
    Edition,
    Source,
    SourceDay,
    SourceHub,
    SourceStatus,
    Story,
    StoryArticle,
    Topic,
)

Run = Callable[..., Result]
NOW = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)
DAY = timedelta(days=1)
URL = "https://harbour.example.org/feed"


@pytest.fixture
def run(db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NEWSLETTER_DATA_DIR", str(tmp_path))
    CliRunner().invoke(main, ["topic", "add", "world", "World"])
    return lambda *words: CliRunner().invoke(main, ["source", *words])


def add(db: Database, name: str, *counts: int, **values: Any) -> int:
    """A source that is well, but for `values`; with so many new articles on the days before today."""
    well = {"last_polled_at": NOW, "last_success_at": NOW, "last_new_at": NOW, "next_poll_at": NOW}
    url = f"https://{name.lower()}.example.org/feed"
    with db.write() as session:
        source = Source(**{"name": name, "url": url, "created_at": NOW - 90 * DAY, **well, **values})
        source.topics += session.query(Topic).all()
        session.add(source)
        session.flush()
        for back, count in enumerate(reversed(counts), 1):
            date = NOW.date() - back * DAY
            day = SourceDay(
                source_id=source.id, date=date, polls=9, new=count, entries=40, undated=10, churned=20
            )
            session.add(day)
        return source.id


def test_the_list_has_a_line_a_source_and_fits_a_terminal(run: Run, db: Database) -> None:
    add(db, "Harbour", *[12] * 30)
    add(db, "A very long name of a newspaper from far away", failures=2, failure="It did not answer.")
    add(db, "Quay", status=SourceStatus.GONE, failures=1, failure="Gone for good (410).")
    add(db, "\x1b[31mRed", last_polled_at=None, last_success_at=None, last_new_at=None)

    listed = run("list", "--now", "2026-11-22T08:00Z")

    assert listed.exit_code == 0
    assert all(len(line) <= 80 for line in listed.output.splitlines())
    (harbour,) = (line.split() for line in listed.output.splitlines() if "Harbour" in line)
    assert harbour == ["Harbour", "world", "fine", "2", "h", "12"]
    assert len(listed.output.splitlines()) == 7, "a line each, a heading, and a hint"
    assert "failed twice" in listed.output
    assert "gone" in listed.output
    assert "never" in listed.output
    assert "\x1b" not in listed.output
    assert "1 source is in trouble" in listed.output


@pytest.mark.parametrize(
    ("values", "why", "do"),
    [
        (
            {"failures": 9, "failure": "The server answered 503.", "last_success_at": NOW - 2 * DAY},
            "The server answered 503. (9 times in a row, last success 2026-11-20 06:00)",
            "It is tried again at 2026-11-22 06:00",
        ),
        (
            {"failures": 1, "failure": "There is no such host.", "last_success_at": None},
            "There is no such host. (once in a row, never read)",
            "newsletter source discover",
        ),
        (
            {"failures": 30, "failure": "It did not answer.", "status": SourceStatus.SUSPENDED},
            "It did not answer. (30 times",
            "tried once a day",
        ),
        (
            {"failures": 1, "failure": "Gone for good (410).", "status": SourceStatus.GONE},
            "Given up. Gone for good (410).",
            "newsletter source poll URL",
        ),
        ({"last_new_at": NOW - 9 * DAY}, "Nothing new since 2026-11-13", "See if there is another feed"),
        (
            {"moved_to": "https://well.example.org/feed", "moved_times": 3},
            "moved for good to https://well.example.org/feed, which is the source 'Well'",
            "Nothing is lost",
        ),
    ],
    ids=["failing", "never read", "suspended", "gone", "stopped", "moved"],
)
def test_the_sick_are_shown_with_why_and_what_to_do(
    run: Run, db: Database, values: dict[str, Any], why: str, do: str
) -> None:
    add(db, "Well", *[12] * 30)
    add(db, "Harbour", *[12] * 30, **values)

    shown = run("list", "--sick", "--now", "2026-11-22T06:00Z").output

    assert shown.startswith("Harbour")
    assert why in shown
    assert do in shown
    assert "1 source is in trouble, 1 well." in shown
    assert "\nWell" not in shown


def test_a_drought_and_a_flood_are_told_in_numbers(run: Run, db: Database) -> None:
    add(db, "Dry", *[20] * 29, *[3] * 7)
    add(db, "Wet", *[20] * 29, 400)

    shown = run("list", "--sick", "--now", "2026-11-22T06:00Z").output

    assert "3.0 new a day lately; usually 20.0." in shown
    assert "400 new on one day; before, never more than 20." in shown


def test_where_all_are_well_it_says_so(run: Run, db: Database) -> None:
    add(db, "Harbour", *[12] * 30)

    assert run("list", "--sick", "--now", "2026-11-22T06:00Z").output == "1 source is well.\n"


def test_show_tells_everything(run: Run, db: Database) -> None:
    number = add(
        db,
        "Harbour",
        *[12] * 30,
        interval=9000,
        asked_interval=9000,
        last_polled_at=NOW - timedelta(minutes=5),
        last_new_at=NOW - timedelta(hours=3),
    )
    add(db, "Quay")
    print_editions(db, number)
    with db.write() as session:
        session.add(
            SourceHub(
                source_id=number,
                hub="https://hub.example.com/",
                topic=URL,
                key="k",
                secret="s",
                state="verified",
                asked_at=NOW,
                lease_until=NOW + DAY,
            )
        )

    shown = run("show", URL, "--now", "2026-11-22T06:00Z").output

    for words in (
        "Source:           Harbour",
        "Topics:           world",
        "State:            fine",
        "Last try:         2026-11-22 05:55, 5 min ago",
        "Last success:     2026-11-22 06:00, 0 min ago",
        "Last new article: 2026-11-22 03:00, 3 h ago",
        "Interval:         2 h 30 min, as its feed or its server asks",
        "New a day:        12.0 in the last week, usually 12.0",
        "Undated:          25% of the entries",
        "Other guids:      50% of them",
        "In editions:      world: 2 of 3 articles (67%) of the last 1 editions",
        "https://hub.example.com/ (verified until 2026-11-23 06:00)",
        "Full text:        off",
    ):
        assert words in shown, words


def print_editions(db: Database, number: int) -> None:
    """An edition of three articles, two of them from this source."""
    with db.write() as session:
        topic = session.query(Topic).one()
        other = session.query(Source).where(Source.id != number).one()
        edition = Edition(topic=topic, date=NOW.date(), language="en", closed_at=NOW)
        story = Story(position=1, edition=edition)
        for place, source_id in enumerate((number, number, other.id)):
            url = f"https://example.org/{place}"
            article = Article(
                source_id=source_id,
                url=url,
                canonical_url=url,
                title="T",
                content_hash="h",
                published_at=NOW,
                first_seen_at=NOW,
            )
            session.add(article)
            session.flush()
            story.articles.append(
                StoryArticle(
                    article_id=article.id,
                    role="related" if place else "lead",
                    position=place,
                    title="T",
                    url=url,
                    source_name="S",
                    published_at=NOW,
                )
            )
        session.add(edition)


def test_a_source_may_be_called_by_its_name_where_that_is_its_own(run: Run, db: Database) -> None:
    add(db, "Harbour")
    add(db, "Quay", url="https://a.example.com/")
    add(db, "Quay", url="https://b.example.com/")

    assert URL in run("show", "harbour").output
    assert "2 sources are called Quay. Give the address of one." in run("show", "Quay").stderr


def test_full_text_is_switched_on_and_off(run: Run, db: Database) -> None:
    add(db, "Harbour")

    assert "full text is on" in run("full-text", URL, "--on").output
    assert "pages are read" in run("show", URL).output
    assert "full text is off" in run("full-text", URL, "--off").output
    assert run("full-text", URL).exit_code == 2


@pytest.mark.parametrize("command", [["show"], ["full-text", "--on"]])
def test_an_unknown_source_is_answered_in_one_clear_line(run: Run, command: list[str]) -> None:
    result = run(*command, "https://unknown.example.org/")

    assert result.exit_code == 1
    assert result.stderr.startswith("newsletter: There is no source https://unknown.example.org/")
