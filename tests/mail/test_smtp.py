"""Handing over to an SMTP server: whatever it says or leaves unsaid, we know whether to try again."""

import pytest

from newsletter.mail.outgoing import (
    OutgoingMail,
    PermanentRefusal,
    TemporaryRefusal,
    TransportDown,
    UnknownOutcome,
)
from newsletter.mail.transport import open_transport, parse_smtp_url
from newsletter.mail.transport.patience import Patience
from tests.mail.scripted_smtp import HANG_UP, SILENCE, ScriptedSmtp, serving
from tests.mail.smtp_client import MAIL, Mark, one_by_one, outcome, transport_to


def test_a_mail_arrives_byte_for_byte_and_the_servers_words_come_back() -> None:
    mark = Mark()
    with serving(ScriptedSmtp()) as server:
        transport = transport_to(server)
        assert transport.send(MAIL, mark) == "250 2.0.0 queued as 4711"
        transport.close()
    assert server.messages == [MAIL.message]
    assert f"MAIL FROM:<bounces@example.com> SIZE={len(MAIL.message)}" in server.commands
    assert "RCPT TO:<ann@example.org>" in server.commands
    assert mark.set


def test_the_mark_is_set_after_the_recipient_is_accepted_and_before_data() -> None:
    seen: list[list[str]] = []
    with serving(ScriptedSmtp()) as server:
        transport = transport_to(server)
        transport.send(MAIL, lambda: seen.append(server.verbs()))
        transport.close()
    assert seen == [["EHLO", "MAIL", "RCPT"]]


@pytest.mark.parametrize("stage", ["MAIL", "RCPT", "DATA", "DOT"])
@pytest.mark.parametrize(
    ("reply", "refusal"),
    [
        ("450 4.2.1 try later", TemporaryRefusal),
        ("421 4.3.2 closing", TemporaryRefusal),
        ("550 5.1.1 nobody here", PermanentRefusal),
    ],
)
def test_a_refusal_says_whether_to_try_again(stage: str, reply: str, refusal: type[Exception]) -> None:
    mark = Mark()
    error = outcome(ScriptedSmtp({stage: [reply] * 2}), mark)
    assert type(error) is refusal
    assert str(error) == reply
    assert mark.set is (stage in ("DATA", "DOT"))


@pytest.mark.parametrize("stage", ["MAIL", "RCPT", "DATA"])
def test_a_connection_lost_before_the_message_leaves_the_mail_unsent(stage: str) -> None:
    assert type(outcome(ScriptedSmtp({stage: [HANG_UP]}), Mark())) is TemporaryRefusal


@pytest.mark.parametrize("stage", ["MAIL", "DATA"])
def test_an_answer_that_is_no_smtp_counts_as_a_lost_connection(stage: str) -> None:
    assert type(outcome(ScriptedSmtp({stage: ["HTTP/1.1 400 Bad Request"]}), Mark())) is TemporaryRefusal


def test_nobody_knows_what_became_of_a_message_without_an_answer() -> None:
    assert type(outcome(ScriptedSmtp({"DOT": [HANG_UP]}), Mark())) is UnknownOutcome
    late = outcome(ScriptedSmtp({"DOT": [SILENCE]}), Mark(), after_dot_seconds=0.1)
    assert type(late) is UnknownOutcome
    assert str(late) == "the mail server did not answer in time"


def test_nobody_knows_what_became_of_a_message_that_broke_off() -> None:
    assert type(outcome(ScriptedSmtp(cut_after=10), Mark())) is UnknownOutcome


@pytest.mark.parametrize("greeting", ["421 4.3.2 too busy", "554 5.7.1 go away", HANG_UP])
def test_a_server_that_lets_nobody_in_is_down_for_every_mail(greeting: str) -> None:
    mark = Mark()
    assert type(outcome(ScriptedSmtp({"GREETING": [greeting]}), mark)) is TransportDown
    assert not mark.set


