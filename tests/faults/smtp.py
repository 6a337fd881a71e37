"""An SMTP server on loopback for faults: it counts what it took, and misbehaves at the moments it is told."""

import socketserver
import ssl
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes

from tests.faults import talk
from tests.faults.talk import (
    FINE,
    HANG_UP,
    KEEP_SILENT,
    SAY_NOTHING,
    TAKE_AND_HANG_UP,
    TAKE_AND_TELL_NOBODY,
)

__all__ = [
    "FINE",
    "HANG_UP",
    "KEEP_SILENT",
    "PIPELINING",
    "SAY_NOTHING",
    "TAKE_AND_HANG_UP",
    "TAKE_AND_TELL_NOBODY",
    "FaultySmtp",
    "Moment",
    "Mood",
    "Taken",
    "serving",
]

PIPELINING = "PIPELINING"


@dataclass(frozen=True, slots=True)
class Moment:
    """A point in a conversation. `turn` counts from 0: per recipient from RCPT on, else over all.

    `stage` is GREETING, EHLO, STARTTLS, HANDSHAKE, AUTH, MAIL, RCPT, DATA, CONTENT (in the midst of it),
    DOT, RSET or QUIT. A command that is out of turn because one before it was refused is no moment.
    `grouped` when it came in one go with other commands.
    """

    stage: str
    recipient: str
    turn: int
    grouped: bool = False


@dataclass(frozen=True, slots=True)
class Taken:
    """A message the server took over; `content` as it crossed the wire."""

    recipient: str
    content: bytes

    @property
    def message_id(self) -> str:
        return str(message_from_bytes(self.content)["Message-ID"])


Mood = Callable[[Moment], str]


def content_with_all(_moment: Moment) -> str:
    """The mood of a server that is well."""
    return FINE


@dataclass
class FaultySmtp:
    """What the server was told to say, and what it took. Its `mood` gives the reply, FINE or a break."""

    mood: Mood = content_with_all
    extensions: tuple[str, ...] = ("SIZE 1000000", "8BITMIME")
    port: int = 0
    tls: ssl.SSLContext | None = None
    taken: list[Taken] = field(default_factory=list)
    moments: list[Moment] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._turns: Counter[tuple[str, str]] = Counter()
        self._moved = threading.Condition()

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    @property
    def pipelined(self) -> bool:
        """Whether it offers to take commands in groups."""
        return PIPELINING in self.extensions

    @property
    def offers(self) -> tuple[str, ...]:
        """The extensions it tells of before a connection is encrypted."""
        return (*self.extensions, "STARTTLS") if self.tls else self.extensions

    def reach(self, stage: str, recipient: str, grouped: bool = False) -> str:
        """The next moment has come; what to say."""
        with self._moved:
            moment = Moment(stage, recipient, self._turns[stage, recipient], grouped)
            self._turns[stage, recipient] += 1
            self.moments.append(moment)
            self._moved.notify_all()
        return self.mood(moment)

    def take(self, recipient: str, content: bytes) -> None:
        """The message is the server's from here on, whether the sender hears of it or not."""
        with self._moved:
            self.taken.append(Taken(recipient, content))
            self._moved.notify_all()

    def reached(self, moments: int, seconds: float) -> bool:
        """Whether so many moments have been seen, waiting for them up to `seconds`."""
        with self._moved:
            return self._moved.wait_for(lambda: len(self.moments) >= moments, seconds)

    def took(self, mails: int, seconds: float) -> bool:
        """Whether so many mails have been taken, waiting for them up to `seconds`."""
        with self._moved:
            return self._moved.wait_for(lambda: len(self.taken) >= mails, seconds)

    def copies(self) -> Counter[str]:
        """How many messages it took for each recipient."""
        return Counter(message.recipient for message in self.taken)

    def count(self, stage: str) -> int:
        """How often a stage was reached."""
        return sum(moment.stage == stage for moment in self.moments)


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 128


@contextmanager
def serving(smtp: FaultySmtp) -> Iterator[FaultySmtp]:
    """The server, listening on its port, or a free one, until the block ends."""
    handler = type("Conversation", (talk.Conversation,), {"smtp": smtp})
    with _Server(("127.0.0.1", smtp.port), handler) as server:
        smtp.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield smtp
        finally:
            server.shutdown()
            thread.join(10)
