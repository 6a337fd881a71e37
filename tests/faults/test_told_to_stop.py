"""SIGTERM in the midst of a send: gone within ten seconds, the rest queued again, and a new start goes on."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from newsletter.db import Database
from tests.delivery.cast import MINUTE, NOW, QUEUED, SENDING, SENT
from tests.faults.line import Line, by_state, readers_due, rows_of, transport_to
from tests.faults.smtp import FINE, KEEP_SILENT, PIPELINING, FaultySmtp, Moment, serving
from tests.process_tree import STOP_SECONDS, Tree

READERS, BEFORE, CONNECTIONS = 60, 9, 4


@pytest.fixture
def server() -> Iterator[FaultySmtp]:
    with serving(FaultySmtp(extensions=("8BITMIME", PIPELINING))) as running:
        yield running


def a_send(folder: Path, db: Database, server: FaultySmtp) -> Tree:
    """`newsletter delivery send` as a process."""
    return Tree(
        folder,
        *("delivery", "send", "--now", NOW.isoformat()),
        DATABASE_URL=db.url.render_as_string(hide_password=False),
        SECRET_KEYS="a key that is long enough to sign with",
        SMTP_URL=f"{server.url}?starttls=off&connections={CONNECTIONS}",
    )


@pytest.mark.parametrize("said", [FINE, KEEP_SILENT])
def test_a_send_that_is_told_to_stop_leaves_within_ten_seconds_and_a_new_one_goes_on(
    db: Database, tmp_path: Path, server: FaultySmtp, said: str
) -> None:
    """The server takes some mails; to the next it answers when it has seen the signal, or never."""
    readers_due(db, READERS)
    sending: list[Tree] = []

    def mood(moment: Moment) -> str:
        if moment.stage != "DOT" or server.count("DOT") <= BEFORE or not sending:
            return FINE
        if sending[0].process.poll() is None:
            sending[0].process.terminate()
        return said

    server.mood = mood
    sending.append(a_send(tmp_path, db, server))
    assert server.took(BEFORE, STOP_SECONDS)
    asked = time.monotonic()
    log = sending[0].rest_of_the_log()
    assert time.monotonic() - asked < 10
    assert "Traceback" not in log
    states = by_state(db)
    assert states[SENT] >= BEFORE
    assert states[SENDING] <= (0 if said == FINE else CONNECTIONS)
    assert states[QUEUED] == READERS - states[SENT] - states[SENDING]
    assert states[QUEUED] > 0, "it was not stopped in the midst"

    server.mood = lambda _moment: FINE
    line = Line(db, transport_to(server.url), NOW + MINUTE)
    line.settle()
    line.transport.close()

    assert by_state(db) == {SENT: READERS}
    assert server.copies() == dict.fromkeys(rows_of(db), 1)