def test_a_server_that_does_not_greet_is_down() -> None:
    error = outcome(ScriptedSmtp({"GREETING": [SILENCE]}), Mark(), command_seconds=0.1)
    assert type(error) is TransportDown
    assert str(error) == "the mail server did not answer in time"


def test_an_address_nobody_listens_at_is_down() -> None:
    with serving(ScriptedSmtp()) as server:
        pass
    with pytest.raises(TransportDown, match="cannot be reached"):
        transport_to(server).send(MAIL, Mark())


def test_a_server_that_wants_a_login_first_is_down_and_no_mail_is_to_blame() -> None:
    assert type(outcome(ScriptedSmtp({"MAIL": ["530 5.7.0 log in first"]}), Mark())) is TransportDown


def test_what_the_mark_raises_is_passed_on_and_the_next_mail_goes() -> None:
    class Unsubscribed(Exception):
        pass

    def refuse() -> None:
        raise Unsubscribed

    with serving(ScriptedSmtp()) as server:
        transport = transport_to(server)
        with pytest.raises(Unsubscribed):
            transport.send(MAIL, refuse)
        transport.send(MAIL, Mark())
        transport.close()
    assert len(server.messages) == 1
    assert server.verbs() == ["EHLO", "MAIL", "RCPT", "RSET", "MAIL", "RCPT", "DATA", "QUIT"]


def test_a_refused_mail_does_not_cost_the_connection() -> None:
    with serving(ScriptedSmtp({"RCPT": ["550 5.1.1 nobody here"]})) as server:
        transport = transport_to(server)
        with pytest.raises(PermanentRefusal):
            transport.send(MAIL, Mark())
        transport.send(MAIL, Mark())
        transport.close()
    assert (server.connections, len(server.messages)) == (1, 1)


def test_one_connection_carries_so_many_mails_and_no_more() -> None:
    with serving(ScriptedSmtp()) as server:
        transport = transport_to(server, mails=2)
        for _turn in range(5):
            transport.send(MAIL, Mark())
        transport.close()
    assert (server.connections, len(server.messages)) == (3, 5)


def test_an_idle_connection_is_not_trusted() -> None:
    clock = [0.0]
    with serving(ScriptedSmtp()) as server:
        patient = Patience(5, 5, clock=lambda: clock[0])
        transport = one_by_one(server.url, patient, idle=30)
        for wait in (0, 29, 31):
            clock[0] += wait
            transport.send(MAIL, Mark())
        transport.close()
    assert (server.connections, len(server.messages)) == (2, 3)


@pytest.mark.parametrize("death", [HANG_UP, "421 4.4.2 idle too long"])
def test_a_kept_connection_that_died_is_replaced_without_a_word(death: str) -> None:
    with serving(ScriptedSmtp({"MAIL": ["250 fine", death]})) as server:
        transport = transport_to(server)
        transport.send(MAIL, Mark())
        transport.send(MAIL, Mark())
        transport.close()
    assert (server.connections, len(server.messages)) == (2, 2)


def test_after_an_unknown_outcome_the_next_mail_gets_a_new_connection() -> None:
    with serving(ScriptedSmtp({"DOT": [HANG_UP]})) as server:
        transport = transport_to(server)
        with pytest.raises(UnknownOutcome):
            transport.send(MAIL, Mark())
        transport.send(MAIL, Mark())
        transport.close()
    assert (server.connections, len(server.messages)) == (2, 1)


def test_lone_line_ends_and_dots_cannot_smuggle_a_second_mail() -> None:
    smuggled = OutgoingMail(
        MAIL.message_id,
        MAIL.envelope_from,
        MAIL.envelope_to,
        b"Subject: a\r\n\r\nb\n.\nMAIL FROM:<evil@example.net>\r.\r\n",
    )
    with serving(ScriptedSmtp()) as server:
        transport = transport_to(server)
        transport.send(smuggled, Mark())
        transport.close()
    assert server.messages == [b"Subject: a\r\n\r\nb\r\n.\r\nMAIL FROM:<evil@example.net>\r\n.\r\n"]


