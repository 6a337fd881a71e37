"""Mails in a pipeline over real connections: one round trip a message, and no mail pays for another."""

import socket
from dataclasses import replace

import pytest

from newsletter.mail.outgoing import PermanentRefusal, TemporaryRefusal, UnknownOutcome
from newsletter.mail.transport import Failed, Ready, SmtpTransport, Taken, parse_smtp_url
from newsletter.mail.transport.patience import Patience
from tests.mail.many_mails import Drive, mail_to, mails
from tests.mail.scripted_smtp import HANG_UP, SILENCE, ScriptedSmtp, serving

PIPELINING = ("PIPELINING", "SIZE 10000000", "8BITMIME")
PATIENCE = Patience(5.0, 5.0, 0.5)


def pipelined(script: dict[str, list[str]] | None = None) -> ScriptedSmtp:
    return ScriptedSmtp(script or {}, extensions=PIPELINING)


def drive(
    server: ScriptedSmtp, patience: Patience = PATIENCE, connections: int = 1, mails: int = 500
) -> Drive:
    where = replace(parse_smtp_url(server.url), connections=connections, mails=mails)
    return Drive(SmtpTransport([where], patience))


def subjects(server: ScriptedSmtp) -> list[int]:
    return [int(message.split(b"\r\n")[0].removeprefix(b"Subject: ")) for message in server.messages]


def test_a_message_costs_one_round_trip() -> None:
    with serving(pipelined()) as server:
        sending = drive(server)
        ends = sending.send(mails(50))
        sending.transport.close()
    assert {type(end) for end in ends.values()} == {Taken}
    assert subjects(server) == list(range(1, 51))
    # EHLO, the first mail's commands, fifty messages each with what comes next, QUIT.
    assert server.reads <= 1 + 1 + 50 + 1


@pytest.mark.parametrize("data", ["354 go on", "554 5.5.1 no valid recipients", "503 5.5.1 need RCPT"])
@pytest.mark.parametrize("stage", ["MAIL", "RCPT"])
@pytest.mark.parametrize("reply", ["450 4.2.1 later", "550 5.1.1 never"])
def test_a_mail_refused_in_its_group_harms_none_that_follows(stage: str, reply: str, data: str) -> None:
    script = {stage: ["250 fine", reply], "DATA": ["354 go on", data]}
    if stage == "MAIL":
        script["RCPT"] = ["250 fine", "503 5.5.1 need MAIL"]
    if data.startswith("354"):
        script["DOT"] = ["250 taken", "554 5.5.1 no valid recipients"]
    with serving(pipelined(script)) as server:
        sending = drive(server)
        ends = sending.send(mails(4))
        sending.transport.close()
    refused = ends.pop(2)
    assert isinstance(refused, Failed)
    assert str(refused.error) == reply
    assert {type(end) for end in ends.values()} == {Taken}
    assert (subjects(server), server.connections) == ([1, 3, 4], 1)


@pytest.mark.parametrize("stage", ["MAIL", "RCPT", "DATA", "DOT", "RSET"])
@pytest.mark.parametrize("death", ["421 4.3.2 closing", HANG_UP])
def test_a_connection_that_ends_anywhere_loses_no_mail_and_repeats_none(stage: str, death: str) -> None:
    script = {stage: ["250 fine", death] if stage != "DATA" else ["354 go on", death]}
    if stage == "RSET":
        script = {"RSET": [death], "RCPT": ["250 fine", "550 5.1.1 never"]}
        script["DATA"] = ["354 go on", "554 5.5.1 no valid recipients"]
    with serving(pipelined(script)) as server:
        sending = drive(server)
        ends = sending.send(mails(5))
        sending.transport.close()
    failed = {ticket: end.error for ticket, end in ends.items() if isinstance(end, Failed)}
    if stage == "DOT":
        assert {ticket: type(error) for ticket, error in failed.items()} == {
            2: UnknownOutcome if death == HANG_UP else TemporaryRefusal
        }
    else:
        assert set(failed) <= {2}
    assert subjects(server) == [ticket for ticket in ends if ticket not in failed]
    assert server.connections == 2


def test_taking_back_a_mail_that_is_ready_costs_the_connection_and_no_other_mail() -> None:
    with serving(pipelined()) as server:
        sending = drive(server)
        sending.on_ready = lambda ticket: ticket != 2
        ends = sending.send(mails(4))
        sending.transport.close()
    assert {ticket: type(end) for ticket, end in ends.items()} == dict.fromkeys((1, 3, 4), Taken)
    assert (subjects(server), server.connections) == ([1, 3, 4], 2)


@pytest.mark.parametrize(
    "script",
    [
        {"MAIL": ["503 5.5.1 one at a time"]},
        {"RCPT": ["500 5.5.2 what?"]},
        {"MAIL": ["554 5.5.0 SMTP protocol synchronization error (pipelining)"]},
        {"DATA": ["250 fine"]},
    ],
)
def test_a_server_that_loses_its_place_is_spoken_to_one_command_at_a_time_from_then_on(
    script: dict[str, list[str]],
) -> None:
    with serving(pipelined(script)) as server:
        sending = drive(server)
        ends = sending.send(mails(3))
        sending.transport.close()
    assert {type(end) for end in ends.values()} == {Taken}
    assert sorted(subjects(server)) == [1, 2, 3]
    assert server.reads >= 4 * 3
    assert server.connections == 2


