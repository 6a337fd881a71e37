"""Composing: a delivery becomes the mail its reader gets, with links that are theirs alone."""

import re
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
import time_machine
from sqlalchemy import event
from sqlalchemy.orm import Session

from newsletter.config import Settings
from newsletter.db import Database
from newsletter.delivery.compose import NothingToSay, compose
from newsletter.delivery.sections import Sections
from newsletter.models import (
    Delivery,
    Edition,
    EditionFragment,
    EditionStatus,
    MailKind,
    Story,
    SubscriberStatus,
)
from newsletter.publication import publication_of
from newsletter.tokens import CONFIRM_WITHIN, Purpose, read_dated_token, read_lasting_token, read_token
from tests.delivery.cast import DAY, NOW, a_delivery, a_reader, a_topic, an_edition
from tests.delivery.office import KEYS, PUBLICATION

BASE = PUBLICATION.base_url


def mail_of(session: Session, delivery: Delivery, sections: Sections | None = None) -> EmailMessage:
    outgoing = compose(session, delivery, PUBLICATION, KEYS, sections)
    return message_from_bytes(outgoing.message, policy=policy.default)


def text_of(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def an_issue(session: Session) -> Delivery:
    return an_issue_of(session, an_edition(session, a_topic(session)))


def an_issue_of(session: Session, *editions: Edition, name: str = "ann") -> Delivery:
    numbers = ",".join(str(edition.id) for edition in editions)
    return a_delivery(session, a_reader(session, name=name), editions=numbers)


def test_an_issue_carries_its_editions_and_the_headers_of_its_row(db: Database) -> None:
    with db.write() as session:
        delivery = an_issue(session)
        mail = mail_of(session, delivery)
        outgoing = compose(session, delivery, PUBLICATION, KEYS)

    assert "Rain at last" in mail["Subject"]
    assert mail["Message-ID"] == outgoing.message_id == delivery.message_id
    assert mail["Date"].datetime == NOW
    assert (outgoing.envelope_from, outgoing.envelope_to) == ("bounces@example.com", "ann@example.org")


def test_the_links_of_an_issue_are_signed_for_its_reader_and_one_purpose_each(db: Database) -> None:
    with db.write() as session:
        mail = mail_of(session, an_issue(session))

    one_click, by_mail = re.findall("<([^>]+)>", mail["List-Unsubscribe"])
    assert one_click.startswith(f"{BASE}/unsubscribe/")
    token = one_click.removeprefix(f"{BASE}/unsubscribe/")
    assert read_token(KEYS, Purpose.UNSUBSCRIBE, token) == "handle-ann"
    assert by_mail == f"mailto:bounces@example.com?subject=unsubscribe%20{token}"
    text = text_of(mail)
    assert one_click in text, "the visible link is where one-click posts go"
    managed = re.search(rf"{BASE}/preferences/([^\s/]+)\s", text)
    assert managed is not None
    assert read_lasting_token(KEYS, Purpose.MANAGE, managed[1])[0] == "handle-ann"


def test_a_repeat_is_the_same_to_the_byte(db: Database) -> None:
    with db.write() as session:
        delivery = an_issue(session)
        with time_machine.travel(NOW, tick=False):
            one = compose(session, delivery, PUBLICATION, KEYS)
        with time_machine.travel(NOW + DAY, tick=False):
            other = compose(session, delivery, PUBLICATION, KEYS)

    assert one == other


def test_the_parts_stand_in_the_order_of_the_issue(db: Database) -> None:
    with db.write() as session:
        first = an_edition(session, a_topic(session, "science"), headline="First things")
        second = an_edition(session, a_topic(session, "culture"), headline="Second thoughts")
        reader = a_reader(session)
        mail = mail_of(session, a_delivery(session, reader, editions=f"{second.id},{first.id}"))

    text = text_of(mail)
    assert text.index("Second thoughts") < text.rindex("First things")
    assert "Second thoughts" in mail["Subject"]


def test_an_edition_withdrawn_after_planning_is_left_out(db: Database) -> None:
    with db.write() as session:
        topic = a_topic(session)
        delivery = an_issue_of(session, an_edition(session, topic), an_edition(session, topic, NOW - DAY))
        withdrawn = session.get_one(Edition, int(delivery.editions.split(",")[0]))
        withdrawn.status = EditionStatus.HELD
        session.flush()
        mail_of(session, delivery)

        session.query(Edition).update({"status": EditionStatus.HELD})
        with pytest.raises(NothingToSay):
            compose(session, delivery, PUBLICATION, KEYS)


def test_editions_are_read_once_for_all_readers_of_a_batch(db: Database) -> None:
    statements: list[str] = []
    with db.write() as session:
        edition = an_edition(session, a_topic(session))
        rows = [an_issue_of(session, edition, name=f"reader{number}") for number in range(5)]
        listen = lambda *args: statements.append(args[2])  # noqa: E731
        event.listen(db.engine, "before_cursor_execute", listen)
        sections = Sections()
        for row in rows:
            mail_of(session, row, sections)

    assert sum("edition_fragment" in statement for statement in statements) == 1


def test_the_memory_of_editions_is_bounded_and_forgets_the_longest_unused(db: Database) -> None:
    with db.write() as session:
        topic = a_topic(session)
        numbers = [an_edition(session, topic, NOW - day * DAY).id for day in range(4)]
        sections = Sections(room=2)
        for number in numbers:
            assert sections.of(session, [number], "en", "standard")
        session.query(Story).delete()
        session.query(EditionFragment).delete()
        found = [bool(sections.of(session, [number], "en", "standard")) for number in reversed(numbers)]

    assert found == [True, True, False, False]


def test_what_was_never_rendered_is_rendered_when_it_is_needed(db: Database) -> None:
    with db.write() as session:
        edition = an_edition(session, a_topic(session))
        stored = Sections().of(session, [edition.id], "en", "full")
        session.query(EditionFragment).delete()

        assert Sections().of(session, [edition.id], "en", "full") == stored
        (section,) = Sections().of(session, [edition.id], "pt-BR", "standard")

    assert section.fragments[0].pieces[0].headline == "Rain at last"


def test_a_confirmation_leads_to_a_page_for_its_reader_only(db: Database) -> None:
    with db.write() as session:
        reader = a_reader(session, a_topic(session), status=SubscriberStatus.PENDING)
        mail = mail_of(session, a_delivery(session, reader, kind=MailKind.CONFIRM))

    link = re.search(rf"{BASE}/confirm/(\S+)", text_of(mail))
    assert link is not None
    assert read_dated_token(KEYS, Purpose.CONFIRM, link[1], NOW, CONFIRM_WITHIN) == "handle-ann"
    assert mail["List-Unsubscribe"] is None
    assert "Science" in text_of(mail)
    assert "06:00" in text_of(mail)


def test_who_reads_us_already_is_sent_their_preferences(db: Database) -> None:
    with db.write() as session:
        mail = mail_of(session, a_delivery(session, a_reader(session), kind=MailKind.ALREADY))

    assert f"{BASE}/preferences/" in text_of(mail)
    assert f"{BASE}/confirm/" not in text_of(mail)


@pytest.mark.parametrize(
    ("base_url", "domain"),
    [
        ("https://News.example.org", "news.example.org"),
        ("http://127.0.0.1:8000", "127.0.0.1"),
        ("https://b\u00fccher.example.org", "xn--bcher-kva.example.org"),
        ("http://[::1]:8000", "example.com"),
    ],
)
def test_the_list_domain_is_the_host_of_the_pages_in_ascii(base_url: str, domain: str) -> None:
    publication = publication_of(Settings(base_url=base_url, sender="The News <news@example.com>"))

    assert publication.list_domain == domain
    assert publication.bounce_address == "news@example.com"


def test_bounces_go_where_the_settings_say() -> None:
    assert publication_of(Settings(bounce_address="back@example.net")).bounce_address == "back@example.net"