def to(address: str) -> OutgoingMail:
    return OutgoingMail(MAIL.message_id, MAIL.envelope_from, address, MAIL.message)


def test_a_domain_crosses_the_wire_in_ascii() -> None:
    with serving(ScriptedSmtp()) as server:
        transport = transport_to(server)
        transport.send(to("ann@bücher.example"), Mark())
        transport.close()
    assert "RCPT TO:<ann@xn--bcher-kva.example>" in server.commands


def test_an_international_mailbox_needs_a_server_that_speaks_smtputf8() -> None:
    with serving(ScriptedSmtp(extensions=("SMTPUTF8", "8BITMIME"))) as server:
        transport = transport_to(server)
        transport.send(to("jörg@example.org"), Mark())
        transport.close()
    assert "MAIL FROM:<bounces@example.com> SMTPUTF8 BODY=8BITMIME" in server.commands
    assert "RCPT TO:<jörg@example.org>" in server.commands
    with serving(ScriptedSmtp()) as server:
        transport = transport_to(server)
        with pytest.raises(PermanentRefusal, match="SMTPUTF8"):
            transport.send(to("jörg@example.org"), Mark())
        transport.send(MAIL, Mark())
        transport.close()


@pytest.mark.parametrize("address", ["", "nobody", "a@b.example\r\nDATA", "a@b.example> SIZE=1"])
def test_an_envelope_address_that_is_none_is_refused_here(address: str) -> None:
    with serving(ScriptedSmtp()) as server:
        transport = transport_to(server)
        with pytest.raises(PermanentRefusal):
            transport.send(to(address), Mark())
        transport.close()
    assert "MAIL" not in server.verbs()


@pytest.mark.parametrize(
    ("url", "host", "port", "encryption"),
    [
        ("smtp://mail.example.org", "mail.example.org", 25, "opportunistic"),
        ("smtp://u:p@mail.example.org", "mail.example.org", 587, "required"),
        ("smtp://u:p@mail.example.org:2525", "mail.example.org", 2525, "required"),
        ("smtp://u:p@localhost:587", "localhost", 587, "required"),
        ("smtp://u:p@127.0.0.1:2525", "127.0.0.1", 2525, "opportunistic"),
        ("smtp://u:p@[::1]:2525", "::1", 2525, "opportunistic"),
        ("smtp://mail.example.org:25?starttls=off", "mail.example.org", 25, "off"),
        ("smtp://mail.example.org?starttls=required", "mail.example.org", 25, "required"),
        ("smtps://u:p@mail.example.org", "mail.example.org", 465, "implicit"),
    ],
)
def test_an_address_says_where_and_how(url: str, host: str, port: int, encryption: str) -> None:
    server = parse_smtp_url(url)
    assert (server.host, server.port, server.encryption) == (host, port, encryption)


@pytest.mark.parametrize(
    "url",
    [
        "http://mail.example.org",
        "smtp://",
        "smtp://u:se/cret@mail.example.org",
        "smtp://u:1#cret@mail.example.org",
        "smtp://u:1/cret@mail.example.org",
        "smtp://mail.example.org:99999",
        "smtp://u@mail.example.org",
        "smtp://mail.example.org?starttls=maybe",
        "smtp://mail.example.org?tls=1",
        "smtps://mail.example.org?starttls=off",
    ],
)
def test_a_faulty_address_is_refused_without_showing_the_password(url: str) -> None:
    with pytest.raises(ValueError, match=r"SMTP|smtp") as caught:
        parse_smtp_url(url)
    assert "cret" not in str(caught.value)


def test_there_is_no_transport_to_nowhere() -> None:
    with pytest.raises(ValueError, match="neither"):
        open_transport(None, None)
