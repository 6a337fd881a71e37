"""The demo's three days as golden editions, and their events beside what their author marked.

After a change that is meant, `make golden` shows the difference and writes them anew; commit both
together.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from newsletter import migrate
from newsletter.db import Database
from newsletter.demo.marks import bcubed_f1, event_of
from tests.editions.demo_days import live, shown, threads_by_address

GOLDEN = Path(__file__).resolve().parent / "golden_days.yaml"
AS_MEANT = "if the change is meant, look at it and write the golden editions anew: make golden"


@pytest.fixture(scope="module")
def lived(migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """A database in which the demo's three days have passed."""
    folder = tmp_path_factory.mktemp("days")
    database = Database(f"sqlite:///{folder / 'newsletter.db'}")
    migrate.upgrade(database)
    live(database, folder)
    yield database
    database.close()


def test_the_editions_are_those_somebody_has_looked_at(lived: Database) -> None:
    assert shown(lived) == GOLDEN.read_text("utf-8"), AS_MEANT


def test_threads_are_the_events_as_their_author_marked_them(lived: Database) -> None:
    threads = threads_by_address(lived)
    marks = {url: event for urls in threads for url in urls if (event := event_of(url)) is not None}
    assert len(marks) > 100
    assert bcubed_f1(threads, marks) >= 0.95
