"""Sending when servers refuse, transports fail and workers die: nothing lost, at most one copy repeated."""

import contextlib
from collections.abc import Callable

import pytest

from newsletter.delivery.retry import REPEAT_WAIT
from newsletter.mail.outgoing import (
    PermanentRefusal,
    TemporaryRefusal,
    TransportDown,
    UnknownOutcome,
)
from tests import fakes
from tests.delivery.cast import (
    DAY,
    DEFERRED,
    EXPIRED,
    FAILED,
    FRESH,
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
from tests.delivery.office import Office
from tests.delivery.readers_at_the_desk import READER
from tests.fakes import FakeTransport, Killed


def test_a_refusal_for_good_fails_and_is_never_tried_again(office: Office) -> None:
    some_deliveries(office.db, 1)
    office.transport.to(READER, fakes.refuse(PermanentRefusal("550 5.1.1 no such mailbox")))

    office.send()
    office.wait(DAY)
    office.sweep()
    office.send()

    assert states(office.db) == [FAILED]
    assert len(office.transport.asked) == 1
    assert events_of(office.db, only_delivery(office.db).id)[-1] == ("failed", "550 5.1.1 no such mailbox")


@pytest.mark.parametrize("how", [fakes.refuse, fakes.refuse_at_the_end])
def test_a_refusal_for_now_is_tried_later(
    office: Office, how: Callable[[Exception], fakes.Behaviour]
) -> None:
    some_deliveries(office.db, 1)
    office.transport.to(READER, how(TemporaryRefusal("451 4.7.1 greylisted")))

    office.send()
    deferred = only_delivery(office.db)
    assert (deferred.state, deferred.repeats, deferred.handed_over_at) == (DEFERRED, 0, None)
    assert office.send().claimed == 0, "not before its time"
    office.now = deferred.next_attempt_at
    office.send()

    assert states(office.db) == [SENT]
    assert len(office.transport.taken) == 1


def test_a_server_that_never_takes_it_lets_the_mail_expire(office: Office) -> None:
    some_deliveries(office.db, 1)
    office.transport = FakeTransport(fakes.refuse(TemporaryRefusal("451 try later")))

    while only_delivery(office.db).state in (QUEUED, DEFERRED):
        office.now = only_delivery(office.db).next_attempt_at
        office.send()

    assert states(office.db) == [EXPIRED]
    assert office.now < NOW + FRESH
    assert 6 <= len(office.transport.asked) <= 14
    assert "451 try later" in events_of(office.db, only_delivery(office.db).id)[-1][1]


def test_a_transport_that_is_down_stops_the_batch_and_harms_no_mail(office: Office) -> None:
    some_deliveries(office.db, 5)
    office.transport = FakeTransport(fakes.refuse(TransportDown("535 wrong password")))

    report = office.send()

    assert (report.sent, len(office.transport.asked)) == (0, 1)
    assert "535 wrong password" in report.interrupted
    assert {(row.state, row.attempts, row.handed_over_at) for row in deliveries(office.db)} == {
        (QUEUED, 0, None)
    }

    office.transport = FakeTransport()
    assert office.send().sent == 5, "released at once, not when the leases run out"


def test_a_transport_down_after_the_mark_is_silence_not_innocence(office: Office) -> None:
    some_deliveries(office.db, 1)
    office.transport.to(READER, fakes.take_in_silence(TransportDown("connection lost")))

    office.send()

    row = only_delivery(office.db)
    assert (row.state, row.repeats) == (QUEUED, 1)


@pytest.mark.parametrize("silence", [UnknownOutcome("cut after the dot"), ValueError("a bug of ours")])
def test_an_unknown_outcome_is_repeated_once_the_same_and_then_uncertain(
    office: Office, silence: Exception
) -> None:
    some_deliveries(office.db, 1)
    office.transport = FakeTransport(fakes.take_in_silence(silence))

    for _tick in range(6):
        office.send()
        office.wait()
        office.sweep()

    assert states(office.db) == [UNCERTAIN]
    one, other = office.transport.taken
    assert one.message_id == other.message_id
    assert one.envelope_to == other.envelope_to


def test_told_to_stop_it_finishes_the_mail_in_hand_and_puts_the_rest_back(office: Office) -> None:
    some_deliveries(office.db, 4)

    report = office.send(stop=lambda: len(office.transport.taken) == 2)

    assert (report.sent, bool(report.interrupted)) == (2, True)
    assert sorted(states(office.db)) == [QUEUED, QUEUED, SENT, SENT]
    assert office.send().sent == 2


@pytest.mark.parametrize(
    ("death", "copies"),
    [
        (fakes.killed_before_the_mark, [1]),
        (fakes.killed_after_the_mark, [1]),
        (fakes.killed_after_it_was_taken, [2]),
    ],
    ids=["before the mark", "after the mark", "after the server took it"],
)
def test_killed_at_any_stage_nothing_is_lost_and_at_most_one_copy_repeated(
    office: Office, death: fakes.Behaviour, copies: list[int]
) -> None:
    some_deliveries(office.db, 3)
    office.transport.to(READER, death)

    with pytest.raises(Killed):
        office.send()
    office.wait()
    office.sweep()
    office.wait(REPEAT_WAIT)
    office.send()

    assert states(office.db) == [SENT] * 3
    by_reader = [office.transport.addresses().count(f"reader{n}@example.org") for n in range(3)]
    assert by_reader == [*copies, 1, 1]
    assert len({mail.message_id for mail in office.transport.taken}) == 3


@pytest.mark.parametrize("death", [fakes.killed_after_the_mark, fakes.killed_after_it_was_taken])
def test_killed_twice_after_the_mark_it_waits_for_the_operator(
    office: Office, death: fakes.Behaviour
) -> None:
    some_deliveries(office.db, 1)
    office.transport.to(READER, death, death)

    for _death in range(2):
        with pytest.raises(Killed):
            office.send()
        office.wait()
        office.sweep()
        office.wait(REPEAT_WAIT)

    assert states(office.db) == [UNCERTAIN]
    assert office.send().claimed == 0
    assert len(office.transport.taken) <= 2


def test_a_mail_deadly_to_compose_is_parked_and_its_batch_goes_out(office: Office) -> None:
    deadly, *_others = some_deliveries(office.db, 5)
    office.transport.to(READER, *[fakes.killed_before_the_mark] * 10)

    for _tick in range(12):
        with contextlib.suppress(Killed):
            office.send()
        office.wait()
        office.sweep()

    assert state_of(office.db, deadly) == FAILED
    assert sorted(states(office.db)) == [FAILED, SENT, SENT, SENT, SENT]
    assert len(office.transport.asked) == 3 + 4, "three attempts, and each of the others once"
