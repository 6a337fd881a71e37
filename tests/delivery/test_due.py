"""Planning: whose slot has come gets one issue a local date, of editions they have not had."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

import pytest
from sqlalchemy.orm import Session

from newsletter.db import Database
from newsletter.delivery.due import Planned
from newsletter.models import EditionStatus, MailKind, Subscriber, SubscriberStatus
from tests.delivery.cast import (
    DAY,
    EXPIRED,
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
    events_of,
    only_delivery,
)
from tests.delivery.planning import plan, reader_now


def test_a_due_reader_gets_one_issue_and_the_next_slot(any_db: Database) -> None:
    with any_db.write() as session:
        topic = a_topic(session)
        edition = an_edition(session, topic)
        reader = a_reader(session, topic)

    assert plan(any_db, NOW + MINUTE) == Planned(planned=1, more=False)

    issue = only_delivery(any_db)
    assert (issue.kind, issue.state, issue.occasion) == (MailKind.ISSUE, QUEUED, "2026-11-22")
    assert issue.editions == str(edition.id)
    assert (issue.next_attempt_at, issue.expires_at) == (NOW, NOW + FRESH)
    assert not issue.welcome
    assert reader_now(any_db, reader).next_issue_at == NOW + DAY
    assert reader_now(any_db, reader).editions_until == NOW + MINUTE


def test_planning_again_makes_no_second_row(any_db: Database) -> None:
    with any_db.write() as session:
        topic = a_topic(session)
        an_edition(session, topic)
        reader = a_reader(session, topic)
    plan(any_db)
    with any_db.write() as session:
        session.get_one(Subscriber, reader.id).next_issue_at = NOW
        session.get_one(Subscriber, reader.id).editions_until = None

    assert plan(any_db).planned == 0

    assert len(deliveries(any_db)) == 1
    assert reader_now(any_db, reader).next_issue_at == NOW + DAY
    assert reader_now(any_db, reader).editions_until is None, "what was not entered was not had"


def test_two_planners_at_once_make_one_row_a_reader(any_db: Database) -> None:
    with any_db.write() as session:
        topic = a_topic(session)
        an_edition(session, topic)
        for number in range(60):
            a_reader(session, topic, name=f"reader{number}")

    with ThreadPoolExecutor(4) as pool:
        counts = list(pool.map(lambda _: plan(any_db, limit=20).planned, range(8)))

    assert sum(counts) == 60
    assert len({row.subscriber_id for row in deliveries(any_db)}) == len(deliveries(any_db)) == 60


def test_a_conflict_does_not_keep_the_others_from_their_issue(any_db: Database) -> None:
    with any_db.write() as session:
        topic = a_topic(session)
        an_edition(session, topic)
        had_it = a_reader(session, topic, name="ann")
        a_delivery(session, had_it)
        a_reader(session, topic, name="bob")

    assert plan(any_db).planned == 1
    assert len(deliveries(any_db)) == 2


def test_an_issue_holds_the_newest_edition_of_each_topic_in_the_order_of_topics(db: Database) -> None:
    with db.write() as session:
        science = a_topic(session, "science", position=2)
        culture = a_topic(session, "culture", position=1)
        asleep = a_topic(session, "asleep", position=0, active=False)
        an_edition(session, science, NOW - 25 * HOUR)
        of_science = an_edition(session, science)
        of_culture = an_edition(session, culture, NOW - 2 * HOUR)
        an_edition(session, asleep)
        an_edition(session, a_topic(session, "sport", position=0))
        a_reader(session, science, culture, asleep)

    plan(db)

    assert only_delivery(db).editions == f"{of_culture.id},{of_science.id}"


@pytest.mark.parametrize(
    "values",
    [
        {"status": EditionStatus.HELD},
        {"closed_at": NOW - 37 * HOUR},
        {"closed_at": NOW + MINUTE},
        {"published_at": NOW + MINUTE},
    ],
    ids=["held", "too old", "not closed yet", "not published yet"],
)
def test_no_story_no_mail(db: Database, values: dict[str, datetime]) -> None:
    with db.write() as session:
        topic = a_topic(session)
        edition = an_edition(session, topic)
        for name, value in values.items():
            setattr(edition, name, value)
        reader = a_reader(session, topic)

    assert plan(db).planned == 0

    assert deliveries(db) == []
    assert reader_now(db, reader).next_issue_at == NOW + DAY


def test_no_edition_comes_twice(db: Database) -> None:
    with db.write() as session:
        topic = a_topic(session)
        an_edition(session, topic)
        a_reader(session, topic)
    plan(db)

    assert plan(db, NOW + DAY).planned == 0

    with db.write() as session:
        newer = an_edition(session, topic, NOW + 2 * DAY - HOUR)
    assert plan(db, NOW + 2 * DAY).planned == 1
    assert deliveries(db)[-1].editions == str(newer.id)


def test_an_edition_held_past_the_readers_hour_comes_the_next_day(db: Database) -> None:
    with db.write() as session:
        topic, other = a_topic(session), a_topic(session, "culture", position=1)
        late = an_edition(session, topic, NOW - HOUR, published_at=NOW + 2 * HOUR)
        an_edition(session, other)
        a_reader(session, topic, other)
    plan(db)

    plan(db, NOW + DAY)

    assert [row.editions for row in deliveries(db)][1] == str(late.id)


def test_a_clock_that_jumps_back_repeats_nothing(db: Database) -> None:
    with db.write() as session:
        topic = a_topic(session)
        an_edition(session, topic)
        reader = a_reader(session, topic, next_issue_at=NOW - 2 * HOUR)
    plan(db)
    with db.write() as session:
        session.get_one(Subscriber, reader.id).next_issue_at = NOW - 3 * HOUR
        an_edition(session, a_topic(session, "culture"), NOW - 4 * HOUR)

    plan(db, NOW - 2 * HOUR)

    assert len(deliveries(db)) == 1
    assert reader_now(db, reader).editions_until == NOW


def test_a_slot_older_than_the_freshness_limit_is_shown_as_expired_and_never_sent(any_db: Database) -> None:
    with any_db.write() as session:
        topic = a_topic(session)
        an_edition(session, topic)
        reader = a_reader(session, topic)

    assert plan(any_db, NOW + FRESH).planned == 0

    missed = only_delivery(any_db)
    assert (missed.state, missed.finished_at) == (EXPIRED, NOW + FRESH)
    assert [kind for kind, _ in events_of(any_db, missed.id)] == ["expired"]
    after = reader_now(any_db, reader)
    assert (after.next_issue_at, after.editions_until) == (NOW + DAY, None)


def test_a_missed_slot_with_nothing_to_say_leaves_no_row(db: Database) -> None:
    with db.write() as session:
        reader = a_reader(session, a_topic(session))

    plan(db, NOW + 3 * DAY)

    assert deliveries(db) == []
    assert reader_now(db, reader).next_issue_at == NOW + 4 * DAY


def test_a_slot_just_inside_the_freshness_limit_is_still_sent(db: Database) -> None:
    with db.write() as session:
        topic = a_topic(session)
        an_edition(session, topic)
        a_reader(session, topic)

    assert plan(db, NOW + FRESH - MINUTE).planned == 1
    assert only_delivery(db).expires_at == NOW + FRESH


@pytest.mark.parametrize(
    "status", [SubscriberStatus.PENDING, SubscriberStatus.PAUSED, SubscriberStatus.UNSUBSCRIBED]
)
def test_only_active_readers_are_planned(db: Database, status: SubscriberStatus) -> None:
    with db.write() as session:
        topic = a_topic(session)
        an_edition(session, topic)
        a_reader(session, topic, status=status)

    assert plan(db).planned == 0
    assert deliveries(db) == []


def test_readers_are_planned_a_chunk_at_a_time_longest_due_first(db: Database) -> None:
    with db.write() as session:
        topic = a_topic(session)
        an_edition(session, topic, NOW - 3 * HOUR)
        late = a_reader(session, topic, name="ann", next_issue_at=NOW - 2 * HOUR)
        for name in ("bob", "cem"):
            a_reader(session, topic, name=name)

    assert plan(db, limit=1) == Planned(1, more=True)
    assert only_delivery(db).subscriber_id == late.id
    assert plan(db, limit=5) == Planned(2, more=False)


def test_a_zone_this_machine_does_not_know_stops_nobody(db: Database) -> None:
    with db.write() as session:
        topic = a_topic(session)
        an_edition(session, topic)
        a_reader(session, topic, name="ann", timezone="Atlantis/Capital")
        a_reader(session, topic, name="bob")

    assert plan(db).planned == 2


def test_who_was_never_welcomed_gets_the_first_issue_as_their_welcome(db: Database) -> None:
    with db.write() as session:
        topic = a_topic(session)
        an_edition(session, topic)
        reader = a_reader(session, topic, welcomed_at=None)

    plan(db)

    assert only_delivery(db).welcome
    assert reader_now(db, reader).welcomed_at == NOW


def test_message_ids_tell_nothing_about_the_reader_and_differ_between_them(db: Database) -> None:
    def issue_of(session: Session, name: str) -> None:
        a_reader(session, topic, name=name)

    with db.write() as session:
        topic = a_topic(session)
        an_edition(session, topic)
        issue_of(session, "ann")
        issue_of(session, "bob")

    plan(db)

    ids = {row.message_id for row in deliveries(db)}
    assert len(ids) == 2
    assert all(one.startswith("<issue.2026-11-22.") and one.endswith("@news.example.com>") for one in ids)
    assert not any("ann" in one or "handle" in one for one in ids)
