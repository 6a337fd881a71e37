"""One connection to an SMTP server at the moments when bytes do not flow as they should."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager

from newsletter.mail.mailbox import read_mailbox
from newsletter.mail.outgoing import TemporaryRefusal
from newsletter.mail.transport import Failed, Ready, Taken, parse_smtp_url
from newsletter.mail.transport.lane import HUNG_UP, Lane
from newsletter.mail.transport.patience import Patience
from newsletter.mail.transport.session import Opened
from newsletter.mail.transport.turn import Returned
from newsletter.mail.transport.wire import Parcel, parcel_of
from tests.mail.many_mails import mail_to

GROUP_TAKEN = b"250 fine\r\n250 fine\r\n354 go on\r\n"


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@contextmanager
def connected(clock: Clock | None = None) -> Iterator[tuple[Lane, socket.socket]]:
    """A pipelining lane, and the server's end of it."""
    ours, theirs = socket.socketpair()
    ours.setblocking(False)
    server = parse_smtp_url("smtp://127.0.0.1")
    with ours, theirs:
        yield Lane(Opened(ours, {"pipelining": ""}), server, True, Patience(clock=clock or Clock())), theirs


def parcel(ticket: int, message: bytes = b"") -> Parcel:
    mail = mail_to(ticket, message)
    return parcel_of(ticket, mail, read_mailbox(mail.envelope_from), read_mailbox(mail.envelope_to), {})


def leaving(lane: Lane, theirs: socket.socket, one: Parcel) -> None:
    """Bring this mail so far that its message is on its way."""
    assert list(lane.offer(one)) == []
    theirs.sendall(GROUP_TAKEN)
    assert list(lane.read()) == [Ready(one.ticket)]
    assert list(lane.go(one.ticket)) == []


def test_what_a_server_said_before_it_hung_up_is_heard_though_we_notice_while_speaking() -> None:
    with connected() as (lane, theirs):
        leaving(lane, theirs, parcel(1))
        theirs.recv(100_000)
        theirs.sendall(b"250 2.0.0 queued\r\n")
        theirs.close()
        assert list(lane.offer(parcel(2))) == [Taken(1, "250 2.0.0 queued"), Returned(2, HUNG_UP, 1)]


def test_nothing_of_a_message_leaves_after_the_server_has_refused_it_midway() -> None:
    with connected() as (lane, theirs):
        leaving(lane, theirs, parcel(1, b"Subject: 1\r\n\r\n" + b"x" * 5_000_000 + b"\r\n"))
        theirs.sendall(b"421 4.3.2 closing\r\n")
        (end,) = lane.read()
        assert isinstance(end, Failed)
        assert isinstance(end.error, TemporaryRefusal)
        assert not lane.writing
        assert lane.talk.ended


def test_a_reply_that_comes_octet_by_octet_is_not_waited_for_for_ever() -> None:
    clock = Clock()
    with connected(clock) as (lane, theirs):
        list(lane.offer(parcel(1)))
        for octet in (b"2", b"5", b"0", b"-"):
            clock.now += 20
            theirs.sendall(octet)
            assert list(lane.read()) == []
        assert lane.overdue()


def test_patience_begins_anew_with_every_reply() -> None:
    clock = Clock()
    with connected(clock) as (lane, theirs):
        list(lane.offer(parcel(1)))
        for reply in (b"250 fine\r\n25", b"0 fine\r\n3"):
            clock.now += 50
            theirs.sendall(reply)
            assert list(lane.read()) == []
            assert not lane.overdue()
