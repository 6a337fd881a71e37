"""Each notice on its way: entered, let through the gate, sent once, with links that do what they say."""

import re
from datetime import date, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
from sqlalchemy import select

from newsletter.db import Database
from newsletter.delivery.lost_links import answer_requests, ask_for_link
from newsletter.delivery.notice import (
    Change,
    enqueue_change,
    enqueue_goodbye,
    enqueue_notice,
    enqueue_paused,
)
from newsletter.delivery.suppression import suppress
from newsletter.delivery.written_notices import UNDO_DAYS
from newsletter.models import LinkRequest, MailKind, SubscriberStatus
from newsletter.subscribers.leaving import UNDO_WITHIN
from newsletter.tokens import ADDRESS_WITHIN, MINE_WITHIN, Purpose, read_dated_token, read_lasting_token
from tests.delivery.cast import (
    DAY,
    DOMAIN,
    HOUR,
    NOW,
    SENT,
    SKIPPED,
    a_delivery,
    a_reader,
    deliveries,
    events_of,
    only_delivery,
    states,
)
from tests.delivery.office import KEYS, Office
from tests.fakes import Killed, accept, killed_after_the_mark

BASE = "https://news.example.com"


def mails(office: Office) -> list[EmailMessage]:
    """What was taken, read as a mail program reads it."""
    found = [message_from_bytes(mail.message, policy=policy.default) for mail in office.transport.taken]
    return [mail for mail in found if isinstance(mail, EmailMessage)]


