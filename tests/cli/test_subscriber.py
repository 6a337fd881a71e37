import csv
import io
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select

from newsletter.cli.context import Tools
from newsletter.cli.subscriber import group
from newsletter.config import Settings
from newsletter.db import Database
from newsletter.models import ConsentRecord, Subscriber
from tests.web.builders import add_subscriber, add_topic

VOUCHED = ("--topic", "world", "--consent", "paper form of 3 May")


class Desk:
    """The commands at work on a test's database."""

    def __init__(self, database: Database, folder: Path) -> None:
        self.database = database
        self._settings = Settings(_env_file=None, data_dir=folder, database_url=str(database.url))

    def run(self, *words: str, answer: str | None = None) -> Result:
        tools = Tools()
        tools.settings = self._settings
        tools.database = self.database
        return CliRunner().invoke(group, words, obj=tools, input=answer, env={"COLUMNS": "200"})


@pytest.fixture
def desk(db: Database, tmp_path: Path) -> Desk:
    with db.write() as session:
        add_topic(session, "world")
        add_topic(session, "science", position=1)
    return Desk(db, tmp_path)


def test_an_operator_adds_a_reader_and_the_proof_is_kept(desk: Desk) -> None:
    result = desk.run(
        "add", "ann@example.com", *VOUCHED, "--time", "06:30", "--timezone", "Asia/Tokyo",
        "--now", "2026-11-22T06:00Z",
    )  # fmt: skip
    assert result.exit_code == 0, result.output
    with desk.database.read() as session:
        ann = session.scalars(select(Subscriber)).one()
        assert (ann.status, ann.timezone, f"{ann.send_time:%H:%M}") == ("active", "Asia/Tokyo", "06:30")
        assert ann.next_issue_at is not None
        assert session.scalars(select(ConsentRecord.wording)).all() == ["paper form of 3 May"]


@pytest.mark.parametrize(
    ("words", "said", "code"),
    [
        (("add", "ann.example.com", *VOUCHED), "@ sign", 1),
        (
            ("add", "ann@example.com", "--topic", "sport", "--consent", "yes"),
            "The topics are: world, science",
            1,
        ),
        (("add", "ann@example.com", *VOUCHED, "--timezone", "Moon"), "no time zone Moon", 1),
        (("add", "ann@example.com", "--topic", "world", "--consent", " "), "how they agreed", 1),
        (("add", "ann@example.com", *VOUCHED, "--time", "7"), "give a time of day as 07:00", 2),
        (("show", "ann@example.com"), "nobody has this address", 1),
        (("erase", "ann@example.com", "--yes"), "nobody has this address", 1),
    ],
)
def test_a_command_that_cannot_be_done_says_why(
    desk: Desk, words: tuple[str, ...], said: str, code: int
) -> None:
    result = desk.run(*words)
    assert result.exit_code == code
    assert said in result.output


def test_somebody_who_left_cannot_be_added_back_by_the_operator(desk: Desk) -> None:
    with desk.database.write() as session:
        add_subscriber(session, "ann@example.com", datetime(2026, 11, 22, tzinfo=UTC), status="unsubscribed")
    result = desk.run("add", "ann@example.com", *VOUCHED)
    assert result.exit_code == 1
    assert "known already" in result.output


def test_showing_a_reader_tells_choices_and_consent(desk: Desk) -> None:
    desk.run("add", "ann@example.com", *VOUCHED, "--timezone", "Europe/Berlin", "--now", "2026-11-22T06:00Z")
    output = desk.run("show", "ANN@example.com").output
    for words in ("active", "world", "07:00 Europe/Berlin", "2026-11-23 06:00 UTC", "paper form of 3 May"):
        assert words in output


def test_erasing_asks_first(desk: Desk) -> None:
    desk.run("add", "ann@example.com", *VOUCHED)
    assert desk.run("erase", "ann@example.com", answer="n\n").exit_code == 1
    assert desk.run("show", "ann@example.com").exit_code == 0
    assert desk.run("erase", "ann@example.com", answer="y\n").exit_code == 0
    assert desk.run("show", "ann@example.com").exit_code == 1


def test_an_export_holds_everybody_and_no_formula(desk: Desk) -> None:
    for address in ("ann@example.com", "=cmd@example.com", "+1@example.com"):
        assert desk.run("add", address, *VOUCHED, "--topic", "science").exit_code == 0
    rows = list(csv.DictReader(io.StringIO(desk.run("export").output)))
    assert [row["address"] for row in rows] == ["ann@example.com", "'=cmd@example.com", "'+1@example.com"]
    assert rows[0]["topics"] == "world science"


@pytest.mark.parametrize("command", ["add", "show", "erase", "export"])
def test_each_command_explains_itself(desk: Desk, command: str) -> None:
    result = desk.run(command, "--help")
    assert result.exit_code == 0
    assert len(result.output.splitlines()) > 4
