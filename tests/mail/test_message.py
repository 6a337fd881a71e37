"""Messages on the wire: what any mail program reads back is what was put in, and nothing else."""

from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.mail.issue import Rendered
from newsletter.mail.mailbox import Mailbox, read_mailbox
from newsletter.mail.message import MailHeaders, build_message, issue_headers, notice_headers
from tests.mail.sample import DAWN, DAY, LINKS, PUBLICATION

MESSAGE_ID = "<issue.2026-11-22.a1b2@news.example.com>"
WORDS = Rendered("Good morning", "Hello.\n", "<p>Hello.</p>\n")

no_line_breaks = st.text(st.characters(codec="utf-8", exclude_characters="\r\n\0"), max_size=200)
visible = st.characters(codec="utf-8", exclude_categories=["C", "Z"])
printable = st.text(visible, min_size=1, max_size=80)


def headers(to: str = "ann@example.org") -> MailHeaders:
    return issue_headers(PUBLICATION, LINKS, to, MESSAGE_ID, DAWN, DAY)


def parsed(message: bytes) -> EmailMessage:
    return message_from_bytes(message, policy=policy.default)


def part(message: EmailMessage, kind: str) -> str:
    body = message.get_body((kind,))
    assert body is not None
    return as_lines(str(body.get_content()))


def test_an_issue_carries_every_header_that_mailing_lists_need() -> None:
    mail = parsed(build_message(WORDS, headers()))
    assert mail["From"] == "Daily Edition <news@example.com>"
    assert mail["To"] == "ann@example.org"
    assert mail["Reply-To"] == "editor@example.com"
    assert mail["Subject"] == "Good morning"
    assert mail["Date"] == "Sun, 22 Nov 2026 04:00:00 +0000"
    assert mail["Message-ID"] == MESSAGE_ID
    assert mail["List-ID"] == "Daily Edition <daily.news.example.com>"
    assert mail["List-Unsubscribe"] == f"<{LINKS.one_click}>, <mailto:{LINKS.unsubscribe_mail}>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert mail["Feedback-ID"] == "issue:2026-11-22:newsexamplecom"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["MIME-Version"] == "1.0"
    assert len(mail.keys()) == len({name.lower() for name in mail})


def test_a_notice_belongs_to_no_list() -> None:
    mail = parsed(build_message(WORDS, notice_headers(PUBLICATION, "ann@example.org", MESSAGE_ID, DAWN)))
    assert not [name for name in mail if name.startswith(("List-", "Feedback"))]
    assert mail["Auto-Submitted"] == "auto-generated"


def test_what_providers_count_is_the_same_for_every_reader() -> None:
    of_readers = [parsed(build_message(WORDS, headers(f"{name}@example.org"))) for name in ("ann", "bob")]
    assert len({mail["Feedback-ID"] for mail in of_readers}) == 1
    welcome = issue_headers(PUBLICATION, LINKS, "ann@example.org", MESSAGE_ID, DAWN, None)
    assert parsed(build_message(WORDS, welcome))["Feedback-ID"] == "welcome:newsexamplecom"


@pytest.mark.parametrize("domain", ["a.b", "127.0.0.1", "news.a-very-long-domain-name.example.com"])
def test_the_sender_id_is_of_the_length_providers_ask_for(domain: str) -> None:
    publication = replace(PUBLICATION, list_domain=domain)
    made = issue_headers(publication, LINKS, "ann@example.org", MESSAGE_ID, DAWN, DAY)
    sender_id = str(parsed(build_message(WORDS, made))["Feedback-ID"]).split(":")[-1]
    assert 5 <= len(sender_id) <= 15


def test_text_comes_first_and_html_is_its_alternative() -> None:
    mail = parsed(build_message(WORDS, headers()))
    assert mail.get_content_type() == "multipart/alternative"
    kinds = [one.get_content_type() for one in mail.iter_parts()]
    assert kinds == ["text/plain", "text/html"]
    assert {one["Content-Transfer-Encoding"] for one in mail.iter_parts()} == {"quoted-printable"}


def test_the_same_mail_is_the_same_bytes() -> None:
    assert build_message(WORDS, headers()) == build_message(WORDS, headers())
    assert build_message(WORDS, headers()) != build_message(WORDS, headers("bob@example.org"))


