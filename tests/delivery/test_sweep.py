"""The sweep: what dead workers left goes again, once, and what was deadly is parked."""

from newsletter.db import Database
from newsletter.delivery import ledger
from newsletter.delivery.retry import REPEAT_WAIT, sent
from tests.delivery.cast import (
    EXPIRED,
    FAILED,
    FRESH,
    LEASE,
    MINUTE,
    NOW,
    QUEUED,
    SENT,
    UNCERTAIN,
    deliveries,
    events_of,
    only_delivery,
    some_deliveries,
    state_of,
    states,
)
from tests.delivery.claims import AFTER_LEASE, claim, claim_one, mark, record, sweep


def test_an_abandoned_claim_without_the_mark_goes_again_freely(any_db: Database) -> None:
    some_deliveries(any_db, 1)
    claim_one(any_db)

    assert sweep(any_db, NOW + MINUTE)[QUEUED] == 0, "its lease still runs"
    assert sweep(any_db, AFTER_LEASE)[QUEUED] == 1

    row = only_delivery(any_db)
    assert (row.state, row.repeats, row.lease_until) == (QUEUED, 0, None)


def test_an_abandoned_claim_with_the_mark_goes_once_more_and_is_then_uncertain(any_db: Database) -> None:
    some_deliveries(any_db, 1)
    before = only_delivery(any_db).message_id
    moment = NOW
    for expected in (QUEUED, UNCERTAIN):
        mark(any_db, claim_one(any_db, moment), moment)
        moment += LEASE + MINUTE
        assert sweep(any_db, moment)[expected] == 1
        swept_at, moment = moment, moment + REPEAT_WAIT

    row = only_delivery(any_db)
    assert (row.state, row.repeats, row.message_id) == (UNCERTAIN, 1, before)
    assert row.finished_at == swept_at
    assert claim(any_db, now=moment) == []


def test_the_sweep_expires_what_has_passed_its_time(any_db: Database) -> None:
    some_deliveries(any_db, 3)
    claim_one(any_db)
    mark(any_db, claim_one(any_db))

    swept = sweep(any_db, NOW + FRESH)

    assert states(any_db) == [EXPIRED, UNCERTAIN, EXPIRED], "the second may have arrived"
    assert (swept[EXPIRED], swept[UNCERTAIN]) == (2, 1)


def test_released_mail_is_free_at_once_and_the_attempt_does_not_count(any_db: Database) -> None:
    some_deliveries(any_db, 2)
    claims = claim(any_db)

    with any_db.write() as session:
        ledger.release(session, claims, NOW, "no mail can leave")

    assert states(any_db) == [QUEUED, QUEUED]
    assert [row.attempts for row in deliveries(any_db)] == [0, 0]
    assert len(claim(any_db)) == 2


def test_a_mail_that_kills_its_worker_three_times_is_parked_and_takes_nobody_with_it(
    any_db: Database,
) -> None:
    poison, *bystanders = some_deliveries(any_db, 4)
    moment = NOW
    for _death in range(3):
        claims = claim(any_db, now=moment)
        # The worker dies over the poison: whatever comes after it in the batch is abandoned with it.
        for one in claims:
            if one.suspect:
                with any_db.write() as session:
                    ledger.take_in_hand(session, one, moment)
            if one.delivery_id == poison:
                break
            record(any_db, one, sent("250 ok"), moment)
        moment += LEASE + MINUTE
        sweep(any_db, moment)
        moment += 5 * MINUTE

    assert state_of(any_db, poison) == FAILED
    assert "3 times" in events_of(any_db, poison)[-1][1]
    for number in bystanders:
        assert state_of(any_db, number) in (QUEUED, SENT), "bystanders are never parked"


def test_bystanders_of_many_deaths_are_never_parked(any_db: Database) -> None:
    some_deliveries(any_db, 3)
    moment = NOW
    for _death in range(8):
        assert len(claim(any_db, now=moment)) == 3
        moment += LEASE + MINUTE
        sweep(any_db, moment)

    assert states(any_db) == [QUEUED] * 3
