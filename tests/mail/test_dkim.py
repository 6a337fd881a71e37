"""DKIM: both signatures hold for verifiers that are not ours, and break when a mail is touched."""

import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from hypothesis import given
from hypothesis import strategies as st

from newsletter.mail.dkim import Signer
from newsletter.mail.dkim_field import COVERED
from newsletter.mail.dkim_keys import (
    Kind,
    UnusableKey,
    make_key,
    read_key,
    record_strings,
    record_value,
)
from newsletter.mail.message import build_message, issue_headers, notice_headers
from newsletter.mail.outgoing import OutgoingMail
from newsletter.mail.render import render_issue
from tests.mail.dkim_verifier import BOTH, DOMAIN, NEITHER, WRITTEN_AT, records, signer, verified
from tests.mail.sample import DAY, ISSUE, LINKS, PUBLICATION
from tests.mail.scripted_smtp import ScriptedSmtp, serving
from tests.mail.smtp_client import transport_to


def an_issue() -> bytes:
    message_id = "<1.ann@news.example.com>"
    headers = issue_headers(PUBLICATION, LINKS, "ann@example.org", message_id, WRITTEN_AT, DAY)
    return build_message(render_issue(ISSUE), headers)


@pytest.fixture(scope="module")
def issue() -> bytes:
    return an_issue()


@pytest.fixture(scope="module")
def signed(issue: bytes) -> bytes:
    return signer().sign(issue, WRITTEN_AT)


def tags(mail: bytes) -> Iterator[dict[str, str]]:
    for field in re.findall(rb"^DKIM-Signature:((?:.+\r\n)(?:[ \t].*\r\n)*)", mail, re.MULTILINE):
        parts = re.sub(r"\s", "", field.decode()).split(";")
        yield dict(part.split("=", 1) for part in parts)


def test_both_signatures_of_an_issue_hold(signed: bytes) -> None:
    assert [tag["a"] for tag in tags(signed)] == ["rsa-sha256", "ed25519-sha256"]
    assert verified(signed) == BOTH


def test_opendkim_agrees(signed: bytes, tmp_path: Path) -> None:
    opendkim = shutil.which("opendkim")
    if opendkim is None:
        pytest.skip("opendkim is not installed")
    (tmp_path / "keys").write_text("".join(f"{name} {value}\n" for name, value in records().items()))
    (tmp_path / "conf").write_text(f"Mode v\nSyslog no\nTestPublicKeys {tmp_path / 'keys'}\n")
    (tmp_path / "mail.eml").write_bytes(signed)
    command = [opendkim, "-x", str(tmp_path / "conf"), "-t", str(tmp_path / "mail.eml"), "-vv"]

    said = subprocess.run(command, capture_output=True, text=True, check=False, timeout=30)

    assert (said.stdout + said.stderr).count("dkim=pass") == 2


def test_the_same_mail_signed_twice_is_the_same_to_the_byte(issue: bytes, signed: bytes) -> None:
    assert signer().sign(issue, WRITTEN_AT) == signed


def test_the_mail_itself_is_left_as_it_was(issue: bytes, signed: bytes) -> None:
    assert signed.endswith(issue)
    fields = signed.removesuffix(issue)
    assert re.search(rb"(?<!\r)\n|\r(?!\n)|\r\n[ \t]*\r\n", fields) is None
    assert max(len(line) for line in fields.split(b"\r\n")) <= 78


def test_a_signature_says_what_it_covers_and_leaves_no_part_of_the_body_open(signed: bytes) -> None:
    for tag in tags(signed):
        assert sorted(tag["h"].split(":")) == sorted([*(name.decode() for name in COVERED), "from"])
        assert (tag["v"], tag["c"], tag["d"]) == ("1", "relaxed/simple", DOMAIN)
        assert tag["t"] == str(int(WRITTEN_AT.timestamp()))
        assert "l" not in tag


def test_what_a_notice_lacks_is_not_named(issue: bytes) -> None:
    headers = notice_headers(PUBLICATION, "ann@example.org", "<2.ann@news.example.com>", WRITTEN_AT)
    notice = signer().sign(build_message(render_issue(ISSUE), headers), WRITTEN_AT)

    assert verified(notice) == BOTH
    assert all("list-" not in tag["h"] and "feedback-id" not in tag["h"] for tag in tags(notice))


@pytest.mark.parametrize(
    "name",
    [
        "From",
        "To",
        "Reply-To",
        "Subject",
        "Date",
        "Message-ID",
        "MIME-Version",
        "Content-Type",
        "List-ID",
        "List-Unsubscribe",
        "List-Unsubscribe-Post",
        "Feedback-ID",
        "Auto-Submitted",
    ],
)
def test_changing_a_covered_field_breaks_both(signed: bytes, name: str) -> None:
    changed, count = re.subn(rf"(?m)^{name}: ".encode(), f"{name}: x".encode(), signed, count=1)

    assert count == 1
    assert verified(changed) == NEITHER


