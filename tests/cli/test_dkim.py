"""`newsletter dkim`: from no keys at all to signed mail, and what is in the way of it."""

import logging
import re
import signal
import stat
from collections.abc import Iterator
from pathlib import Path

import dkim
import pytest
import structlog
import time_machine
from click.testing import CliRunner, Result

from newsletter.cli import main
from newsletter.config import SettingsError
from newsletter.db import Database
from newsletter.installation import open_installation
from newsletter.mail.dkim_keys import Kind, make_key
from tests.delivery.cast import NOW, a_reader, a_topic, an_edition

AT_SIX = "2026-11-22T06:00Z"


@pytest.fixture(autouse=True)
def installation(db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The environment of an installation that sends from example.com, with one reader of one topic."""
    kept = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NEWSLETTER_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("NEWSLETTER_DATABASE_URL", db.url.render_as_string(hide_password=False))
    monkeypatch.setenv("NEWSLETTER_SENDER", "Daily Edition <news@example.com>")
    with db.write() as session:
        topic = a_topic(session)
        an_edition(session, topic)
        a_reader(session, topic)
    yield
    structlog.reset_defaults()
    logging.getLogger().handlers.clear()
    for number, handler in kept.items():
        signal.signal(number, handler)


def run(*words: str) -> Result:
    return CliRunner().invoke(main, [*words])


def published(said: str) -> dict[str, str]:
    """The records of a zone file, as the DNS would answer them."""
    found = re.findall(r'^(\S+)\. IN TXT \(\n((?:\s+"[^"]*"\n?)+) \)', said, re.MULTILINE)
    return {name: "".join(re.findall(r'"([^"]*)"', strings)) for name, strings in found}


def key_files(tmp_path: Path) -> dict[str, str]:
    return {path.name: path.read_text() for path in (tmp_path / "data" / "dkim").iterdir()}


def verified(mail: bytes, records: dict[str, str]) -> list[bool]:
    """What dkimpy says of each signature at the moment the tests happen at."""

    def look_up(name: bytes, timeout: int = 5) -> bytes:
        return records[name.decode().rstrip(".")].encode()

    with time_machine.travel(NOW, tick=False):
        count = mail.count(b"DKIM-Signature:")
        return [dkim.DKIM(mail).verify(idx=place, dnsfunc=look_up) for place in range(count)]


def test_once_the_domain_is_set_mail_is_signed_and_holds_against_the_printed_records(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = run("dkim", "keygen")
    assert made.exit_code == 0, made.stderr
    assert "NEWSLETTER_DKIM_DOMAIN=example.com" in made.stdout
    monkeypatch.setenv("NEWSLETTER_DKIM_DOMAIN", "example.com")

    rendered = run("issue", "render", "--to", "ann@example.org", "-o", "issue.eml", "--now", AT_SIX)
    run("delivery", "plan", "--now", AT_SIX)
    run("delivery", "send", "--now", AT_SIX)

    assert rendered.exit_code == 0, rendered.stderr
    mail = Path("issue.eml").read_bytes()
    assert verified(mail, published(made.stdout)) == [True, True]
    (sent,) = (tmp_path / "data" / "outbox" / "new").iterdir()
    assert sent.read_bytes() == mail


def test_without_the_domain_keys_change_nothing(tmp_path: Path) -> None:
    run("dkim", "keygen")
    run("issue", "render", "--to", "ann@example.org", "-o", "issue.eml", "--now", AT_SIX)
    assert b"DKIM-Signature" not in Path("issue.eml").read_bytes()


def test_the_keys_are_their_owners_alone(tmp_path: Path) -> None:
    run("dkim", "keygen")
    folder = tmp_path / "data" / "dkim"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {
        "news-rsa.pem": 0o600,
        "news-ed25519.pem": 0o600,
    }


def test_neither_key_is_ever_printed(tmp_path: Path) -> None:
    said = run("dkim", "keygen").output
    for pem in key_files(tmp_path).values():
        assert not any(line in said for line in pem.splitlines()[1:-1])


def test_a_second_run_keeps_the_keys_and_shows_the_same_records(tmp_path: Path) -> None:
    first = run("dkim", "keygen")
    keys = key_files(tmp_path)
    second = run("dkim", "keygen")

    assert key_files(tmp_path) == keys
    assert published(second.stdout) == published(first.stdout)
    assert len(published(first.stdout)) == 2
    assert "Kept" in second.stdout
    assert "Made" not in second.stdout


def test_another_selector_brings_new_keys_beside_the_old(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("dkim", "keygen")
    before = key_files(tmp_path)
    monkeypatch.setenv("NEWSLETTER_DKIM_SELECTOR", "autumn")
    said = run("dkim", "keygen").stdout

    after = key_files(tmp_path)
    assert set(published(said)) == {
        "autumn-rsa._domainkey.example.com",
        "autumn-ed25519._domainkey.example.com",
    }
    assert len(set(after.values())) == 4
    assert before.items() <= after.items()


def test_a_broken_key_file_is_named_and_left_alone(tmp_path: Path) -> None:
    run("dkim", "keygen")
    broken = tmp_path / "data" / "dkim" / "news-rsa.pem"
    broken.write_text("half a key")
    result = run("dkim", "keygen")

    assert result.exit_code == 1
    assert str(broken) in result.stderr
    assert broken.read_text() == "half a key"


@pytest.mark.parametrize("domain", ["example.net", "ample.com", "com", "not a domain"])
def test_a_domain_that_says_nothing_for_the_sender_is_refused(tmp_path: Path, domain: str) -> None:
    result = run("dkim", "keygen", "--domain", domain)
    assert result.exit_code == 1
    assert "domain" in result.stderr.lower()
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize("domain", ["example.com", "mail.example.com", "EXAMPLE.COM"])
def test_the_senders_domain_and_those_below_it_are_taken(domain: str) -> None:
    result = run("dkim", "keygen", "--domain", domain)
    assert f"news-rsa._domainkey.{domain.lower()}" in published(result.stdout)


def test_a_domain_without_keys_stops_the_start_with_the_command_that_helps(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("NEWSLETTER_DKIM_DOMAIN", "example.com")
    result = run("delivery", "send", "--now", AT_SIX)
    assert result.exit_code == 1
    assert "newsletter dkim keygen" in result.stderr
    assert run("dkim", "keygen").exit_code == 0


def test_a_key_of_the_settings_signs_instead_of_those_in_the_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("dkim", "keygen")
    own = tmp_path / "own.pem"
    own.write_text(make_key(Kind.ED25519))
    monkeypatch.setenv("NEWSLETTER_DKIM_DOMAIN", "example.com")
    monkeypatch.setenv("NEWSLETTER_DKIM_ED25519_KEY_FILE", str(own))

    run("issue", "render", "--to", "ann@example.org", "-o", "issue.eml", "--now", AT_SIX)
    mail = Path("issue.eml").read_bytes()

    assert mail.count(b"DKIM-Signature:") == 1
    assert b"a=ed25519-sha256" in mail
    refused = run("dkim", "keygen")
    assert refused.exit_code == 1
    assert "NEWSLETTER_DKIM_ED25519_KEY" in refused.stderr


def test_an_unusable_key_of_the_settings_is_named_but_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEWSLETTER_DKIM_DOMAIN", "example.com")
    monkeypatch.setenv("NEWSLETTER_DKIM_RSA_KEY", "c2VjcmV0")
    with pytest.raises(SettingsError, match="NEWSLETTER_DKIM_RSA_KEY") as caught:
        open_installation()
    assert "c2VjcmV0" not in str(caught.value)