@given(subject=no_line_breaks, text=st.text(max_size=600), html=st.text(min_size=1, max_size=600))
def test_whatever_the_words_the_wire_stays_clean_and_the_words_come_back(
    subject: str, text: str, html: str
) -> None:
    try:
        message = build_message(Rendered(subject, text, html), headers())
    except UnicodeEncodeError:
        return
    assert message.isascii()
    lines = message.split(b"\r\n")
    body = lines[lines.index(b"") :]
    assert (max(map(len, lines)) <= 998, max(map(len, body)) <= 76) == (True, True)
    assert not any(b"\r" in line or b"\n" in line or b"\0" in line for line in lines)
    mail = parsed(message)
    assert len(mail.keys()) == 13
    assert part(mail, "plain") == as_lines(text)
    assert part(mail, "html") == as_lines(html)


def test_without_html_it_is_text_alone() -> None:
    message = build_message(Rendered("A subject", "One line\n.\nand a dot", ""), headers())
    mail = parsed(message)
    assert mail.get_content_type() == "text/plain"
    assert mail["Content-Transfer-Encoding"] == "quoted-printable"
    assert mail["List-Unsubscribe"]
    assert part(mail, "plain") == "One line\n.\nand a dot"


def as_lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


@given(printable, st.sampled_from([" ", "  ", " - ", "=?utf-8?q?a?= "]), printable)
def test_a_subject_is_read_back_as_it_was_written(first: str, between: str, second: str) -> None:
    subject = f"{first}{between}{second}"
    assert parsed(build_message(replace(WORDS, subject=subject), headers()))["Subject"] == subject


# Longer names are read back wrongly by Python itself: it keeps the break between two encoded words.
@given(st.text(visible, min_size=1, max_size=10))
def test_a_display_name_is_read_back_and_cannot_become_an_address(name: str) -> None:
    made = replace(headers(), sender=Mailbox(name, "news@example.com"))
    [sender] = parsed(build_message(WORDS, made))["From"].addresses
    assert (sender.display_name, sender.addr_spec) == (name, "news@example.com")


@pytest.mark.parametrize("evil", ["a\r\nBcc: all@example.org", "a\nb", "a\rb", "a\0b"])
def test_no_value_can_start_a_header_of_its_own(evil: str) -> None:
    good = headers()
    assert good.mailing is not None
    for bad in (
        replace(good, sender=Mailbox(evil, "news@example.com")),
        replace(good, to=Mailbox("", f"{evil}@example.org")),
        replace(good, reply_to=Mailbox(evil, "news@example.com")),
        replace(good, message_id=f"<{evil}@example.com>"),
        replace(good, mailing=replace(good.mailing, name=evil)),
        replace(good, mailing=replace(good.mailing, domain=evil)),
        replace(good, mailing=replace(good.mailing, one_click=f"https://example.com/{evil}")),
        replace(good, mailing=replace(good.mailing, unsubscribe_mail=f"{evil}@example.com")),
        replace(good, mailing=replace(good.mailing, stream=(evil,))),
    ):
        with pytest.raises(ValueError, match="header"):
            build_message(WORDS, bad)
    with pytest.raises(ValueError, match="header"):
        build_message(replace(WORDS, subject=evil), good)
    with pytest.raises(ValueError, match="header"):
        read_mailbox(f"{evil}@example.org")


def test_a_domain_beyond_ascii_is_written_as_dns_knows_it() -> None:
    message = build_message(WORDS, headers("ann@bücher.example"))
    assert b"To: ann@xn--bcher-kva.example\r\n" in message
    assert message.isascii()


def test_only_a_name_beyond_ascii_before_the_at_sign_needs_smtputf8() -> None:
    message = build_message(WORDS, headers("jörg@bücher.example"))
    assert "To: jörg@xn--bcher-kva.example\r\n".encode() in message
    assert read_mailbox("jörg@example.org").needs_smtputf8
    assert not read_mailbox("jorg@bücher.example").needs_smtputf8


def test_a_sender_without_a_name_writes_under_the_publications() -> None:
    publication = replace(PUBLICATION, sender="news@example.com", name='Röst, "Daily"', reply_to=None)
    mail = parsed(build_message(WORDS, notice_headers(publication, "ann@example.org", MESSAGE_ID, DAWN)))
    [sender] = mail["From"].addresses
    assert (sender.display_name, sender.addr_spec) == ('Röst, "Daily"', "news@example.com")
    assert "Reply-To" not in mail


def test_the_date_is_written_in_utc_whatever_the_zone_it_came_in() -> None:
    made = replace(headers(), date=datetime(2026, 1, 2, 3, 4, tzinfo=UTC))
    assert parsed(build_message(WORDS, made))["Date"] == "Fri, 02 Jan 2026 03:04:00 +0000"


@pytest.mark.parametrize("value", ["", "nobody", "a b@example.org", "a@b@c", "<a@example.org"])
def test_what_is_no_address_is_refused(value: str) -> None:
    with pytest.raises(ValueError, match="address"):
        read_mailbox(value)
