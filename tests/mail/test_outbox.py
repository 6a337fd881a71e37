"""The local outbox: a Maildir that holds every mail once, and what the viewer reads from it."""

import mailbox
import os
from pathlib import Path

import pytest

from newsletter.mail.issue import Rendered
from newsletter.mail.message import build_message, notice_headers
from newsletter.mail.outbox_reader import NoSuchMail, list_mails, read_mail
from newsletter.mail.outgoing import OutgoingMail, TransportDown
from newsletter.mail.transport import OutboxTransport
from tests.mail.sample import DAWN, PUBLICATION


def mail(number: int, subject: str = "Good morning", text: str = "Hello.\n") -> OutgoingMail:
    message_id = f"<confirm.{number}@news.example.com>"
    headers = notice_headers(PUBLICATION, "ann@example.org", message_id, DAWN)
    message = build_message(Rendered(subject, text, "<p>Hello.</p>"), headers)
    return OutgoingMail(message_id, "bounces@example.com", "ann@example.org", message)


def nothing() -> None:
    pass


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "data" / "outbox"


def test_a_mail_lands_in_a_maildir_that_others_can_read(folder: Path) -> None:
    transport = OutboxTransport(folder)
    assert "kept in the outbox" in transport.send(mail(1), nothing)
    transport.close()
    maildir = mailbox.Maildir(str(folder), create=False)
    [message] = maildir.values()
    assert message["Subject"] == "Good morning"
    [file] = (folder / "new").iterdir()
    assert file.read_bytes() == mail(1).message
    assert file.stat().st_mode & 0o077 == 0
    assert list((folder / "tmp").iterdir()) == []


def test_a_second_hand_over_of_a_mail_takes_the_place_of_the_first(folder: Path) -> None:
    transport = OutboxTransport(folder)
    transport.send(mail(1, text="first\n"), nothing)
    [file] = (folder / "new").iterdir()
    file.rename(folder / "cur" / f"{file.name}:2,S")
    transport.send(mail(1, text="second\n"), nothing)
    [item] = list_mails(folder)
    assert read_mail(folder, item.key).text == "second\n"


def test_a_mail_the_mark_forbids_leaves_no_trace(folder: Path) -> None:
    def refuse() -> None:
        raise LookupError

    with pytest.raises(LookupError):
        OutboxTransport(folder).send(mail(1), refuse)
    assert [file for file in folder.rglob("*") if file.is_file()] == []


def test_a_folder_that_cannot_be_written_to_stops_every_mail_before_the_mark(tmp_path: Path) -> None:
    (tmp_path / "outbox").write_text("a file where the folder should be")
    with pytest.raises(TransportDown, match="cannot be written to"):
        OutboxTransport(tmp_path / "outbox").send(mail(1), lambda: pytest.fail("marked"))


def test_the_newest_mail_is_listed_first(folder: Path) -> None:
    transport = OutboxTransport(folder)
    for number, subject in enumerate(["One", "Two", "Grüße aus Köln"]):
        transport.send(mail(number, subject), nothing)
    for item in list_mails(folder):
        # File systems differ in how finely they tell times apart.
        os.utime(folder / "new" / item.key, ns=(0, {"One": 1, "Two": 2}.get(item.subject, 3)))
    assert [item.subject for item in list_mails(folder)] == ["Grüße aus Köln", "Two", "One"]
    assert [item.subject for item in list_mails(folder, limit=1)] == ["Grüße aus Köln"]
    assert list_mails(folder)[0].to == "ann@example.org"


def test_a_mail_is_read_in_its_parts(folder: Path) -> None:
    OutboxTransport(folder).send(mail(1), nothing)
    [item] = list_mails(folder)
    read = read_mail(folder, item.key)
    assert (read.html, read.text) == ("<p>Hello.</p>", "Hello.\n")
    assert "Auto-Submitted: auto-generated" in read.source


@pytest.mark.parametrize("key", ["", ".", "..", "../new", "nothing", "a/b", "/etc/passwd", "a\0b", "a" * 500])
def test_a_key_that_is_no_mail_is_no_way_out_of_the_folder(folder: Path, key: str) -> None:
    OutboxTransport(folder).send(mail(1), nothing)
    with pytest.raises(NoSuchMail):
        read_mail(folder, key)


def test_before_the_first_mail_there_is_nothing_to_list(folder: Path) -> None:
    assert list_mails(folder) == []
