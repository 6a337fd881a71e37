"""When readers are due: weekdays, clock changes, pauses, and cut-offs at the reader's own hour."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from newsletter.db import Database
from newsletter.delivery.due import Planned
from newsletter.models import Subscriber, SubscriberStatus
from tests.delivery.cast import (
    DAY,
    HOUR,
    MINUTE,
    NOW,
    a_reader,
    a_topic,
    an_edition,
    deliveries,
    only_delivery,
)
from tests.delivery.planning import plan, reader_now


def test_weekdays_are_honoured(db: Database) -> None:
    with db.write() as session:
        reader = a_reader(session, a_topic(session), weekdays=0b0000101)

    plan(db)

    assert reader_now(db, reader).next_issue_at == NOW + DAY, "a Sunday; Monday is the next chosen day"
    plan(db, NOW + DAY)
    assert reader_now(db, reader).next_issue_at == NOW + 3 * DAY


def test_a_reader_without_weekdays_has_no_next_slot(db: Database) -> None:
    with db.write() as session:
        reader = a_reader(session, a_topic(session), weekdays=0)

    plan(db)

    assert reader_now(db, reader).next_issue_at is None


@pytest.mark.parametrize(
    ("zone", "hour", "first", "last"),
    [
        ("Europe/Berlin", time(2, 30), date(2026, 10, 23), date(2026, 10, 28)),
        ("Europe/Berlin", time(2, 30), date(2027, 3, 26), date(2027, 3, 31)),
        ("America/Santiago", time(0, 0), date(2026, 9, 4), date(2026, 9, 9)),
        ("America/Nuuk", time(23, 0), date(2027, 3, 25), date(2027, 3, 30)),
        ("Pacific/Auckland", time(23, 59), date(2026, 9, 25), date(2026, 9, 29)),
    ],
    ids=["an hour twice", "an hour skipped", "midnight skipped", "skipped to midnight", "far ahead of UTC"],
)
def test_one_issue_a_local_date_through_clock_changes(
    db: Database, zone: str, hour: time, first: date, last: date
) -> None:
    start = datetime.combine(first, hour, tzinfo=ZoneInfo(zone)).astimezone(NOW.tzinfo)
    with db.write() as session:
        topic = a_topic(session)
        a_reader(session, topic, timezone=zone, send_time=hour, next_issue_at=start)
        for number in range((last - first).days + 2):
            an_edition(session, topic, start - HOUR + number * DAY - timedelta(hours=3))

    for quarter in range(((last - first).days + 1) * 96):
        plan(db, start + quarter * 15 * MINUTE)

    dates = [row.occasion for row in deliveries(db)]
    expected = [(first + number * DAY).isoformat() for number in range((last - first).days + 1)]
    assert dates[: len(expected)] == expected
    assert len(dates) == len(set(dates))


def test_moving_the_hour_later_on_the_same_day_brings_no_second_issue(db: Database) -> None:
    with db.write() as session:
        topic = a_topic(session)
        an_edition(session, topic)
        reader = a_reader(session, topic)
    plan(db)
    with db.write() as session:
        an_edition(session, a_topic(session, "culture"), NOW + HOUR)
        session.get_one(Subscriber, reader.id).next_issue_at = NOW + 3 * HOUR
        session.get_one(Subscriber, reader.id).send_time = time(9)

    assert plan(db, NOW + 3 * HOUR).planned == 0
    assert len(deliveries(db)) == 1


def test_a_pause_ends_on_its_date_with_that_days_issue(db: Database) -> None:
    with db.write() as session:
        topic = a_topic(session)
        an_edition(session, topic)
        reader = a_reader(
            session,
            topic,
            status=SubscriberStatus.PAUSED,
            paused_until=date(2026, 11, 22),
            next_issue_at=None,
            timezone="Asia/Tokyo",
            send_time=time(0, 0),
        )
    midnight = datetime(2026, 11, 22, tzinfo=ZoneInfo("Asia/Tokyo")).astimezone(NOW.tzinfo)
    with db.write() as session:
        an_edition(session, topic, midnight - HOUR, published_at=midnight - HOUR, date=date(2026, 11, 21))

    assert plan(db, midnight - MINUTE).planned == 0
    assert plan(db, midnight + MINUTE).planned == 1

    assert only_delivery(db).occasion == "2026-11-22"
    assert reader_now(db, reader).status == SubscriberStatus.ACTIVE


def test_who_reads_at_the_minute_of_the_cut_off_gets_the_edition_that_is_being_made(any_db: Database) -> None:
    cutoff = NOW - HOUR
    with any_db.write() as session:
        topic, other = a_topic(session), a_topic(session, "culture", position=1)
        an_edition(session, topic, cutoff - DAY)
        an_edition(session, other, cutoff)
        a_reader(session, topic, other, name="ann", next_issue_at=cutoff, send_time=time(5))
        a_reader(session, other, name="bob", next_issue_at=cutoff, send_time=time(5))

    assert plan(any_db, cutoff) == Planned(1, more=False), "bob does not wait for a topic he does not follow"
    with any_db.write() as session:
        made = an_edition(session, topic, cutoff, published_at=cutoff + MINUTE)
    assert plan(any_db, cutoff + MINUTE).planned == 1

    assert str(made.id) in deliveries(any_db)[-1].editions.split(",")
    assert deliveries(any_db)[-1].occasion == "2026-11-22"


def test_a_topic_with_nothing_to_say_delays_its_readers_ten_minutes_at_most(db: Database) -> None:
    cutoff = NOW - HOUR
    with db.write() as session:
        topic, other = a_topic(session), a_topic(session, "culture", position=1)
        an_edition(session, other, cutoff)
        reader = a_reader(session, topic, other, next_issue_at=cutoff, send_time=time(5))

    assert plan(db, cutoff + 9 * MINUTE).planned == 0
    assert reader_now(db, reader).next_issue_at == cutoff
    assert plan(db, cutoff + 10 * MINUTE).planned == 1


def test_a_cut_off_just_before_midnight_is_waited_for_after_it(db: Database) -> None:
    midnight = NOW - 6 * HOUR
    with db.write() as session:
        topic = a_topic(session)
        topic.cutoff = time(23, 55)
        an_edition(session, topic, midnight - DAY - 5 * MINUTE)
        a_reader(session, topic, next_issue_at=midnight, send_time=time(0))

    assert plan(db, midnight + 2 * MINUTE).planned == 0
    assert plan(db, midnight + 5 * MINUTE).planned == 1


def test_a_pause_without_a_date_does_not_end_by_itself(db: Database) -> None:
    with db.write() as session:
        reader = a_reader(session, status=SubscriberStatus.PAUSED, next_issue_at=None)

    plan(db, NOW + 100 * DAY)

    assert reader_now(db, reader).status == SubscriberStatus.PAUSED
