"""The ledger's protocol: one holder at a time, and nobody records what they no longer hold."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from newsletter.db import Database
from newsletter.delivery.ledger import LeaseLost
from newsletter.delivery.retry import sent, skipped
from newsletter.models import Delivery
from tests.delivery.cast import (
    DEFERRED,
    EXPIRED,
    FAILED,
    HOUR,
    LEASE,
    MINUTE,
    NOW,
    QUEUED,
    SENDING,
    SENT,
    SKIPPED,
    UNCERTAIN,
    a_delivery,
    a_reader,
    deliveries,
    events_of,
    only_delivery,
    some_deliveries,
    state_of,
    states,
)
from tests.delivery.claims import AFTER_LEASE, claim, claim_one, mark, record, sweep


def test_a_claim_takes_the_longest_due_first_and_leaves_what_is_not_due(any_db: Database) -> None:
    with any_db.write() as session:
        due = {
            name: a_delivery(session, a_reader(session, name=name), next_attempt_at=at).id
            for name, at in [
                ("third", NOW),
                ("first", NOW - 2 * HOUR),
                ("later", NOW + MINUTE),
                ("second", NOW - HOUR),
            ]
        }

    claims = claim(any_db)

    assert [one.delivery_id for one in claims] == [due["first"], due["second"], due["third"]]
    assert [one.fence for one in claims] == [1, 1, 1]
    with any_db.read() as session:
        row = session.get_one(Delivery, due["first"])
        assert (row.state, row.lease_until, row.attempts) == (SENDING, NOW + LEASE, 1)


def test_deferred_mail_is_claimed_when_its_time_has_come(any_db: Database) -> None:
    with any_db.write() as session:
        a_delivery(session, a_reader(session), state=DEFERRED, attempts=1, next_attempt_at=NOW)

    assert claim(any_db, now=NOW - MINUTE) == []
    assert claim_one(any_db).fence == 1
    assert only_delivery(any_db).attempts == 2


@pytest.mark.parametrize(
    "state", [SENDING, SENT, FAILED, SKIPPED, EXPIRED, UNCERTAIN, "bounced", "complained"]
)
def test_what_is_settled_or_held_is_never_claimed(db: Database, state: str) -> None:
    with db.write() as session:
        a_delivery(session, a_reader(session), state=state)

    assert claim(db) == []


def test_no_delivery_is_given_to_two_claimers(any_db: Database) -> None:
    some_deliveries(any_db, 80)
    start = Barrier(4)

    def work(_worker: int) -> list[int]:
        start.wait()
        taken: list[int] = []
        while claims := claim(any_db, 7):
            taken += [one.delivery_id for one in claims]
        return taken

    with ThreadPoolExecutor(4) as pool:
        taken = [number for numbers in pool.map(work, range(4)) for number in numbers]

    # On PostgreSQL a claimer passes over rows another holds at that moment, so that the last to come
    # may leave some behind for the next tick; none is ever taken twice.
    assert len(taken) == len(set(taken))
    taken += [one.delivery_id for one in claim(any_db, 80)]
    assert sorted(taken) == [row.id for row in deliveries(any_db)]


def test_what_has_passed_its_time_expires_instead_of_being_claimed(any_db: Database) -> None:
    with any_db.write() as session:
        stale = [
            a_delivery(
                session, a_reader(session, name=f"stale{n}"), expires_at=NOW, next_attempt_at=NOW - HOUR
            ).id
            for n in range(3)
        ]
        doubtful = a_delivery(session, a_reader(session, name="doubtful"), expires_at=NOW, repeats=1).id
        fresh = a_delivery(session, a_reader(session, name="fresh")).id

    assert [one.delivery_id for one in claim(any_db, 1)] == [fresh], "the stale ones do not block the line"
    claim(any_db)

    assert [state_of(any_db, number) for number in stale] == [EXPIRED] * 3
    assert events_of(any_db, stale[0])[0][0] == "expired"
    assert state_of(any_db, doubtful) == UNCERTAIN, "it may have arrived once"


def test_a_sent_mail_has_its_story_told_in_order(any_db: Database) -> None:
    some_deliveries(any_db, 1)
    held = claim_one(any_db)
    mark(any_db, held, NOW + MINUTE)
    record(any_db, held, sent("250 2.0.0 queued as 4F1"), NOW + 2 * MINUTE)

    row = only_delivery(any_db)
    assert (row.state, row.handed_over_at, row.finished_at) == (SENT, NOW + MINUTE, NOW + 2 * MINUTE)
    assert row.lease_until is None
    assert events_of(any_db, row.id) == [("sent", "250 2.0.0 queued as 4F1")]


def test_hostile_replies_do_not_break_the_ledger(any_db: Database) -> None:
    some_deliveries(any_db, 1)

    record(any_db, claim_one(any_db), skipped("a\x00b\udcff" + "x" * 5000))

    detail = events_of(any_db, only_delivery(any_db).id)[-1][1]
    assert detail.startswith("ab?x")
    assert len(detail) <= 1000


def test_a_revived_worker_can_neither_hand_over_nor_record(any_db: Database) -> None:
    some_deliveries(any_db, 1)
    old = claim_one(any_db)
    sweep(any_db, AFTER_LEASE)
    new = claim_one(any_db, AFTER_LEASE)
    assert new.fence == old.fence + 1

    with pytest.raises(LeaseLost):
        mark(any_db, old, AFTER_LEASE)
    for outcome in (sent("250 ok"), skipped("no")):
        with pytest.raises(LeaseLost):
            record(any_db, old, outcome, AFTER_LEASE)

    assert only_delivery(any_db).handed_over_at is None
    mark(any_db, new, AFTER_LEASE)
    record(any_db, new, sent("250 ok"), AFTER_LEASE)
    with pytest.raises(LeaseLost):
        record(any_db, new, skipped("twice"), AFTER_LEASE)
    assert states(any_db) == [SENT]


def test_a_swept_worker_cannot_hand_over_even_before_anybody_else_has_claimed(any_db: Database) -> None:
    some_deliveries(any_db, 1)
    held = claim_one(any_db)
    sweep(any_db, AFTER_LEASE)

    with pytest.raises(LeaseLost):
        mark(any_db, held, AFTER_LEASE)
    with pytest.raises(LeaseLost):
        record(any_db, held, skipped("no"), AFTER_LEASE)
    assert states(any_db) == [QUEUED]


def test_an_answer_that_comes_after_the_sweep_spares_the_reader_the_repeat(any_db: Database) -> None:
    some_deliveries(any_db, 1)
    held = claim_one(any_db)
    mark(any_db, held)
    sweep(any_db, AFTER_LEASE)
    assert states(any_db) == [QUEUED]

    record(any_db, held, sent("250 ok"), AFTER_LEASE)

    assert states(any_db) == [SENT]
    assert claim(any_db, now=AFTER_LEASE) == []


def test_a_claim_hands_over_once(any_db: Database) -> None:
    some_deliveries(any_db, 1)
    held = claim_one(any_db)
    mark(any_db, held)

    with pytest.raises(LeaseLost):
        mark(any_db, held)


def test_the_mark_gives_the_server_its_time_to_answer(any_db: Database) -> None:
    some_deliveries(any_db, 1)
    held = claim_one(any_db)
    late = NOW + LEASE - MINUTE
    mark(any_db, held, late)

    sweep(any_db, AFTER_LEASE)

    assert states(any_db) == [SENDING], "RFC 5321 lets a server take ten minutes"
    record(any_db, held, sent("250 ok"), AFTER_LEASE)
