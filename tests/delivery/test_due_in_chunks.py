"""Planning many readers: chunk after chunk, each reader looked at once, whatever they have in common."""

from collections import Counter
from contextlib import closing
from datetime import date, time
from pathlib import Path
from typing import Any

from sqlalchemy import event

from bench import readership
from bench.readership import make_readership
from newsletter import jobs
from newsletter.config import Settings
from newsletter.db import Database
from newsletter.delivery.due import CHUNK, Planned, plan_welcomes
from newsletter.models import Subscriber, SubscriberStatus
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
)
from tests.delivery.planning import plan, reader_now


def test_chunks_after_one_another_serve_everybody_once(any_db: Database) -> None:
    with any_db.write() as session:
        topic = a_topic(session)
        an_edition(session, topic, NOW - 3 * HOUR)
        for number in range(7):
            a_reader(session, topic, name=f"r{number}", next_issue_at=NOW - number % 3 * HOUR)

    chunk, counts = plan(any_db, limit=3), []
    while chunk.more:
        counts.append(chunk.planned)
        chunk = plan(any_db, limit=3, after=chunk.last)

    assert [*counts, chunk.planned] == [3, 3, 1]
    assert set(Counter(row.subscriber_id for row in deliveries(any_db)).values()) == {1}


def test_a_chunk_does_not_pass_again_those_who_were_left_for_later(any_db: Database) -> None:
    cutoff = NOW - HOUR
    with any_db.write() as session:
        closing, ready = a_topic(session), a_topic(session, "culture", position=1)
        ready.cutoff = time(1)
        an_edition(session, ready, cutoff - HOUR)
        early = [a_reader(session, ready, name=f"e{n}", next_issue_at=cutoff) for n in range(2)]
        a_reader(session, closing, ready, name="waiting", next_issue_at=cutoff)
        late = a_reader(session, ready, name="late", next_issue_at=cutoff)

    first = plan(any_db, cutoff, limit=2)
    assert first.last == (cutoff, early[1].id)
    with any_db.write() as session:
        session.get_one(Subscriber, early[0].id).next_issue_at = cutoff
    second = plan(any_db, cutoff, limit=2, after=first.last)

    assert (second.planned, second.last) == (1, (cutoff, late.id)), "neither who waits nor who was served"


def test_readers_with_nothing_in_common_are_each_planned_as_if_alone(any_db: Database) -> None:
    with any_db.write() as session:
        topics = [a_topic(session, f"t{place}", position=3 - place) for place in range(3)]
        editions = [an_edition(session, topic, NOW - 4 * HOUR) for topic in topics]
        readers = [
            a_reader(session, topics[0], name="berlin", timezone="Europe/Berlin", send_time=time(7)),
            a_reader(session, *topics, name="kolkata", timezone="Asia/Kolkata", send_time=time(11, 30)),
            a_reader(session, topics[1], name="new", welcomed_at=None, weekdays=0b0000001),
            a_reader(session, topics[2], name="ahead", editions_until=NOW - HOUR),
            a_reader(session, topics[2], name="missed", next_issue_at=NOW - 13 * HOUR, send_time=time(17)),
            a_reader(session, name="no topics"),
        ]
        had_it = a_reader(session, topics[0], name="had it", editions_until=NOW - DAY)
        a_delivery(session, had_it)

    assert plan(any_db).planned == 3

    rows = {row.subscriber_id: row for row in deliveries(any_db)}
    berlin, kolkata, new, ahead, missed, nothing = (reader.id for reader in readers)
    first, second, third = (str(edition.id) for edition in editions)
    assert set(rows) == {berlin, kolkata, new, missed, had_it.id}
    assert [rows[one].editions for one in (berlin, kolkata, new)] == [
        first,
        f"{third},{second},{first}",
        second,
    ]
    assert (rows[new].welcome, rows[missed].state, rows[missed].occasion) == (True, "expired", "2026-11-21")
    after = {reader.id: reader_now(any_db, reader) for reader in (*readers, had_it)}
    assert [after[one].next_issue_at for one in (berlin, new, missed)] == [
        NOW + DAY,
        NOW + DAY,
        NOW + 11 * HOUR,
    ]
    assert [after[one].editions_until for one in (kolkata, missed, had_it.id)] == [NOW, None, NOW - DAY]
    assert after[ahead].editions_until == NOW - HOUR
    assert after[nothing].next_issue_at == NOW + DAY
    assert [after[one].welcomed_at == NOW for one in (berlin, new)] == [False, True]


def test_a_holiday_that_is_not_over_further_west_keeps_nobody_from_coming_back(any_db: Database) -> None:
    paused = {"status": SubscriberStatus.PAUSED, "paused_until": date(2026, 11, 22), "next_issue_at": None}
    with any_db.write() as session:
        for number in range(3):
            a_reader(session, name=f"west{number}", timezone="America/Los_Angeles", **paused)
        back = a_reader(session, name="east", timezone="Asia/Tokyo", send_time=time(15), **paused)

    plan(any_db, NOW - MINUTE, limit=2)

    again = reader_now(any_db, back)
    assert (again.status, again.paused_until, again.next_issue_at) == (SubscriberStatus.ACTIVE, None, NOW)


def test_a_pause_whose_hour_has_come_is_served_in_the_same_chunk(any_db: Database) -> None:
    with any_db.write() as session:
        topic = a_topic(session)
        an_edition(session, topic)
        a_reader(
            session,
            topic,
            status=SubscriberStatus.PAUSED,
            paused_until=date(2026, 11, 22),
            next_issue_at=None,
        )

    assert plan(any_db, NOW + MINUTE) == Planned(1, more=False)


def test_what_is_asked_every_minute_reads_only_the_few_it_is_about(db: Database) -> None:
    asked: list[tuple[str, Any]] = []
    event.listen(
        db.engine,
        "before_cursor_execute",
        lambda _conn, _cursor, statement, parameters, *_rest: asked.append((statement, parameters)),
    )
    with db.write() as session:
        topic = a_topic(session)
        a_reader(session, topic, welcomed_at=None)
        a_reader(
            session,
            name="paused",
            status=SubscriberStatus.PAUSED,
            paused_until=NOW.date(),
            next_issue_at=None,
        )

    plan(db)
    with db.write() as session:
        plan_welcomes(session, NOW, FRESH, DOMAIN)

    questions = [one for one in asked if one[0].startswith("SELECT") and "FROM subscriber" in one[0]]
    with db.engine.connect() as connection:
        explained = [
            connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters).all()[0][3]
            for statement, parameters in questions
        ]
    assert [plan.partition(" INDEX ")[2].partition(" (")[0] for plan in explained] == [
        "ix_subscriber_paused",
        "ix_subscriber_paused",
        "ix_subscriber_status_next_issue_at",
        "ix_subscriber_unwelcomed",
    ]
    assert "next_issue_at<?" in explained[2], "who is due is one range of the index"


def test_the_job_plans_one_chunk_after_the_other_until_nobody_is_left(tmp_path: Path) -> None:
    due = CHUNK + 500
    path = tmp_path / "newsletter.db"
    make_readership(path, due * 4)
    settings = Settings(data_dir=tmp_path)

    with closing(Database(f"sqlite:///{path}")) as database:
        assert jobs.plan_due(settings, database, readership.NOW) == due
        assert jobs.plan_due(settings, database, readership.NOW) == 0
        waiting = [row for row in deliveries(database) if row.state == QUEUED]

    assert len(waiting) == due
    assert {row.occasion for row in waiting} == {"2026-11-22"}, "one date, in every zone of this hour"
    assert all(len(row.editions.split(",")) == 3 for row in waiting)