def test_a_mail_larger_than_the_server_takes_is_refused_without_a_word_to_it() -> None:
    with serving(ScriptedSmtp(extensions=("PIPELINING", "SIZE 100"))) as server:
        sending = drive(server)
        ends = sending.send({1: mail_to(1, b"Subject: 1\r\n\r\n" + b"x" * 100 + b"\r\n"), 2: mail_to(2)})
        sending.transport.close()
    assert isinstance(ends[1], Failed)
    assert isinstance(ends[1].error, PermanentRefusal)
    assert isinstance(ends[2], Taken)
    assert server.verbs().count("MAIL") == 1


def test_international_mailboxes_travel_among_the_others() -> None:
    with serving(ScriptedSmtp(extensions=(*PIPELINING, "SMTPUTF8"))) as server:
        sending = drive(server)
        both = {1: mail_to(1), 2: mail_to(2)._replace(envelope_to="jörg@example.org"), 3: mail_to(3)}
        ends = sending.send(both)
        sending.transport.close()
    assert {type(end) for end in ends.values()} == {Taken}
    options = [line.partition("> ")[2] for line in server.commands if line.startswith("MAIL")]
    assert ["SMTPUTF8 BODY=8BITMIME" in option for option in options] == [False, True, False]


def test_eight_bit_words_are_announced_to_a_server_that_takes_them() -> None:
    with serving(pipelined()) as server:
        sending = drive(server)
        sending.send({1: mail_to(1, "Subject: 1\r\n\r\nGrüße\r\n".encode()), 2: mail_to(2)})
        sending.transport.close()
    options = [line.partition("> ")[2] for line in server.commands if line.startswith("MAIL")]
    assert ["BODY=8BITMIME" in option for option in options] == [True, False]


def test_a_big_message_to_a_slow_reader_holds_up_nobody_else() -> None:
    big = b"Subject: 1\r\n\r\n" + (b"x" * 70 + b"\r\n") * 70_000
    with serving(pipelined()) as slow, serving(pipelined()) as fast:
        slow.may_read.clear()
        servers = [replace(parse_smtp_url(server.url), connections=1) for server in (slow, fast)]
        transport = SmtpTransport(servers, PATIENCE)
        sending = Drive(transport)
        transport.offer(1, mail_to(1, big))
        sending.until(Ready)
        transport.go(1)
        for ticket in (2, 3, 4):
            transport.offer(ticket, mail_to(ticket))
        while len(fast.messages) < 2:
            for happening in sending.wait():
                if isinstance(happening, Ready):
                    transport.go(happening.ticket)
        assert not slow.messages
        slow.may_read.set()
        sending.see_out(4)
        transport.close()
    assert slow.messages[0] == big
    assert len(slow.messages + fast.messages) == 4


def test_a_connection_carries_so_many_mails_and_is_replaced() -> None:
    with serving(pipelined()) as server:
        sending = drive(server, mails=3)
        sending.send(mails(10))
        sending.transport.close()
    assert (subjects(server), server.connections) == (list(range(1, 11)), 4)
    assert server.verbs().count("QUIT") == 4


def test_many_mails_go_over_four_connections_each_once() -> None:
    with serving(pipelined()) as server:
        sending = drive(server, connections=4)
        ends = sending.send(mails(400))
        sending.transport.close()
    assert {type(end) for end in ends.values()} == {Taken}
    assert sorted(subjects(server)) == list(range(1, 401))
    assert server.connections == 4


def test_a_slow_greeting_holds_up_no_other_connection() -> None:
    with serving(pipelined({"GREETING": ["220 hello", SILENCE]})) as server:
        sending = drive(server, Patience(1.0, 5.0, 0.1), connections=2)
        ends = sending.send(mails(20))
        assert {type(end) for end in ends.values()} == {Taken}
        sending.transport.close()


def test_a_server_that_takes_few_connections_is_not_pressed_for_more() -> None:
    with serving(pipelined({"GREETING": ["220 hello", *["421 4.7.0 too many connections"] * 50]})) as server:
        sending = drive(server, connections=3)
        ends = sending.send(mails(60))
        sending.transport.close()
    assert {type(end) for end in ends.values()} == {Taken}
    # Three were asked for at once, and once more when the first mails were taken.
    assert server.connections <= 5


def test_idle_connections_that_were_closed_meanwhile_cost_no_mail_an_attempt() -> None:
    with serving(ScriptedSmtp()) as server:
        sending = drive(server)
        sending.send(mails(2))
        for connection in server.sockets:
            connection.shutdown(socket.SHUT_RDWR)
        ends = sending.send({3: mail_to(3), 4: mail_to(4)})
        sending.transport.close()
    assert {type(end) for end in ends.values()} == {Taken}
    assert server.verbs().count("MAIL") == 4
