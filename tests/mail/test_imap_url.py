"""The mailbox's address as operators write it."""

import pytest

from newsletter.mail.imap_url import ImapServer, parse_imap_url


def test_what_stands_in_an_address() -> None:
    found = parse_imap_url("imaps://news%40example.com:p%2Fq%40@mail.example.com/Bounces")
    assert found == ImapServer("mail.example.com", 993, "news@example.com", "p/q@", "Bounces")
    assert "p/q@" not in repr(found)


def test_without_encryption_from_the_start_starttls_is_required() -> None:
    found = parse_imap_url("imap://news:secret@mail.example.com")
    assert (found.port, found.encrypted, found.starttls, found.folder) == (143, False, True, "INBOX")
    assert not parse_imap_url("imap://news:secret@127.0.0.1:1143?starttls=off").starttls


@pytest.mark.parametrize(
    "url",
    [
        "",
        "imaps://mail.example.com",
        "imaps://news@mail.example.com",
        "https://news:secret@mail.example.com",
        "imap://news:secret@mail.example.com?starttls=off",
        "imap://news:secret@mail.example.com?starttls=off&cafile=x",
        "imaps://news:secret@localhost?starttls=off",
        "imaps://news:sec#ret@mail.example.com",
        "imaps://news:sec?ret@mail.example.com",
        "imaps://news:secret@mail.example.com:port",
        "imaps://news:secret@mail.example.com/Gel%C3%B6scht",
        "imaps://news:sec%0Aret@mail.example.com",
        "imaps://news:secret@mail.example.com?folder=x",
    ],
)
def test_what_cannot_be_read_is_told_without_the_password(url: str) -> None:
    with pytest.raises(ValueError, match=r"\w") as error:
        parse_imap_url(url)
    assert "sec" not in str(error.value).replace("security", "")
