"""Servers that let nobody in: everything waits, no mail is blamed, nothing is lost."""

import socket

import pytest

from newsletter.db import Database
from tests.delivery.cast import QUEUED
from tests.faults.line import Line, by_state, readers_due, rows_of, transport_to
from tests.faults.matrix import CLOSING, ENDLESS, GARBAGE, OVER_LONG, N, assert_everybody_has_one, first
from tests.faults.smtp import (
    HANG_UP,
    FaultySmtp,
    serving,
)


@pytest.mark.parametrize("said", [CLOSING, "554 5.7.1 go away", HANG_UP, GARBAGE, OVER_LONG, ENDLESS])
def test_a_server_that_lets_nobody_in_delays_everybody_and_blames_no_mail(
    line: Line, server: FaultySmtp, said: str
) -> None:
    server.mood = first("GREETING", said, turns=3)

    assert line.send().interrupted
    assert by_state(line.db) == {QUEUED: N}

    line.settle()
    assert server.count("GREETING") == 4
    assert_everybody_has_one(line, server)
    assert {row.attempts for row in rows_of(line.db).values()} == {1}


def test_a_refused_password_delays_everybody_and_blames_no_mail(line: Line, server: FaultySmtp) -> None:
    server.extensions = ("AUTH PLAIN",)
    server.mood = first("AUTH", "535 5.7.8 wrong", turns=3)
    line.transport = transport_to(server.url.replace("//", "//user:secret@") + "?starttls=off")

    report = line.send()

    assert "user or password" in report.interrupted
    assert "secret" not in report.interrupted
    assert by_state(line.db) == {QUEUED: N}
    line.settle()
    assert_everybody_has_one(line, server)


def test_nothing_leaves_when_encryption_is_stripped(line: Line, server: FaultySmtp) -> None:
    line.transport = transport_to(server.url.replace("//", "//user:secret@") + "?starttls=required")

    assert "STARTTLS" in line.send().interrupted

    assert by_state(line.db) == {QUEUED: N}
    assert {moment.stage for moment in server.moments} == {"GREETING", "EHLO"}
    line.transport = transport_to(server.url)
    line.settle()
    assert_everybody_has_one(line, server)


def test_a_server_that_is_not_there_yet_gets_everything_when_it_is(db: Database) -> None:
    readers_due(db, N)
    with socket.create_server(("127.0.0.1", 0)) as reserved:
        port = reserved.getsockname()[1]
    line = Line(db, transport_to(f"smtp://127.0.0.1:{port}"))

    assert "cannot be reached" in line.send().interrupted
    assert by_state(db) == {QUEUED: N}

    with serving(FaultySmtp(port=port)) as server:
        line.settle()
        line.transport.close()
    assert_everybody_has_one(line, server)


def test_a_host_that_does_not_exist_delays_everybody_until_the_address_is_mended(
    line: Line, server: FaultySmtp
) -> None:
    line.transport = transport_to("smtp://mail.nowhere.invalid:25")

    assert "cannot be reached" in line.send().interrupted

    assert by_state(line.db) == {QUEUED: N}
    line.transport = transport_to(server.url)
    line.settle()
    assert_everybody_has_one(line, server)
