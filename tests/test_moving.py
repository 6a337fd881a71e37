"""Moving the hour: what the page promises is what the button does."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from newsletter import subscribers
from newsletter.db import Database
from newsletter.models import Delivery, MailKind, Source, Subscriber
from newsletter.mutes import TooManyMutes
from newsletter.subscribers import HourChanged, UnknownSource, hour_away, move_hour, plan_move
from tests.web.builders import add_source, add_subscriber, add_topic

SEVEN, SIX, EIGHT = time(7, 0), time(6, 0), time(8, 0)


def utc(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC)


@pytest.fixture
def ann(any_db: Database) -> Subscriber:
    """Reads at 07:00 UTC, confirmed on the 20th in the evening."""
    with any_db.write() as session:
        add_topic(session, "world")
        return add_subscriber(session, "ann@example.com", utc(20, 20), timezone="UTC")


def moved(
    db: Database, reader: Subscriber, was: time, at: time, now: datetime
) -> tuple[datetime | None, datetime | None, datetime | None]:
    """When the next issue comes after a move, and what was promised for it: since when, and before."""
    with db.write() as session:
        reader = session.get_one(Subscriber, reader.id)
        reader.send_time = was
        reader.next_issue_at = subscribers.plan_move(session, reader, was, now).since
        promised = plan_move(session, reader, at, now)
        move_hour(session, reader.handle, was, at, now)
        assert reader.send_time == at
        return reader.next_issue_at, promised.since, promised.before


@pytest.mark.parametrize(
    ("at", "hours", "expected"),
    [
        (SEVEN, -1, SIX),
        (SEVEN, 1, EIGHT),
        (time(0, 0), -1, time(23, 0)),
        (time(23, 30), 1, time(0, 30)),
    ],
)
def test_an_hour_away_begins_anew_around_midnight(at: time, hours: int, expected: time) -> None:
    assert hour_away(at, hours) == expected


def test_earlier_moves_the_issue_that_is_due(any_db: Database, ann: Subscriber) -> None:
    assert moved(any_db, ann, SEVEN, SIX, utc(22, 5, 30)) == (utc(22, 6), utc(22, 6), None)


def test_who_asks_for_earlier_when_that_hour_is_over_still_gets_todays_issue(
    any_db: Database, ann: Subscriber
) -> None:
    due, since, before = moved(any_db, ann, SEVEN, SIX, utc(22, 6, 30))
    assert due == before == utc(22, 7)
    assert since == utc(23, 6)


def test_later_after_todays_issue_holds_from_tomorrow(any_db: Database, ann: Subscriber) -> None:
    with any_db.write() as session:
        todays = Delivery(
            subscriber_id=ann.id, kind=MailKind.ISSUE, occasion="2026-11-22", message_id="<1@example.com>",
            next_attempt_at=utc(22, 7), expires_at=utc(22, 19), created_at=utc(22, 7),
        )  # fmt: skip
        session.add(todays)
    assert moved(any_db, ann, SEVEN, EIGHT, utc(22, 7, 30)) == (utc(23, 8), utc(23, 8), None)


def test_an_hour_before_midnight_is_late_in_the_evening(any_db: Database, ann: Subscriber) -> None:
    assert moved(any_db, ann, time(0, 0), time(23, 0), utc(22, 20)) == (utc(22, 23), utc(22, 23), None)


def test_an_hour_after_eleven_is_the_start_of_the_next_day(any_db: Database, ann: Subscriber) -> None:
    assert moved(any_db, ann, time(23, 0), time(0, 0), utc(22, 20)) == (utc(23, 0), utc(23, 0), None)


def test_on_the_night_the_clocks_change_a_skipped_hour_means_the_first_instant_after_it(
    any_db: Database, ann: Subscriber
) -> None:
    with any_db.write() as session:
        reader = session.get_one(Subscriber, ann.id)
        reader.timezone, reader.send_time = "Europe/Berlin", time(3, 0)
        saturday_evening = datetime(2027, 3, 27, 20, 0, tzinfo=UTC)
        reader.next_issue_at = plan_move(session, reader, time(3, 0), saturday_evening).since
        move_hour(session, reader.handle, time(3, 0), time(2, 0), saturday_evening)
        assert reader.next_issue_at == datetime(2027, 3, 28, 1, 0, tzinfo=UTC)  # 03:00 in Berlin


def test_moving_twice_to_the_same_hour_moves_once(any_db: Database, ann: Subscriber) -> None:
    with any_db.write() as session:
        for _ in range(2):
            reader = move_hour(session, ann.handle, SEVEN, SIX, utc(22, 5))
        assert reader.send_time == SIX


def test_an_hour_that_was_changed_otherwise_in_between_is_left_alone(
    any_db: Database, ann: Subscriber
) -> None:
    with any_db.write() as session:
        session.get_one(Subscriber, ann.id).send_time = time(12, 0)
        with pytest.raises(HourChanged):
            move_hour(session, ann.handle, SEVEN, SIX, utc(22, 5))


def test_moving_while_paused_keeps_the_pause(any_db: Database, ann: Subscriber) -> None:
    with any_db.write() as session:
        subscribers.pause(session, ann.handle, date(2026, 12, 1))
        reader = move_hour(session, ann.handle, SEVEN, SIX, utc(22, 5))
        assert (reader.status, reader.next_issue_at, reader.send_time) == ("paused", None, SIX)
        subscribers.resume(session, ann.handle, utc(22, 5))
        assert reader.next_issue_at == utc(22, 6)


def test_weekdays_that_were_not_chosen_stay_so(any_db: Database, ann: Subscriber) -> None:
    with any_db.write() as session:
        session.get_one(Subscriber, ann.id).weekdays = 0b1  # Mondays
    due, since, before = moved(any_db, ann, SEVEN, SIX, utc(23, 6, 30))
    assert due == before == utc(23, 7)
    assert since == utc(23, 6) + timedelta(days=7)


@pytest.fixture
def source(any_db: Database) -> Source:
    with any_db.write() as session:
        return add_source(session, "The Wire")


def test_muting_twice_and_bringing_back_twice_are_as_good_as_once(
    any_db: Database, ann: Subscriber, source: Source
) -> None:
    with any_db.write() as session:
        for _ in range(2):
            reader = subscribers.mute_source(session, ann.handle, source.id)
        assert reader.muted_sources == str(source.id)
        for _ in range(2):
            reader = subscribers.unmute_source(session, ann.handle, source.id)
        assert reader.muted_sources == ""


def test_a_source_that_is_none_cannot_be_muted(any_db: Database, ann: Subscriber) -> None:
    with any_db.write() as session, pytest.raises(UnknownSource):
        subscribers.mute_source(session, ann.handle, 12345)


def test_the_fifty_first_source_is_refused_and_the_others_stay(
    any_db: Database, ann: Subscriber, source: Source
) -> None:
    full = ",".join(str(1000 + number) for number in range(50))
    with any_db.write() as session:
        reader = session.get_one(Subscriber, ann.id)
        reader.muted_sources = full
        session.flush()
        with pytest.raises(TooManyMutes):
            subscribers.mute_source(session, ann.handle, source.id)
        assert reader.muted_sources == full
