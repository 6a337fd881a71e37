"""Which editions are due: once a date, at the topic's own hour, and never for nothing."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from newsletter.db import Database
from newsletter.editions.build import close_edition, due_topics
from newsletter.editions.due import DueEdition, newest_cutoff
from newsletter.models import Topic
from tests.editions.catalogue import WINDOW, add_article, add_topic, render
from tests.editions.newsroom import MORNING

MINUTE = timedelta(minutes=1)
TODAY = MORNING.date()


def topic_at(cutoff: time, timezone: str) -> Topic:
    return Topic(id=1, slug="t", name="T", cutoff=cutoff, timezone=timezone)


def close_all(session: Session, now: datetime) -> int:
    waiting = due_topics(session, now)
    for one in waiting:
        close_edition(session, one.topic_id, one.date, one.cutoff, now, WINDOW, render)
    return len(waiting)


def test_an_edition_is_due_from_its_cutoff_until_it_exists(any_db: Database) -> None:
    with any_db.write() as session:
        topic = add_topic(session)
        add_article(session, topic.sources[0], "Night trains return")
        assert DueEdition(topic.id, TODAY, MORNING) not in due_topics(session, MORNING - MINUTE)
        assert due_topics(session, MORNING) == [DueEdition(topic.id, TODAY, MORNING)]
        close_all(session, MORNING)
        assert due_topics(session, MORNING + MINUTE) == []


def test_a_topic_with_nothing_to_say_is_not_gone_through_every_minute(any_db: Database) -> None:
    with any_db.write() as session:
        topic = add_topic(session)
        add_article(session, topic.sources[0], "Museum returns carved drum")
        assert close_all(session, MORNING) == 1
        tomorrow = MORNING + timedelta(days=1)
        copy = "Museum returns carved drum!"
        add_article(session, topic.sources[1], copy, published=tomorrow - timedelta(hours=3))
        assert close_all(session, tomorrow) == 1
        assert close_all(session, tomorrow + MINUTE) == 0
        add_article(session, topic.sources[2], "Night trains return", published=tomorrow - timedelta(hours=1))
        assert close_all(session, tomorrow + 2 * MINUTE) == 1
        assert close_all(session, tomorrow + 3 * MINUTE) == 0


def test_an_article_published_after_the_cutoff_waits_for_the_next_edition(any_db: Database) -> None:
    with any_db.write() as session:
        topic = add_topic(session)
        add_article(session, topic.sources[0], "Museum returns carved drum")
        close_all(session, MORNING)
        second = MORNING + timedelta(days=1)
        add_article(session, topic.sources[1], "Night trains return", published=second + MINUTE)
        assert close_all(session, second + timedelta(hours=2)) == 0
        assert close_all(session, second + timedelta(days=1)) == 1


def test_a_quiet_topic_costs_a_handful_of_queries_whatever_it_holds(any_db: Database) -> None:
    with any_db.write() as session:
        topic = add_topic(session)
        for number in range(50):
            add_article(session, topic.sources[0], f"Article {number}")
        close_all(session, MORNING)
        statements: list[str] = []
        event.listen(any_db.engine, "before_cursor_execute", lambda *args: statements.append(args[2]))
        assert due_topics(session, MORNING + timedelta(days=1)) == []
        assert len(statements) <= 6


def test_cutoffs_missed_for_longer_than_a_day_are_let_go(any_db: Database) -> None:
    with any_db.write() as session:
        topic = add_topic(session)
        add_article(session, topic.sources[0], "Night trains return")
        late = MORNING + timedelta(days=3, hours=2)
        add_article(session, topic.sources[0], "Chess title won", published=late - timedelta(hours=4))
        assert [one.date for one in due_topics(session, late)] == [late.date()]


def test_topics_put_to_sleep_are_never_due(any_db: Database) -> None:
    with any_db.write() as session:
        topic = add_topic(session)
        add_article(session, topic.sources[0], "Night trains return")
        topic.active = False
        session.flush()
        assert due_topics(session, MORNING) == []


def test_the_first_edition_waits_for_the_first_poll_of_every_source_but_not_for_ever(
    any_db: Database,
) -> None:
    with any_db.write() as session:
        topic = add_topic(session, polled=False)
        for source in topic.sources:
            source.created_at = MORNING - MINUTE
        add_article(session, topic.sources[0], "Night trains return")
        assert due_topics(session, MORNING) == []
        assert len(due_topics(session, MORNING + timedelta(minutes=10))) == 1
        for source in topic.sources:
            source.last_polled_at = MORNING
        session.flush()
        assert len(due_topics(session, MORNING)) == 1


@pytest.mark.parametrize(
    ("cutoff", "timezone", "now", "day", "instant"),
    [
        # Clocks go from 02:00 to 03:00: a cut-off in the gap closes right after it.
        (time(2, 30), "Europe/Berlin", "2026-03-29T01:00", date(2026, 3, 29), "2026-03-29T01:00"),
        # The hour from 02:00 happens twice: the first one counts.
        (time(2, 30), "Europe/Berlin", "2026-10-25T00:30", date(2026, 10, 25), "2026-10-25T00:30"),
        (time(2, 30), "Europe/Berlin", "2026-10-25T01:45", date(2026, 10, 25), "2026-10-25T00:30"),
        # East of the date line the local date is ahead.
        (time(5, 0), "Pacific/Auckland", "2026-11-22T18:00", date(2026, 11, 23), "2026-11-22T16:00"),
        # Before today's cut-off, yesterday's is the newest.
        (time(5, 0), "UTC", "2026-11-22T04:59", date(2026, 11, 21), "2026-11-21T05:00"),
    ],
)
def test_the_newest_cutoff_follows_the_topics_own_clock(
    cutoff: time, timezone: str, now: str, day: date, instant: str
) -> None:
    moment = datetime.fromisoformat(now).replace(tzinfo=UTC)
    expected = DueEdition(1, day, datetime.fromisoformat(instant).replace(tzinfo=UTC))
    assert newest_cutoff(topic_at(cutoff, timezone), moment) == expected


@pytest.mark.parametrize(
    "timezone", ["Europe/Berlin", "America/Santiago", "Africa/Cairo", "Australia/Lord_Howe"]
)
def test_every_local_date_of_a_year_is_due_once(timezone: str) -> None:
    topic = topic_at(time(0, 15), timezone)
    now = datetime(2026, 1, 1, 12, tzinfo=UTC)
    found = {newest_cutoff(topic, now + timedelta(minutes=20) * step) for step in range(365 * 72)}
    days = sorted(one.date for one in found if one)
    assert days == [days[0] + timedelta(days=number) for number in range(len(days))]
    assert days[-1] == (now + timedelta(days=365)).astimezone(ZoneInfo(timezone)).date()
