"""Several worker processes: kept running and stopped together, and all sending when there is much to send."""

import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

import pytest

from newsletter.db import Database
from newsletter.delivery.notice import enqueue_notice
from newsletter.models import MailKind, SubscriberStatus
from tests.delivery.cast import a_reader
from tests.faults.smtp import FINE, TAKE_AND_TELL_NOBODY, FaultySmtp, Moment, serving
from tests.process_tree import STOP_SECONDS, Tree, is_there

# More than one worker claims at once.
MAILS = 600


@pytest.fixture
def trees() -> Iterator[list[Tree]]:
    running: list[Tree] = []
    yield running
    for tree in running:
        tree.end()


def test_a_crew_starts_again_who_dies_and_leaves_together_within_ten_seconds(
    db: Database, tmp_path: Path, trees: list[Tree]
) -> None:
    crew = Tree(tmp_path, "worker", "--processes", "3")
    trees.append(crew)
    pids = [crew.wait_for("worker ready")["pid"] for _ in range(3)]
    assert len(set(pids) | {crew.process.pid}) == 4
    os.kill(pids[0], signal.SIGKILL)
    pids.append(crew.wait_for("worker ready")["pid"])
    asked = time.monotonic()
    crew.process.terminate()
    assert crew.process.wait(STOP_SECONDS) == 0
    assert time.monotonic() - asked < 10
    assert not any(is_there(number) for number in pids)
    assert crew.rest_of_the_log().count("worker stopped") == 3


def test_a_crew_whose_parent_is_killed_leaves_by_itself(
    db: Database, tmp_path: Path, trees: list[Tree]
) -> None:
    crew = Tree(tmp_path, "worker", WORKER_PROCESSES="2")
    trees.append(crew)
    for _ in range(2):
        crew.wait_for("worker ready")
    crew.process.kill()
    assert "Traceback" not in crew.rest_of_the_log()


def test_a_worker_that_nobody_asks_joins_in_while_another_is_sending(
    any_db: Database, tmp_path: Path, trees: list[Tree]
) -> None:
    _mail_for_many(any_db)
    stuck, well = Relay(TAKE_AND_TELL_NOBODY), Relay(FINE)
    with ExitStack() as servers:
        for name, relay in (("one", stuck), ("two", well)):
            servers.enter_context(serving(relay.server))
            trees.append(_machine(tmp_path / name, any_db, relay.server))
            assert relay.mail_came.wait(60), f"no mail came to relay {name}"
        trees[1].process.terminate()
        assert trees[1].process.wait(STOP_SECONDS) == 0
        trees[0].end()
    assert not stuck.server.copies().keys() & well.server.copies().keys()


class Relay:
    """A mail server that says the same to every mail, and tells when the first came."""

    def __init__(self, answer: str) -> None:
        self.mail_came = threading.Event()
        self.server = FaultySmtp(self._mood)
        self._answer = answer

    def _mood(self, moment: Moment) -> str:
        if moment.stage != "DOT":
            return FINE
        self.mail_came.set()
        return self._answer


def _machine(folder: Path, db: Database, server: FaultySmtp) -> Tree:
    """A worker on a machine of its own: own data folder, own queue, own relay; the database in common."""
    folder.mkdir()
    return Tree(
        folder,
        "worker",
        DATABASE_URL=db.url.render_as_string(hide_password=False),
        QUEUE_URL=f"sqlite:///{folder / 'queue.db'}",
        SECRET_KEYS="a key that is long enough to sign with",
        SMTP_URL=f"{server.url}?starttls=off",
    )


def _mail_for_many(db: Database) -> None:
    now = datetime.now(UTC)
    with db.write() as session:
        for number in range(MAILS):
            # At domains of their own: what waits for a slow domain is put off, and nobody could join in.
            address = f"reader@d{number}.example.org"
            reader = a_reader(
                session,
                name=f"reader{number}",
                address=address,
                address_key=address,
                status=SubscriberStatus.PENDING,
                next_issue_at=None,
            )
            enqueue_notice(session, reader, MailKind.CONFIRM, now, "news.example.com")
