"""A carrier that is waited for, driven like a transport that tells when a mail is ready."""

import threading
from collections.abc import Callable

import pytest

from newsletter.mail.outgoing import (
    OutgoingMail,
    PermanentRefusal,
    TemporaryRefusal,
    TransportDown,
    UnknownOutcome,
)
from newsletter.mail.transport import BlockingTransport, Failed, Ready, Taken
from tests.mail.many_mails import Drive, mail_to, mails


class Notebook:
    """A carrier that notes whom it carried a mail to; `fault` is raised after the mark."""

    def __init__(self, fault: BaseException | None = None) -> None:
        self.fault, self.carried, self.closed = fault, list[str](), 0

    def send(self, mail: OutgoingMail, about_to_hand_over: Callable[[], None]) -> str:
        about_to_hand_over()
        if self.fault:
            raise self.fault
        self.carried.append(mail.envelope_to)
        return "noted"

    def close(self) -> None:
        self.closed += 1


def test_mails_are_carried_one_after_the_other_in_order() -> None:
    carrier = Notebook()
    sending = Drive(BlockingTransport(carrier))
    ends = sending.send(mails(20))
    assert ends == {ticket: Taken(ticket, "noted") for ticket in range(1, 21)}
    assert carrier.carried == [f"reader-{ticket}@example.org" for ticket in range(1, 21)]
    assert sending.happened[:3] == [Ready(1), Taken(1, "noted"), Ready(2)]


def test_a_mail_taken_back_is_not_carried_and_nothing_is_told_of_it() -> None:
    carrier = Notebook()
    sending = Drive(BlockingTransport(carrier), on_ready=lambda ticket: ticket != 2)
    assert set(sending.send(mails(3))) == {1, 3}
    assert carrier.carried == ["reader-1@example.org", "reader-3@example.org"]


def test_a_wait_ends_when_a_mail_taken_back_has_made_room() -> None:
    transport = BlockingTransport(Notebook())
    transport.offer(1, mail_to(1))
    assert transport.wait(10) == [Ready(1)]
    transport.drop(1)
    assert transport.room == 0
    assert transport.wait(3600) == []
    assert transport.room == 1


@pytest.mark.parametrize(
    "fault",
    [
        TemporaryRefusal("later"),
        PermanentRefusal("never"),
        TransportDown("nobody there"),
        UnknownOutcome("who knows"),
        ValueError("a fault of ours"),
        SystemExit(1),
    ],
)
def test_whatever_a_carrier_raises_is_told_and_the_next_mail_goes(fault: BaseException) -> None:
    carrier = Notebook(fault)
    sending = Drive(BlockingTransport(carrier))
    assert sending.send({1: mail_to(1)}) == {1: Failed(1, fault)}
    carrier.fault = None
    assert sending.send({2: mail_to(2)}) == {2: Taken(2, "noted")}


def test_closing_forgets_a_mail_that_is_ready_and_the_transport_can_be_used_again() -> None:
    carrier = Notebook()
    transport = BlockingTransport(carrier)
    threads = threading.active_count()
    transport.offer(1, mail_to(1))
    assert transport.wait(10) == [Ready(1)]
    transport.close()
    assert (carrier.closed, carrier.carried, threading.active_count()) == (1, [], threads)
    assert transport.room == 1
    # The same number again: nothing that is told is about the mail that was forgotten.
    assert Drive(transport).send({1: mail_to(7)}) == {1: Taken(1, "noted")}
    assert carrier.carried == ["reader-7@example.org"]


def test_nothing_offered_means_nothing_happens() -> None:
    transport = BlockingTransport(Notebook())
    transport.open()
    assert transport.wait(0) == []
    transport.go(1)
    transport.drop(1)
    transport.close()
    assert transport.room == 1
