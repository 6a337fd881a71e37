"""Sending: every mail ends in a state that is true, whatever the server, the network or we do."""

import contextlib
from collections.abc import Callable

import pytest
from sqlalchemy import delete

from newsletter.db import Database
from newsletter.delivery.suppression import suppress
from newsletter.mail.outgoing import (
    OutgoingMail,
    PermanentRefusal,
    TemporaryRefusal,
    TransportDown,
    UnknownOutcome,
)
from newsletter.models import Delivery, Edition, MailKind, Subscriber, SubscriberStatus
from tests import fakes
from tests.delivery.cast import (
    DAY,
    DEFERRED,
    EXPIRED,
    FAILED,
    FRESH,
    HOUR,
    NOW,
    QUEUED,
    SENDING,
    SENT,
    SKIPPED,
    UNCERTAIN,
    a_delivery,
    a_reader,
    a_topic,
    deliveries,
    events_of,
    only_delivery,
    some_deliveries,
    state_of,
    states,
)
from tests.delivery.office import KEYS, Office
from tests.fakes import FakeTransport, Killed

READER = "reader0@example.org"


@pytest.fixture
def office(any_db: Database) -> Office:
    return Office(any_db)


def change_reader(db: Database, **values: object) -> None:
    with db.write() as session:
        for subscriber in session.query(Subscriber).filter_by(address=READER):
            for name, value in values.items():
                setattr(subscriber, name, value)


def test_due_mail_is_sent_and_the_answer_kept(office: Office) -> None:
    some_deliveries(office.db, 3)

    report = office.send()

    assert (report.claimed, report.sent, report.interrupted) == (3, 3, "")
    assert states(office.db) == [SENT] * 3
    assert sorted(office.transport.addresses()) == [f"reader{n}@example.org" for n in range(3)]
    assert events_of(office.db, deliveries(office.db)[0].id)[-1] == ("sent", fakes.ACCEPTED)


def test_sending_again_sends_nothing(office: Office) -> None:
    some_deliveries(office.db, 2)
    office.send()

    assert office.send().claimed == 0
    assert len(office.transport.taken) == 2


def test_the_mark_is_stored_before_the_message_leaves(office: Office) -> None:
    (number,) = some_deliveries(office.db, 1)
    seen: list[bool] = []

    def look(transport: FakeTransport, mail: OutgoingMail, mark: Callable[[], None]) -> str:
        mark()
        with office.db.read() as session:
            row = session.get_one(Delivery, number)
            seen.append(row.handed_over_at == NOW and row.state == SENDING)
        return "250 ok"

    office.transport.to(READER, look)
    office.send()

    assert seen == [True]


def test_who_unsubscribes_between_planning_and_sending_gets_nothing(office: Office) -> None:
    some_deliveries(office.db, 2)
    change_reader(office.db, status=SubscriberStatus.UNSUBSCRIBED)

    office.send()

    assert office.transport.addresses() == ["reader1@example.org"]
    row = deliveries(office.db)[0]
    assert row.state == SKIPPED
    assert events_of(office.db, row.id)[-1] == ("skipped", "the reader has unsubscribed")


def test_who_unsubscribes_while_their_mail_is_about_to_leave_gets_nothing(office: Office) -> None:
    some_deliveries(office.db, 1)
    leave = fakes.first(lambda: change_reader(office.db, status=SubscriberStatus.UNSUBSCRIBED))
    office.transport.to(READER, leave)

    office.send()

    assert office.transport.taken == []
    assert states(office.db) == [SKIPPED]
    assert only_delivery(office.db).handed_over_at is None


def test_who_pauses_is_skipped(office: Office) -> None:
    some_deliveries(office.db, 1)
    change_reader(office.db, status=SubscriberStatus.PAUSED)

    office.send()

    assert states(office.db) == [SKIPPED]


def test_a_suppressed_address_is_skipped_even_at_the_last_moment(office: Office) -> None:
    some_deliveries(office.db, 2)

    def complain(name: str) -> None:
        with office.db.write() as session:
            suppress(session, ["an older key"], f"{name}@example.org", "complaint", NOW)
            suppress(session, KEYS, f"{name}@example.org", "complaint", NOW)

    complain("reader0")
    office.transport.to("reader1@example.org", fakes.first(lambda: complain("reader1")))

    office.send()

    assert states(office.db) == [SKIPPED, SKIPPED]
    assert office.transport.taken == []


def test_a_confirmation_goes_to_who_is_pending_only(office: Office) -> None:
    with office.db.write() as session:
        for name, status in [("new", SubscriberStatus.PENDING), ("quick", SubscriberStatus.ACTIVE)]:
            a_delivery(session, a_reader(session, name=name, status=status), kind=MailKind.CONFIRM)

    office.send()

    assert office.transport.addresses() == ["new@example.org"]
    assert states(office.db) == [SENT, SKIPPED]


def test_a_reader_erased_while_their_mail_is_about_to_leave_gets_nothing(office: Office) -> None:
    some_deliveries(office.db, 2)

    def erase() -> None:
        with office.db.write() as session:
            session.execute(delete(Subscriber).where(Subscriber.address == READER))

    office.transport.to(READER, fakes.first(erase))

    office.send()

    assert office.transport.addresses() == ["reader1@example.org"]
    assert states(office.db) == [SENT]


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


def test_a_mail_whose_time_passes_in_the_queue_is_not_sent(office: Office) -> None:
    some_deliveries(office.db, 1)
    office.wait(FRESH)

    office.send()

    assert states(office.db) == [EXPIRED]
    assert office.transport.asked == []


def test_a_mail_whose_time_passes_while_it_is_about_to_leave_is_not_sent(office: Office) -> None:
    some_deliveries(office.db, 1)
    office.transport.to(READER, fakes.first(lambda: office.wait(FRESH)))

    office.send()

    assert states(office.db) == [EXPIRED]
    assert office.transport.taken == []


def test_a_mail_that_cannot_be_composed_stops_nobody_and_is_parked_after_three_attempts(
    office: Office,
) -> None:
    some_deliveries(office.db, 2)
    with office.db.write() as session:
        session.get_one(Delivery, deliveries(office.db)[0].id).editions = ""

    for _attempt in range(5):
        office.send()
        office.wait(HOUR)

    broken, fine = deliveries(office.db)
    assert (broken.state, broken.attempts, fine.state) == (FAILED, 3, SENT)
    assert "composing failed" in events_of(office.db, broken.id)[-1][1]


def test_an_issue_whose_editions_were_withdrawn_is_not_sent_empty(office: Office) -> None:
    (number,) = some_deliveries(office.db, 1)
    with office.db.write() as session:
        session.execute(delete(Edition))

    office.send()

    assert state_of(office.db, number) == DEFERRED
    assert office.transport.taken == []


def test_a_bug_in_the_transport_before_the_mark_is_tried_again(office: Office) -> None:
    some_deliveries(office.db, 2)
    office.transport.to(READER, fakes.refuse_at_the_end(ValueError()))
    office.transport.to("reader1@example.org", fakes.first(lambda: 1 / 0))

    office.send()

    silent, broken = deliveries(office.db)
    assert (silent.state, silent.repeats) == (QUEUED, 1)
    assert (broken.state, broken.repeats) == (DEFERRED, 0)


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


def test_without_a_topic_left_a_reader_is_still_sent_what_was_planned(office: Office) -> None:
    some_deliveries(office.db, 1)
    with office.db.write() as session:
        a_topic(session, "unrelated").active = False

    assert office.send().sent == 1
