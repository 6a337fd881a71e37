"""Encryption and login: required means required, and no password is ever shown."""

import ssl
from collections.abc import Callable
from pathlib import Path

import pytest

from newsletter.mail.outgoing import (
    TransportDown,
)
from newsletter.mail.transport import SmtpTransport, Taken, parse_smtp_url
from newsletter.mail.transport.patience import Patience
from tests.mail.many_mails import Drive, mail_to
from tests.mail.scripted_smtp import ScriptedSmtp, login_of, serving
from tests.mail.smtp_client import MAIL, Mark, one_by_one


@pytest.fixture
def tls(certificate: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, certificate.with_suffix(".key"))
    return context


def sent_through(url: str) -> Callable[[], None]:
    def send() -> None:
        transport = one_by_one(url, Patience(command_seconds=5))
        try:
            transport.send(MAIL, Mark())
        finally:
            transport.close()

    return send


def test_a_trusted_certificate_and_a_login_get_the_mail_through(
    tls: ssl.SSLContext, certificate: Path
) -> None:
    with serving(ScriptedSmtp(tls=tls, extensions=("AUTH PLAIN",))) as server:
        where = f"an%40n:p%2Fss@127.0.0.1:{server.port}?starttls=required&cafile={certificate}"
        sent_through(f"smtp://{where}")()
    auth = next(command for command in server.commands if command.startswith("AUTH PLAIN"))
    assert login_of(auth) == ("an@n", "p/ss")
    assert server.verbs() == ["EHLO", "STARTTLS", "EHLO", "AUTH", "MAIL", "RCPT", "DATA", "QUIT"]


def test_smtps_is_encrypted_from_the_first_byte(tls: ssl.SSLContext, certificate: Path) -> None:
    with serving(ScriptedSmtp(tls=tls, implicit_tls=True)) as server:
        sent_through(f"smtps://127.0.0.1:{server.port}?cafile={certificate}")()
        with pytest.raises(TransportDown, match="certificate is not to be trusted"):
            sent_through(f"smtps://127.0.0.1:{server.port}")()
    assert len(server.messages) == 1


def test_a_strangers_certificate_is_refused_when_encryption_is_required(tls: ssl.SSLContext) -> None:
    refused = pytest.raises(TransportDown, match="certificate is not to be trusted")
    with serving(ScriptedSmtp(tls=tls)) as server, refused:
        sent_through(f"{server.url}?starttls=required")()
    assert "MAIL" not in server.verbs()


def test_encryption_stripped_on_the_way_stops_everything_before_the_password() -> None:
    refused = pytest.raises(TransportDown, match="no encryption")
    with serving(ScriptedSmtp(extensions=("AUTH PLAIN",))) as server, refused:
        sent_through(f"smtp://ann:secret@127.0.0.1:{server.port}?starttls=required")()
    assert server.verbs() == ["EHLO"]


def test_opportunistic_encryption_takes_what_there_is(tls: ssl.SSLContext) -> None:
    for context in (tls, None):
        with serving(ScriptedSmtp(tls=context)) as server:
            sent_through(server.url)()
        assert ("STARTTLS" in server.verbs()) is (context is not None)
        assert len(server.messages) == 1


def test_a_refused_login_is_down_and_names_no_password() -> None:
    strict = ScriptedSmtp({"AUTH": ["535 5.7.8 wrong"]}, extensions=("AUTH PLAIN",))
    with serving(strict) as server, pytest.raises(TransportDown) as caught:
        sent_through(f"smtp://ann:secret@127.0.0.1:{server.port}?starttls=off")()
    assert str(caught.value) == "the mail server refused user or password: 535 5.7.8 wrong"
    assert "secret" not in repr(parse_smtp_url("smtp://ann:secret@mail.example.org"))


def test_a_missing_certificate_file_is_named() -> None:
    with serving(ScriptedSmtp()) as server, pytest.raises(TransportDown, match="cafile"):
        sent_through(f"smtps://127.0.0.1:{server.port}?cafile=/nowhere.pem")()


def test_a_pipeline_of_big_mails_crosses_an_encrypted_connection(
    tls: ssl.SSLContext, certificate: Path
) -> None:
    big = b"Subject: big\r\n\r\n" + (b"x" * 70 + b"\r\n") * 70_000
    with serving(ScriptedSmtp(tls=tls, extensions=("PIPELINING", "SIZE 10000000"))) as server:
        url = f"{server.url}?starttls=required&cafile={certificate}&connections=1"
        sending = Drive(SmtpTransport([parse_smtp_url(url)], Patience(5, 5)))
        ends = sending.send({number: mail_to(number, big) for number in (1, 2, 3)})
        sending.transport.close()
    assert {type(end) for end in ends.values()} == {Taken}
    assert server.messages == [big] * 3