def text_of(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def link(text: str, start: str) -> str:
    """The rest of the first link that begins so."""
    found = re.search(re.escape(f"{BASE}/{start}/") + r"(\S+)", text)
    assert found, text
    return found[1]


def sent_notice(office: Office, kind: MailKind, **values: Any) -> EmailMessage:
    """The one mail that a notice of this kind, to a reader with these values, becomes."""
    with office.db.write() as session:
        reader = a_reader(session, **values)
        match kind:
            case MailKind.PAUSED:
                assert enqueue_paused(session, reader, NOW, DOMAIN)
            case MailKind.GOODBYE:
                assert enqueue_goodbye(session, reader, NOW, DOMAIN)
            case MailKind.ADDRESS_OLD | MailKind.ADDRESS_NEW:
                change = Change("change-handle", "ann@elsewhere.example.net", 1)
                assert enqueue_change(session, reader, kind, change, NOW, DOMAIN)
            case _:
                assert enqueue_notice(session, reader, kind, NOW, DOMAIN)
    office.send()
    assert states(office.db) == [SENT]
    (mail,) = mails(office)
    return mail


ORDINARY = [
    (MailKind.LINK, {}),
    (MailKind.PAUSED, {"status": SubscriberStatus.PAUSED, "paused_until": date(2026, 11, 29)}),
    (MailKind.RESUMED, {}),
    (MailKind.GOODBYE, {"status": SubscriberStatus.UNSUBSCRIBED, "unsubscribed_at": NOW}),
    (MailKind.ADDRESS_OLD, {}),
    (MailKind.ADDRESS_NEW, {}),
]


@pytest.mark.parametrize(("kind", "values"), ORDINARY)
def test_every_notice_is_one_off_mail_no_machine_answers(
    office: Office, kind: MailKind, values: dict[str, Any]
) -> None:
    mail = sent_notice(office, kind, **values)

    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["List-Unsubscribe"] is mail["List-ID"] is mail["Feedback-ID"] is None
    assert "1 Paper Street" in text_of(mail)


@pytest.mark.parametrize(("kind", "values"), ORDINARY)
def test_a_notice_repeated_after_a_crash_is_the_same_mail(
    db: Database, kind: MailKind, values: dict[str, Any]
) -> None:
    office = Office(db)
    for address in ("ann@example.org", "ann@elsewhere.example.net"):
        office.transport.to(address, killed_after_the_mark, accept)
    with pytest.raises(Killed):
        sent_notice(office, kind, **values)
    office.wait()
    office.sweep()
    office.wait()

    office.send()

    first, second = office.transport.asked
    assert (first.message, first.message_id) == (second.message, second.message_id)


def test_the_link_mail_opens_the_preferences_and_the_way_to_another_address(office: Office) -> None:
    text = text_of(sent_notice(office, MailKind.LINK))

    assert read_lasting_token(KEYS, Purpose.MANAGE, link(text, "preferences"))[0] == "handle-ann"
    token = link(text, "address")
    assert read_dated_token(KEYS, Purpose.ADDRESS, token, NOW + ADDRESS_WITHIN, ADDRESS_WITHIN)
    mine = link(text, "mine")
    assert read_dated_token(KEYS, Purpose.MINE, mine, NOW + MINE_WITHIN, MINE_WITHIN) == "handle-ann"


def test_the_mail_of_a_pause_says_until_when_and_leads_back(office: Office) -> None:
    values = {"status": SubscriberStatus.PAUSED, "paused_until": date(2026, 11, 29)}
    text = text_of(sent_notice(office, MailKind.PAUSED, **values))

    assert "Sunday, 29 November" in text
    assert link(text, "preferences").endswith("/resume")


def test_the_last_mail_is_not_sent_to_who_has_come_back(office: Office) -> None:
    with office.db.write() as session:
        reader = a_reader(session, status=SubscriberStatus.UNSUBSCRIBED, unsubscribed_at=NOW)
        enqueue_goodbye(session, reader, NOW, DOMAIN)
        reader.status = SubscriberStatus.ACTIVE

    office.send()

    assert states(office.db) == [SKIPPED]


def test_goodbye_is_said_once_however_often_somebody_leaves(any_db: Database) -> None:
    with any_db.write() as session:
        gone = a_reader(session, status=SubscriberStatus.UNSUBSCRIBED, unsubscribed_at=NOW)
        entered = [enqueue_goodbye(session, gone, NOW + number * DAY, DOMAIN) for number in range(3)]

    assert entered == [True, False, False]


def test_no_goodbye_to_who_never_confirmed_complained_or_is_suppressed(office: Office) -> None:
    left = {"status": SubscriberStatus.UNSUBSCRIBED, "unsubscribed_at": NOW}
    with office.db.write() as session:
        newcomer = a_reader(session, name="newcomer", confirmed_at=None, **left)
        annoyed = a_reader(session, name="annoyed", **left)
        a_delivery(session, annoyed, state="complained", finished_at=NOW)
        unwanted = a_reader(session, name="unwanted", **left)
        suppress(session, KEYS, unwanted.address_key, "bounce", NOW)
        entered = [enqueue_goodbye(session, one, NOW, DOMAIN) for one in (newcomer, annoyed, unwanted)]

    office.send()

    assert entered == [False, False, True]
    assert office.transport.taken == []
    assert "suppressed" in events_of(office.db, deliveries(office.db)[-1].id)[-1][1]


def test_the_promise_to_undo_is_the_one_that_is_kept() -> None:
    assert timedelta(days=UNDO_DAYS) == UNDO_WITHIN


def test_both_addresses_are_asked_each_at_its_own_and_told_the_other_masked(office: Office) -> None:
    change = Change("change-handle", "ann@elsewhere.example.net", 1)
    with office.db.write() as session:
        reader = a_reader(session)
        for kind in (MailKind.ADDRESS_OLD, MailKind.ADDRESS_NEW):
            enqueue_change(session, reader, kind, change, NOW, DOMAIN)

    office.send()

    texts = {mail["To"]: text_of(mail) for mail in mails(office)}
    assert office.transport.addresses() == ["ann@example.org", "ann@elsewhere.example.net"]
    old, new = texts["ann@example.org"], texts["ann@elsewhere.example.net"]
    assert "a…@e….net" in old
    assert "elsewhere" not in old
    assert "a…@e….org" in new
    assert "ann@example.org" not in new
    for text, side, purpose in ((old, "old", Purpose.ADDRESS_OLD), (new, "new", Purpose.ADDRESS_NEW)):
        token = link(text, f"address/{side}")
        assert read_dated_token(KEYS, purpose, token, NOW, ADDRESS_WITHIN) == "change-handle"


def test_an_address_that_must_not_be_mailed_is_not_asked(office: Office) -> None:
    with office.db.write() as session:
        reader = a_reader(session)
        suppress(session, KEYS, "ann@elsewhere.example.net", "complaint", NOW)
        change = Change("change-handle", "Ann@Elsewhere.example.net", 1)
        for kind in (MailKind.ADDRESS_OLD, MailKind.ADDRESS_NEW):
            enqueue_change(session, reader, kind, change, NOW, DOMAIN)

    office.send()

    assert office.transport.addresses() == ["ann@example.org"]
    assert states(office.db) == [SENT, SKIPPED]


def test_a_lost_link_is_sent_to_readers_only_and_once_a_day(any_db: Database) -> None:
    with any_db.write() as session:
        a_reader(session, name="ann")
        a_reader(session, name="paul", status=SubscriberStatus.PAUSED)
        a_reader(session, name="gone", status=SubscriberStatus.UNSUBSCRIBED)
        a_reader(session, name="new", status=SubscriberStatus.PENDING)
        names = ("ann", "ann", "paul", "gone", "new", "stranger")
        for name in names:
            ask_for_link(session, f"{name}@example.org", NOW)

    with any_db.write() as session:
        first = answer_requests(session, NOW, DOMAIN, "a key")
        ask_for_link(session, "ann@example.org", NOW + HOUR)
        second = answer_requests(session, NOW + HOUR, DOMAIN, "a key")
        kept = session.scalars(select(LinkRequest)).all()

    assert (first, second) == (2, 0)
    assert [row.kind for row in deliveries(any_db)] == [MailKind.LINK] * 2
    assert kept == [], "nobody's address stays"


def test_an_address_an_operator_has_spoilt_fails_alone(office: Office) -> None:
    with office.db.write() as session:
        reader = a_reader(session)
        a_delivery(session, reader, kind=MailKind.ADDRESS_NEW, address="no address", occasion="1")
        enqueue_notice(session, a_reader(session, name="bob"), MailKind.LINK, NOW, DOMAIN)

    office.send()

    assert office.transport.addresses() == ["bob@example.org"]


def test_a_pause_is_told_once_a_day_with_its_end_as_it_was_then(db: Database) -> None:
    with db.write() as session:
        reader = a_reader(session, status=SubscriberStatus.PAUSED)
        enqueue_paused(session, reader, NOW, DOMAIN)
        reader.paused_until = date(2026, 11, 29)
        enqueue_paused(session, reader, NOW + HOUR, DOMAIN)

    assert only_delivery(db).about == '{"until":null}'
