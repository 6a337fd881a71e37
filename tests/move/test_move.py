"""Moving to another database: everything arrives as it was, and the service goes on where it stood."""

from datetime import time

from sqlalchemy import select

from newsletter.db import Database
from newsletter.delivery import ledger
from newsletter.delivery.claim import take
from newsletter.delivery.retry import Outcome
from newsletter.editions.search import search
from newsletter.editions.search_words import read_question
from newsletter.models import Delivery, Story, Subscriber, Topic
from newsletter.move import move, tables_in_order
from tests.delivery.cast import (
    LEASE,
    NOW,
    SENDING,
    SENT,
    a_delivery,
    a_reader,
    a_topic,
    an_edition,
    only_delivery,
)
from tests.delivery.claims import mark, record
from tests.delivery.office import KEYS
from tests.delivery.planning import plan
from tests.move.installation import everything, highest_id, rows_in


def test_every_row_of_every_table_arrives_as_it_was(filled: Database, postgres: Database) -> None:
    before = everything(filled)
    assert all(before.values()), "give every table a row"
    moved = move(filled, postgres, NOW)
    assert everything(postgres) == before
    assert everything(filled) == before
    assert {table.name: table.rows for table in moved.tables} == {n: len(rows) for n, rows in before.items()}
    assert not moved.repairs.replaced
    assert not moved.repairs.cut


def test_and_back_again(filled: Database, postgres: Database, other_file: Database) -> None:
    before = everything(filled)
    move(filled, postgres, NOW)
    move(postgres, other_file, NOW)
    assert everything(other_file) == before


def test_what_the_search_finds_is_found_after_the_move_too(
    filled: Database, postgres: Database, other_file: Database
) -> None:
    move(filled, postgres, NOW)
    move(postgres, other_file, NOW)
    for database in (filled, postgres, other_file):
        with database.read() as session:
            found = search(session, read_question("courier -ferry"), None, False, 0, 5)
            assert [story.id for story in found.stories] == [1], database.url.get_backend_name()


def test_what_is_new_afterwards_gets_the_next_numbers(filled: Database, postgres: Database) -> None:
    move(filled, postgres, NOW)
    last = {model: highest_id(postgres, model) for model in (Topic, Subscriber, Delivery)}
    with postgres.write() as session:
        topic = a_topic(session, "sport")
        reader = a_reader(session, topic, name="cleo")
        delivery = a_delivery(session, reader)
        assert (topic.id, reader.id, delivery.id) == tuple(number + 1 for number in last.values())


def test_a_table_longer_than_many_pages_arrives(db: Database, postgres: Database) -> None:
    with db.write() as session:
        topics = [
            Topic(slug=f"t{n}", name=f"{n}", cutoff=time(5), timezone="UTC", created_at=NOW)
            for n in range(4_321)
        ]
        session.add_all(topics)
    steps: list[int] = []
    move(db, postgres, NOW, counted=steps.append, progress=lambda _table, rows: steps.append(-rows))
    assert rows_in(postgres) == 4_321
    assert sum(steps) == 0, "progress reaches what was counted"
    assert everything(postgres) == everything(db)


def test_a_story_may_continue_one_with_a_higher_number(filled: Database, postgres: Database) -> None:
    with filled.write() as session:
        first = session.get_one(Story, 1)
        first.previous_id, session.get_one(Story, 2).previous_id = 2, None
    move(filled, postgres, NOW)
    assert everything(postgres) == everything(filled)


def test_a_move_in_the_middle_of_the_day_sends_nothing_twice_and_leaves_nobody_out(
    db: Database, postgres: Database
) -> None:
    with db.write() as session:
        topic = a_topic(session)
        an_edition(session, topic)
        for number in range(10):
            a_reader(session, topic, name=f"reader{number}")
    assert plan(db).planned == 10
    early = _send(db, 4)
    move(db, postgres, NOW)
    assert plan(postgres).planned == 0
    late = _send(postgres, 100)
    assert len(early) == 4
    assert len(late) == 6
    assert not early & late


def test_what_a_dead_worker_left_moves_as_it_is(filled: Database, postgres: Database) -> None:
    with filled.write() as session:
        delivery = session.scalars(select(Delivery)).one()
        delivery.state, delivery.lease_until, delivery.fence = SENDING, NOW, 3
    move(filled, postgres, NOW)
    with postgres.write() as session:
        swept = ledger.sweep(session, NOW)
    assert sum(swept.counts.values()) == 1
    assert only_delivery(postgres).fence == 3


def test_tables_come_after_those_they_refer_to() -> None:
    seen: set[str] = set()
    for table in tables_in_order():
        seen.add(table.name)
        assert {key.column.table.name for key in table.foreign_keys} <= seen


def _send(db: Database, limit: int) -> set[int]:
    """Send up to `limit` mails as a worker would; the numbers of their readers."""
    with db.write() as session:
        claims = [one.claim for one in take(session, KEYS, NOW, limit, LEASE).mails]
    for claim in claims:
        mark(db, claim)
        record(db, claim, Outcome(SENT, "250 taken"))
    numbers = [claim.delivery_id for claim in claims]
    with db.read() as session:
        return set(session.scalars(select(Delivery.subscriber_id).where(Delivery.id.in_(numbers))))
