"""Encryption that fails: no mail leaves without it where it is required, and all leave once it works."""

import ssl
from pathlib import Path

import pytest

from tests.delivery.cast import QUEUED
from tests.faults.line import Line, by_state, transport_to
from tests.faults.matrix import GARBAGE, N, assert_everybody_has_one, first
from tests.faults.smtp import HANG_UP, SAY_NOTHING, FaultySmtp


@pytest.fixture
def encrypted(line: Line, server: FaultySmtp, certificate: Path) -> Line:
    """A line to the server that requires encryption, and trusts the server's certificate."""
    server.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.tls.load_cert_chain(certificate, certificate.with_suffix(".key"))
    line.transport.close()
    url = f"{server.url}?starttls=required&cafile={certificate}"
    line.transport = transport_to(url, command_seconds=2, connections=4)
    return line


def test_everything_leaves_over_encrypted_connections(encrypted: Line, server: FaultySmtp) -> None:
    encrypted.settle()

    assert_everybody_has_one(encrypted, server)
    assert server.count("HANDSHAKE") == server.count("GREETING")


@pytest.mark.parametrize("said", [HANG_UP, GARBAGE, SAY_NOTHING])
@pytest.mark.parametrize("stage", ["STARTTLS", "HANDSHAKE"])
def test_encryption_that_breaks_delays_everybody_and_blames_no_mail(
    encrypted: Line, server: FaultySmtp, stage: str, said: str
) -> None:
    server.mood = first(stage, said, turns=1)

    assert encrypted.send().interrupted
    assert by_state(encrypted.db) == {QUEUED: N}
    assert not server.count("MAIL")

    encrypted.settle()
    assert_everybody_has_one(encrypted, server)


def test_a_certificate_nobody_vouches_for_delays_everybody_until_it_is_trusted(
    encrypted: Line, server: FaultySmtp
) -> None:
    trusting, encrypted.transport = (
        encrypted.transport,
        transport_to(f"{server.url}?starttls=required"),
    )

    assert "not to be trusted" in encrypted.send().interrupted
    assert by_state(encrypted.db) == {QUEUED: N}
    assert not server.count("MAIL")

    encrypted.transport.close()
    encrypted.transport = trusting
    encrypted.settle()
    assert_everybody_has_one(encrypted, server)
