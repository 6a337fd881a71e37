"""Unsubscribing by mail: from the address in a mail's header, through a real mailbox, to the last mail."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from pydantic import SecretStr
from sqlalchemy import select

from newsletter import mailbox_jobs
from newsletter.config import Settings
from newsletter.db import Database
from newsletter.delivery.links import LinkMaker
from newsletter.delivery.mailbox import MailboxError
from newsletter.models import ConsentRecord, Delivery, MailKind, Subscriber
from newsletter.publication import publication_of
from tests.imap_server import ImapServer, dovecot
from tests.web.builders import SECRET, add_subscriber, add_topic


@pytest.fixture
def mailbox(certificate: Path) -> Iterator[ImapServer]:
    with dovecot(certificate) as server:
        yield server


def settings_for(url: str, tmp_path: Path) -> Settings:
    return Settings(
        _env_file=None,
        data_dir=tmp_path,
        secret_keys=(SecretStr(SECRET),),
        mailbox_url=SecretStr(url),
        bounce_address="bounces@example.com",
    )


def reader_named(db: Database, address: str, now: datetime) -> str:
    """A reader's handle."""
    with db.write() as session:
        if not session.scalar(select(Subscriber.id).limit(1)):
            add_topic(session, "world")
        return add_subscriber(session, address, now).handle


def subject_for(settings: Settings, handle: str, now: datetime) -> str:
    """What a mail program writes that follows the address in our mail's header."""
    links = LinkMaker(publication_of(settings), settings.keys)
    address = urlsplit(links.links(*links.tokens(handle, now)).unsubscribe_mail)
    assert address.path == "bounces@example.com"
    return parse_qs(address.query)["subject"][0]


def statuses(db: Database) -> dict[str, str]:
    with db.read() as session:
        return {one.address: one.status for one in session.scalars(select(Subscriber))}


def test_a_mail_to_the_address_in_the_header_unsubscribes_and_is_answered(
    mailbox: ImapServer, db: Database, now: datetime, tmp_path: Path
) -> None:
    settings = settings_for(mailbox.url, tmp_path)
    ann, _ben = (reader_named(db, f"{name}@example.com", now) for name in ("ann", "ben"))
    mailbox.bring(subject_for(settings, ann, now))

    assert mailbox_jobs.read_mailbox(settings, db, now) == 1
    assert statuses(db) == {"ann@example.com": "unsubscribed", "ben@example.com": "active"}
    with db.read() as session:
        assert session.scalars(select(Delivery.kind)).all() == [MailKind.GOODBYE]
        left = session.scalars(select(ConsentRecord).order_by(ConsentRecord.id.desc()).limit(1)).one()
        assert (left.kind, left.via, left.wording) == ("withdrawn", "mail", "unsubscribe")
    assert mailbox.unread() == []
    assert mailbox_jobs.read_mailbox(settings, db, now) == 0


def test_other_messages_stay_unread_for_whoever_reads_this_mailbox(
    mailbox: ImapServer, db: Database, now: datetime, tmp_path: Path
) -> None:
    settings = settings_for(mailbox.url, tmp_path)
    subject = subject_for(settings, reader_named(db, "ann@example.com", now), now)
    others = [
        "Please unsubscribe me",
        "A question about Monday",
        f"{subject[:-4]}AAAA",
        "unsubscribe",
        "unsubscribe ../../etc/passwd",
    ]
    for other in others:
        mailbox.bring(other, body=subject)

    for _ in range(2):
        assert mailbox_jobs.read_mailbox(settings, db, now) == 0
    assert sorted(mailbox.unread()) == sorted(others)
    assert statuses(db) == {"ann@example.com": "active"}


@pytest.mark.parametrize("how", ["Re: {}", "AW: RE: {}", "  {}  ", "{}\t", "UNSUBSCRIBE {token}"])
def test_mail_programs_may_dress_the_subject_up(
    how: str, mailbox: ImapServer, db: Database, now: datetime, tmp_path: Path
) -> None:
    settings = settings_for(mailbox.url, tmp_path)
    subject = subject_for(settings, reader_named(db, "ann@example.com", now), now)
    mailbox.bring(how.format(subject, token=subject.split()[1]))
    assert mailbox_jobs.read_mailbox(settings, db, now) == 1


def test_a_server_with_starttls_is_read_as_well(
    mailbox: ImapServer, db: Database, now: datetime, tmp_path: Path
) -> None:
    url = mailbox.address("imap", mailbox.port) + f"?cafile={mailbox.certificate}"
    settings = settings_for(url, tmp_path)
    mailbox.bring(subject_for(settings, reader_named(db, "ann@example.com", now), now))
    assert mailbox_jobs.read_mailbox(settings, db, now) == 1


def test_no_password_is_sent_to_a_server_that_nobody_vouches_for(
    mailbox: ImapServer, db: Database, now: datetime, tmp_path: Path
) -> None:
    for scheme, port in (("imaps", mailbox.tls_port), ("imap", mailbox.port)):
        settings = settings_for(mailbox.address(scheme, port), tmp_path)
        with pytest.raises(MailboxError, match="certificate"):
            mailbox_jobs.read_mailbox(settings, db, now)
    assert "Login: user" not in (mailbox.folder / "log").read_text()


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (("signs%3F", "wrong"), "(?i)authentication failed"),
        (("?cafile", "/Nowhere?cafile"), "no folder Nowhere"),
    ],
)
def test_a_mailbox_that_does_not_let_us_in_is_told_without_the_password(
    change: tuple[str, str], told: str, mailbox: ImapServer, db: Database, now: datetime, tmp_path: Path
) -> None:
    settings = settings_for(mailbox.url.replace(*change), tmp_path)
    with pytest.raises(MailboxError, match=told) as error:
        mailbox_jobs.read_mailbox(settings, db, now)
    assert "letters" not in str(error.value)


def test_a_server_that_is_away_costs_five_minutes(db: Database, now: datetime, tmp_path: Path) -> None:
    settings = settings_for("imaps://news:secret@127.0.0.1:1", tmp_path)
    assert mailbox_jobs.visit_mailbox(settings, db, now) == 0
    with pytest.raises(MailboxError, match="refused"):
        mailbox_jobs.read_mailbox(settings, db, now)


def test_nothing_is_read_where_no_mailbox_is_set_and_only_every_five_minutes(
    db: Database, now: datetime, tmp_path: Path
) -> None:
    settings = settings_for("imaps://news:secret@127.0.0.1:1", tmp_path)
    assert mailbox_jobs.visit_mailbox(settings, db, now.replace(minute=1)) == 0
    assert mailbox_jobs.read_mailbox(settings.model_copy(update={"mailbox_url": None}), db, now) == 0
