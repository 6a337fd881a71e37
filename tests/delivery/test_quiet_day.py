"""The note of a quiet day: for who wants it, in the issue's place, and never beside it."""

import re
from dataclasses import replace
from datetime import time
from email import message_from_bytes, policy
from typing import Any

import pytest

from newsletter.db import Database
from newsletter.delivery.composer import Composer
from newsletter.delivery.letter import read_letters
from newsletter.models import Delivery, MailKind, Subscriber
from tests.delivery.cast import (
    DAY,
    HOUR,
    MINUTE,
    NOW,
    SENT,
    a_reader,
    a_topic,
    an_edition,
    deliveries,
    only_delivery,
    state_of,
)
from tests.delivery.office import KEYS, PUBLICATION, Office
from tests.delivery.planning import plan, reader_now
from tests.fakes import Killed, accept, killed_after_the_mark
from tests.mail.dkim_verifier import BOTH, WRITTEN_AT, signer, verified


def test_who_wants_it_gets_a_note_in_place_of_silence(any_db: Database) -> None:
    with any_db.write() as session:
        science, culture = a_topic(session, "science", 1), a_topic(session, "culture", 0)
        reader = a_reader(session, science, culture, name="ann", quiet_note=True)
        a_reader(session, science, name="bob")

    assert plan(any_db, NOW + MINUTE).planned == 1

    note = only_delivery(any_db)
    assert (note.subscriber_id, note.kind, note.occasion) == (reader.id, MailKind.ISSUE, "2026-11-22")
    assert (note.editions, note.about) == ("", f'{{"topics":[{culture.id},{science.id}]}}')
    after = reader_now(any_db, reader)
    assert after.next_issue_at == NOW + DAY
    assert after.editions_until is None, "nothing was had"


def test_a_day_with_news_brings_the_issue_and_no_note(db: Database) -> None:
    with db.write() as session:
        topic = a_topic(session)
        edition = an_edition(session, topic)
        a_reader(session, topic, quiet_note=True)

    plan(db)

    assert only_delivery(db).editions == str(edition.id)


def test_one_mail_a_date_whatever_comes_later(any_db: Database) -> None:
    """A note went out, then an edition that was held back is let go and the hour is moved: no second mail."""
    with any_db.write() as session:
        topic = a_topic(session)
        reader = a_reader(session, topic, quiet_note=True)
    plan(any_db)
    with any_db.write() as session:
        edition = an_edition(session, topic, NOW)
        session.get_one(Subscriber, reader.id).next_issue_at = NOW + HOUR
        session.get_one(Subscriber, reader.id).send_time = time(7)

    assert plan(any_db, NOW + 2 * HOUR).planned == 0
    assert only_delivery(any_db).editions == ""

    plan(any_db, NOW + DAY + HOUR)
    assert [row.editions for row in deliveries(any_db)] == ["", str(edition.id)], "the next date has it"


@pytest.mark.parametrize(
    "values",
    [{"welcomed_at": None}, {"next_issue_at": NOW - 13 * HOUR}],
    ids=["waits for the welcome", "the slot is long past"],
)
def test_no_note_to_who_would_lose_by_it_or_gets_it_late(db: Database, values: dict[str, Any]) -> None:
    with db.write() as session:
        a_reader(session, a_topic(session), quiet_note=True, **values)

    assert plan(db).planned == 0
    assert deliveries(db) == []


def test_no_note_to_who_follows_nothing(db: Database) -> None:
    with db.write() as session:
        a_reader(session, quiet_note=True)

    assert plan(db).planned == 0


def test_many_notes_and_issues_are_planned_in_one_pass(db: Database) -> None:
    with db.write() as session:
        news, quiet = a_topic(session, "news", 0), a_topic(session, "quiet", 1)
        an_edition(session, news)
        for number in range(40):
            topics = (news,) if number % 2 else (quiet,)
            a_reader(session, *topics, name=f"reader{number}", quiet_note=True)

    assert plan(db, limit=100).planned == 40
    assert sum(row.editions == "" for row in deliveries(db)) == 20


def test_the_note_is_list_mail_that_says_what_is_quiet(office: Office) -> None:
    with office.db.write() as session:
        science, culture = a_topic(session, "science", 1), a_topic(session, "culture", 0)
        a_reader(session, science, culture, quiet_note=True)
    plan(office.db)

    office.send()

    (taken,) = office.transport.taken
    mail = message_from_bytes(taken.message, policy=policy.default)
    text = mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert mail["Subject"] == "A quiet day: nothing new in Culture, Science"
    assert "Nothing new today in Culture, Science." in text
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert re.search(r"/unsubscribe/\S+", text)
    assert state_of(office.db, only_delivery(office.db).id) == SENT


def test_a_note_sent_again_after_a_crash_is_the_same_to_the_byte(office: Office) -> None:
    with office.db.write() as session:
        topic = a_topic(session)
        reader = a_reader(session, topic, quiet_note=True)
    plan(office.db)
    office.transport.to("ann@example.org", killed_after_the_mark, accept)
    with pytest.raises(Killed):
        office.send()
    with office.db.write() as session:
        session.get_one(Subscriber, reader.id).topics = []
    office.wait()
    office.sweep()
    office.wait()

    office.send()

    first, second = office.transport.asked
    assert first.message == second.message
    assert len(office.transport.taken) == 1


def test_notes_of_the_same_topics_share_a_skeleton_and_are_signed(db: Database) -> None:
    with db.write() as session:
        topic = a_topic(session)
        for name in ("ann", "bob"):
            a_reader(session, topic, name=name, quiet_note=True)
    plan(db)
    with db.read() as session:
        numbers = [row.id for row in session.query(Delivery)]
        letters = [one._replace(created_at=WRITTEN_AT) for one in read_letters(session, numbers)]

    composer = Composer(db.read, replace(PUBLICATION, signer=signer()), KEYS)
    mails = [composer.compose(letter) for letter in letters]

    assert [verified(mail.message) for mail in mails] == [BOTH, BOTH]
    assert len(composer._skeletons) == 1
