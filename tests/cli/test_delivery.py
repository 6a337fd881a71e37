"""The operator's commands for the ledger, as typed."""

import logging
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from email import message_from_bytes
from pathlib import Path
from typing import Any

import pytest
import structlog
from aiosmtpd.controller import Controller
from click.testing import CliRunner, Result

from newsletter.cli import main
from newsletter.db import Database
from newsletter.models import Delivery, DeliveryState
from tests.delivery.cast import (
    EXPIRED,
    FAILED,
    NOW,
    QUEUED,
    SENT,
    UNCERTAIN,
    a_delivery,
    a_reader,
    a_topic,
    an_edition,
    deliveries,
    only_delivery,
    some_deliveries,
    states,
)

AT_SIX = "2026-11-22T06:00Z"


@pytest.fixture(autouse=True)
def installation(db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The environment of an installation whose database is `db`; signals and logs as before, afterwards."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NEWSLETTER_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("NEWSLETTER_DATABASE_URL", db.url.render_as_string(hide_password=False))
    kept = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    yield
    structlog.reset_defaults()
    logging.getLogger().handlers.clear()
    for number, handler in kept.items():
        signal.signal(number, handler)


def run(*words: str) -> Result:
    return CliRunner().invoke(main, ["delivery", *words])


def outbox(tmp_path: Path) -> list[bytes]:
    return [path.read_bytes() for path in sorted((tmp_path / "outbox" / "new").iterdir())]


def test_planning_and_sending_bring_the_issue_to_the_outbox(db: Database, tmp_path: Path) -> None:
    with db.write() as session:
        topic = a_topic(session)
        an_edition(session, topic, headline="Rain at last")
        a_reader(session, topic)

    assert run("plan", "--now", AT_SIX).stdout == "1 planned.\n"
    assert run("plan", "--now", AT_SIX).stdout == "0 planned.\n"
    assert run("send", "--now", AT_SIX).stdout == "1 sent\n"
    assert run("send", "--now", AT_SIX).stdout == "Nothing to send.\n"

    (mail,) = outbox(tmp_path)
    assert "Rain at last" in message_from_bytes(mail)["Subject"]
    assert message_from_bytes(mail)["To"] == "ann@example.org"


def test_sending_frees_what_a_dead_worker_left(db: Database) -> None:
    some_deliveries(db, 1)
    with db.write() as session:
        row = session.get_one(Delivery, 1)
        row.state, row.lease_until, row.fence = DeliveryState.SENDING, NOW, 1

    assert run("send", "--now", "2026-11-22T06:01Z").stdout == "1 sent\n"


def test_mail_that_cannot_leave_stays_queued_and_the_command_says_so(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    some_deliveries(db, 2)
    monkeypatch.setenv("NEWSLETTER_SMTP_URL", "smtp://127.0.0.1:1")

    result = run("send", "--now", AT_SIX)

    assert result.exit_code == 1
    assert "What is left stays queued" in result.stderr
    assert states(db) == [QUEUED, QUEUED]


def test_the_status_counts_mails_and_says_why_some_did_not_arrive(db: Database) -> None:
    assert run("status").stdout == "No mail yet.\n"
    some_deliveries(db, 3)
    with db.write() as session:
        session.get_one(Delivery, 1).editions = ""
    run("send", "--now", AT_SIX)

    shown = run("status", "--now", AT_SIX).stdout

    assert "2  sent" in shown
    assert "1  deferred: composing failed" in shown


def test_the_status_says_how_long_mail_has_been_waiting(db: Database) -> None:
    some_deliveries(db, 1)

    shown = run("status", "--now", "2026-11-22T06:30Z").stdout

    assert "Today: 0 of 1 sent (0%)." in shown
    assert "Left: 1 due now, 0 to be tried later." in shown
    assert "waited 30 minutes" in shown
    assert "Needs you:\n        1  mail due, and nothing moves" in shown


def test_the_trace_tells_the_story_of_a_mail(db: Database) -> None:
    with db.write() as session:
        topic = a_topic(session)
        an_edition(session, topic)
        a_reader(session, topic)
    run("plan", "--now", AT_SIX)
    run("send", "--now", AT_SIX)

    shown = run("trace", " ann@EXAMPLE.org").stdout

    assert "issue of 2026-11-22: sent" in shown
    assert "science 2026-11-22" in shown
    assert only_delivery(db).message_id in shown
    story = [line.split()[3].rstrip(":") for line in shown.splitlines() if line.startswith("  2026-")]
    assert story == ["planned,", "handed", "sent"]


def test_the_trace_answers_first_whether_todays_issue_arrived(db: Database) -> None:
    some_deliveries(db, 1)

    shown = run("trace", "reader0@example.org", "--now", AT_SIX).stdout

    assert shown.startswith("Today's issue (2026-11-22): Not yet: it waits for its turn")
    assert "Rain at last" in shown


def test_watching_the_status_needs_a_terminal(db: Database) -> None:
    result = run("status", "--watch")

    assert result.exit_code == 1
    assert "--watch needs a terminal" in result.stderr


@pytest.mark.parametrize(
    ("address", "word"), [("nobody@example.org", "nobody has"), ("no address", "check it")]
)
def test_tracing_who_is_not_there_says_so(address: str, word: str) -> None:
    result = run("trace", address)

    assert result.exit_code == 1
    assert word in result.stderr or "@ sign" in result.stderr


def test_only_what_the_operator_names_and_is_in_time_is_sent_again(db: Database) -> None:
    with db.write() as session:
        parked: dict[str, dict[str, Any]] = {
            "failed": {"state": FAILED, "attempts": 3},
            "late": {"state": FAILED, "expires_at": NOW},
            "doubtful": {"state": UNCERTAIN, "repeats": 1, "handed_over_at": NOW},
            "expired": {"state": EXPIRED},
        }
        for name, values in parked.items():
            a_delivery(session, a_reader(session, name=name), **values)

    assert run("retry").exit_code == 2, "which mails is for the operator to say"
    assert run("retry", "--failed", "--now", AT_SIX).stdout == (
        "1 queued again. 1 left alone: their time has passed.\n"
    )
    assert states(db) == [QUEUED, FAILED, UNCERTAIN, EXPIRED]
    assert deliveries(db)[0].attempts == 0

    assert (
        run("retry", "--uncertain", "--to", "failed@example.org", "--now", AT_SIX).stdout
        == "0 queued again.\n"
    )
    assert run("retry", "--uncertain", "--now", AT_SIX).stdout == "1 queued again.\n"
    assert states(db) == [QUEUED, FAILED, QUEUED, EXPIRED]


class DeadlyServer:
    """An SMTP server that ends the sender, by SIGKILL, at one step of the first conversations."""

    def __init__(self, step: str, times: int = 1) -> None:
        self.step, self.times = step, times
        self.child: subprocess.Popen[str] | None = None
        self.started = threading.Event()
        self.messages: list[bytes] = []

    def _strike(self, step: str) -> None:
        if step != self.step or not self.times:
            return
        self.times -= 1
        assert self.started.wait(30)
        assert self.child is not None
        os.kill(self.child.pid, signal.SIGKILL)
        self.child.wait(30)

    async def handle_RCPT(
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: list[str]
    ) -> str:
        self._strike("recipient")
        envelope.rcpt_tos.append(address)
        return "250 ok"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        self.messages.append(envelope.content)
        self._strike("message")
        return "250 taken"


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


def send_in_a_process(server: DeadlyServer, port: int, now: str) -> int:
    """`newsletter delivery send` in a process of its own; its exit code."""
    environment = os.environ | {"NEWSLETTER_SMTP_URL": f"smtp://127.0.0.1:{port}?starttls=off"}
    command = [sys.executable, "-m", "newsletter", "delivery", "send", "--now", now]
    server.started.clear()
    server.child = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, text=True)
    server.started.set()
    return server.child.wait(60)


@pytest.mark.parametrize(
    ("step", "deaths", "copies", "ends"),
    [
        ("recipient", 1, 1, SENT),
        ("message", 1, 2, SENT),
        ("message", 2, 2, UNCERTAIN),
    ],
    ids=["before the message", "before the answer", "twice before the answer"],
)
def test_kill_9_loses_nothing_and_repeats_at_most_once(
    db: Database, step: str, deaths: int, copies: int, ends: DeliveryState
) -> None:
    some_deliveries(db, 1)
    server = DeadlyServer(step, deaths)
    port = free_port()
    controller = Controller(server, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        # Each death is found at the next run, and what may have arrived waits for the one after.
        moments = [
            f"2026-11-22T{hour:02}:{minute}Z" for hour in range(6, 7 + deaths) for minute in ("00", "30")
        ]
        codes = [send_in_a_process(server, port, moment) for moment in moments]
    finally:
        controller.stop()

    assert (codes.count(-signal.SIGKILL), codes[-1]) == (deaths, 0)
    assert states(db) == [ends]
    assert len(server.messages) == copies
    assert len(set(server.messages)) == 1, "the same Message-ID, and the same to the byte"


def test_help_is_understood_by_a_newcomer() -> None:
    for command in ("plan", "send", "status", "trace", "retry"):
        result = run(command, "--help")
        assert result.exit_code == 0
        assert len(result.stdout.splitlines()) > 5


def test_the_status_shows_the_limits_that_sending_meets(
    db: Database, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    some_deliveries(db, 3)
    monkeypatch.setenv("NEWSLETTER_DOMAIN_LIMITS", "example.org=1/s")
    monkeypatch.setenv("NEWSLETTER_WARM_UP_FROM", "2026-11-22")
    run("send", "--now", AT_SIX)

    shown = run("status", "--now", "2026-11-22T06:00:05Z").stdout

    assert "mail to example.org: 1/s" in shown
    assert "warm-up of the sending address: 50/d; used 3 today" in shown
    assert len(outbox(tmp_path)) == 3
