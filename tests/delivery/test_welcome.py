"""The welcome issue: at once after confirming, in place of that date's issue."""

from datetime import datetime, time
from zoneinfo import ZoneInfo

from newsletter.db import Database
from newsletter.delivery.due import Planned, plan_due, plan_welcomes
from newsletter.models import Subscriber
from tests.delivery.cast import (
    DAY,
    DOMAIN,
    FRESH,
    HOUR,
    MINUTE,
    NOW,
    QUEUED,
    a_delivery,
    a_reader,
    a_topic,
    an_edition,
    deliveries,
    only_delivery,
)


def welcome(db: Database, now: datetime = NOW, limit: int = 1000) -> Planned:
    with db.write() as session:
        return plan_welcomes(session, now, FRESH, DOMAIN, limit)


def reader_now(db: Database, reader: Subscriber) -> Subscriber:
    with db.read() as session:
        return session.get_one(Subscriber, reader.id)


def test_who_just_confirmed_gets_the_newest_editions_at_once(any_db: Database) -> None:
    with any_db.write() as session:
        topic, other = a_topic(session), a_topic(session, "culture", position=1)
        an_edition(session, topic, NOW - 2 * DAY)
        newest = an_edition(session, topic)
        weekly = an_edition(session, other, NOW - 6 * DAY)
        reader = a_reader(
            session, topic, other, welcomed_at=None, next_issue_at=NOW + HOUR, send_time=time(7)
        )

    assert welcome(any_db) == Planned(planned=1, more=False)

    issue = only_delivery(any_db)
    assert (issue.welcome, issue.state, issue.occasion) == (True, QUEUED, "2026-11-22")
    assert issue.editions == f"{newest.id},{weekly.id}"
    assert issue.next_attempt_at <= NOW < issue.expires_at
    after = reader_now(any_db, reader)
    assert (after.welcomed_at, after.editions_until) == (NOW, NOW)
    assert after.next_issue_at == NOW + HOUR + DAY, "the welcome took today's slot"


def test_the_welcome_takes_the_slot_of_the_readers_own_date(db: Database) -> None:
    auckland = ZoneInfo("Pacific/Auckland")
    with db.write() as session:
        topic = a_topic(session)
        an_edition(session, topic)
        reader = a_reader(session, topic, welcomed_at=None, timezone="Pacific/Auckland", send_time=time(7))

    welcome(db)

    assert only_delivery(db).occasion == "2026-11-22", "19:00 in Auckland"
    assert reader_now(db, reader).next_issue_at == datetime(2026, 11, 23, 7, tzinfo=auckland)


def test_welcoming_twice_welcomes_once(any_db: Database) -> None:
    with any_db.write() as session:
        topic = a_topic(session)
        an_edition(session, topic)
        a_reader(session, topic, welcomed_at=None)

    assert [welcome(any_db).planned for _ in range(2)] == [1, 0]
    assert len(deliveries(any_db)) == 1


def test_the_next_morning_brings_no_edition_of_the_welcome_again(db: Database) -> None:
    with db.write() as session:
        topic = a_topic(session)
        an_edition(session, topic)
        a_reader(session, topic, welcomed_at=None)
    welcome(db)

    with db.write() as session:
        plan_due(session, NOW + DAY, FRESH, DOMAIN)

    assert len(deliveries(db)) == 1


def test_the_welcome_waits_for_the_first_edition(db: Database) -> None:
    with db.write() as session:
        topic = a_topic(session)
        reader = a_reader(session, topic, welcomed_at=None, confirmed_at=NOW)

    assert welcome(db) == Planned(0, more=False)
    assert reader_now(db, reader).welcomed_at is None

    with db.write() as session:
        an_edition(session, topic, NOW + 2 * HOUR)
    assert welcome(db, NOW + 2 * HOUR + MINUTE).planned == 1


def test_who_waits_for_an_edition_does_not_stand_before_the_others(db: Database) -> None:
    with db.write() as session:
        topic, silent = a_topic(session), a_topic(session, "silent")
        an_edition(session, topic)
        for number in range(3):
            a_reader(
                session,
                silent,
                name=f"waiting{number}",
                welcomed_at=None,
                confirmed_at=NOW,
                next_issue_at=NOW,
            )
        a_reader(session, topic, name="ready", welcomed_at=None, next_issue_at=NOW + HOUR)

    assert welcome(db, limit=1).planned == 1


def test_after_seven_days_without_an_edition_there_is_no_welcome_any_more(db: Database) -> None:
    with db.write() as session:
        reader = a_reader(session, a_topic(session), welcomed_at=None, confirmed_at=NOW - 7 * DAY)

    assert welcome(db).planned == 0

    after = reader_now(db, reader)
    assert (after.welcomed_at, after.next_issue_at) == (NOW, NOW)
    assert deliveries(db) == []


def test_an_edition_older_than_seven_days_welcomes_nobody(db: Database) -> None:
    with db.write() as session:
        topic = a_topic(session)
        an_edition(session, topic, NOW - 7 * DAY - MINUTE)
        a_reader(session, topic, welcomed_at=None, confirmed_at=NOW)

    assert welcome(db).planned == 0


def test_a_welcome_never_adds_to_an_issue_of_the_same_date(db: Database) -> None:
    with db.write() as session:
        topic = a_topic(session)
        an_edition(session, topic)
        reader = a_reader(session, topic, welcomed_at=None, next_issue_at=NOW + DAY)
        a_delivery(session, reader)

    assert welcome(db) == Planned(0, more=False)

    assert len(deliveries(db)) == 1
    after = reader_now(db, reader)
    assert (after.welcomed_at, after.next_issue_at, after.editions_until) == (NOW, NOW + DAY, None)