def test_changing_the_body_breaks_both(signed: bytes) -> None:
    head, _, body = signed.partition(b"\r\n\r\n")
    assert verified(head + b"\r\n\r\n" + body.replace(b"comet", b"planet", 1)) == NEITHER
    assert verified(signed + b"One more line\r\n") == NEITHER


@pytest.mark.parametrize("place", ["before", "after"])
def test_a_second_sender_breaks_both(signed: bytes, issue: bytes, place: str) -> None:
    another = b"From: Somebody Else <else@example.net>\r\n"
    if place == "before":
        assert verified(another + signed) == NEITHER
    else:
        assert verified(signed.replace(b"\r\n\r\n", b"\r\n" + another + b"\r\n", 1)) == NEITHER


def test_what_relays_add_on_the_way_does_no_harm(signed: bytes) -> None:
    added = b"Return-Path: <bounces@example.com>\r\nReceived: from a.example.com by b.example.org; now\r\n"
    assert verified(added + signed) == BOTH


def test_relays_may_fold_the_head_anew(signed: bytes) -> None:
    head, _, body = signed.partition(b"\r\n\r\n")
    unfolded = head.replace(b"\r\n ", b"   ")
    assert verified(unfolded + b"\r\n\r\n" + body) == BOTH


HEAD = b"From: Daily Edition <news@example.com>\r\nTo: ann@example.org\r\nSubject: Hello\r\n\r\n"
LINES = st.one_of(
    st.sampled_from([b"", b".", b"..", b" ", b"\t", b"From here", b"x" * 998, b"trailing  "]),
    st.binary(max_size=80).map(lambda line: line.replace(b"\r", b"").replace(b"\n", b"")),
)


@given(st.lists(LINES, max_size=8), st.booleans())
def test_any_body_verifies(lines: list[bytes], ended: bool) -> None:
    body = b"\r\n".join(lines) + (b"\r\n" if ended else b"")
    assert verified(signer().sign(HEAD + body, WRITTEN_AT)) == BOTH


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Zl", "Zp"]), max_size=300))
def test_any_subject_verifies(subject: str) -> None:
    head = HEAD.replace(b"Hello", subject.encode("utf-8"))
    assert verified(signer().sign(head + b"Hello\r\n", WRITTEN_AT)) == BOTH


@pytest.mark.parametrize("lines", [[], ["", "", ""], ["."], [".", "..", ""]])
def test_dots_and_empty_lines_hold_over_a_real_hand_over(lines: list[str]) -> None:
    mail = signer().sign(HEAD + "\r\n".join([*lines, ""]).encode(), WRITTEN_AT)
    outgoing = OutgoingMail("<1@example.com>", "bounces@example.com", "ann@example.org", mail)
    with serving(ScriptedSmtp()) as server:
        transport = transport_to(server)
        transport.send(outgoing, lambda: None)
        transport.close()
    (received,) = server.messages
    assert verified(received) == BOTH


def test_one_key_alone_signs_alone(issue: bytes) -> None:
    alone = Signer(DOMAIN, signer().keys[1:])
    assert verified(alone.sign(issue, WRITTEN_AT)) == [True]


def test_no_key_shows_when_a_signer_is_printed() -> None:
    assert "PrivateKey" not in repr(signer())


def test_an_rsa_record_is_parted_into_strings_that_join_to_the_whole() -> None:
    value = record_value(signer().keys[0][1])
    strings = record_strings(value)

    assert "".join(strings) == value
    assert len(strings) == 2
    assert all(len(string) <= 255 for string in strings)


def test_an_ed25519_record_holds_the_bare_key(signed: bytes) -> None:
    # RFC 8463, section 4: 32 octets, no ASN.1 around them.
    assert re.fullmatch(r"v=DKIM1; k=ed25519; p=[A-Za-z0-9+/]{43}=", record_value(signer().keys[1][1]))


def test_a_key_of_the_other_kind_is_refused() -> None:
    with pytest.raises(UnusableKey, match="another kind"):
        read_key(Kind.ED25519, make_key(Kind.RSA))


def test_a_short_rsa_key_is_refused() -> None:
    key = generate_private_key(65537, 1024)
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    with pytest.raises(UnusableKey, match="1024 bits"):
        read_key(Kind.RSA, pem)


def test_what_is_no_key_is_refused_without_being_repeated() -> None:
    with pytest.raises(UnusableKey) as caught:
        read_key(Kind.RSA, "-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----\n")
    assert "c2VjcmV0" not in str(caught.value)
