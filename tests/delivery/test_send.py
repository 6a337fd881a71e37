"""Sending: every mail ends in a state that is true, whatever the server, the network or we do."""

from collections.abc import Callable

from sqlalchemy import delete

from newsletter.delivery.suppression import suppress
from newsletter.mail.outgoing import (
    OutgoingMail,
)
from newsletter.models import Delivery, Edition, MailKind, Subscriber, SubscriberStatus
from tests import fakes
from tests.delivery.cast import (
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
from tests.delivery.readers_at_the_desk import READER, change_reader
from tests.fakes import FakeTransport


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


def test_without_a_topic_left_a_reader_is_still_sent_what_was_planned(office: Office) -> None:
    some_deliveries(office.db, 1)
    with office.db.write() as session:
        a_topic(session, "unrelated").active = False

    assert office.send().sent == 1
