"""Reading a wish to unsubscribe out of a message's header."""

from email.header import Header
from email.message import EmailMessage

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from newsletter.mail.unsubscribe_mail import token_in, unsubscribe_mailto

TOKEN = "qrs-TUV_0.abc"


@pytest.mark.parametrize(
    "subject",
    [
        f"unsubscribe {TOKEN}",
        f"Unsubscribe   {TOKEN} ",
        f"Re: unsubscribe {TOKEN}",
        f"unsubscribe\r\n {TOKEN}",
        Header(f"unsubscribe {TOKEN}", "utf-8").encode(),
        Header(f"Antw.: größer unsubscribe {TOKEN}", "iso-8859-1").encode(),
    ],
)
def test_the_token_stands_at_the_subjects_end(subject: str) -> None:
    assert token_in(f"To: news@example.com\r\nSubject: {subject}\r\n\r\nunsubscribe xyz".encode()) == TOKEN


@pytest.mark.parametrize(
    "message",
    [
        b"",
        b"Subject: unsubscribe\r\n\r\n",
        b"Subject: please unsubscribe me at once!\r\n\r\n",
        b"Subject: hello\r\n\r\nSubject: unsubscribe abc\r\n",
        b"X-Subject: unsubscribe abc\r\n\r\n",
        b"Subject: =?utf-8?b?!!!?=\r\n\r\n",
        b"Subject: =?no-such-charset?q?unsubscribe_abc?= d!\r\n\r\n",
    ],
)
def test_anything_else_asks_for_nothing(message: bytes) -> None:
    assert token_in(message) is None


@given(st.binary(max_size=2000))
@example(b"Subject: =?utf-8?q?=ff=fe?= unsubscribe \xff\r\n\r\n")
def test_whatever_comes_is_read_without_trouble(noise: bytes) -> None:
    token_in(noise)
    token_in(b"Subject: " + noise)


@given(st.from_regex(r"[A-Za-z0-9_-]{1,64}\.[A-Za-z0-9_-]{43}", fullmatch=True))
def test_what_a_library_writes_is_read_again(token: str) -> None:
    message = EmailMessage()
    message["Subject"] = f"unsubscribe {token}"
    assert token_in(message.as_bytes()) == token


def test_an_address_of_any_kind_makes_a_sound_link() -> None:
    assert unsubscribe_mailto("a+b@example.com", "t") == "mailto:a+b@example.com?subject=unsubscribe%20t"
    assert unsubscribe_mailto("a?b&c@example.com", "t").count("?") == 1
