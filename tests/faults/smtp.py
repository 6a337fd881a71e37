"""An SMTP server on loopback for faults: it counts what it took, and misbehaves at the moments it is told."""

import socketserver
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes

FINE = ""
HANG_UP = "hang up"
TAKE_AND_HANG_UP = "take and hang up"
TAKE_AND_TELL_NOBODY = "take and tell nobody"

_ANSWERS = {
    "GREETING": "220 faulty.example.org ready",
    "AUTH": "235 2.7.0 welcome",
    "MAIL": "250 2.1.0 fine",
    "RCPT": "250 2.1.5 fine",
    "DATA": "354 go on",
    "DOT": "250 2.0.0 taken",
    "RSET": "250 2.0.0 forgotten",
    "QUIT": "221 2.0.0 bye",
}


@dataclass(frozen=True, slots=True)
class Moment:
    """A point in a conversation. `turn` counts from 0: per recipient from RCPT on, else over all.

    `stage` is GREETING, EHLO, AUTH, MAIL, RCPT, DATA, CONTENT (in the midst of it), DOT, RSET or QUIT.
    """

    stage: str
    recipient: str
    turn: int


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
    taken: list[Taken] = field(default_factory=list)
    moments: list[Moment] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._turns: Counter[tuple[str, str]] = Counter()
        self._moved = threading.Condition()

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    def reach(self, stage: str, recipient: str) -> str:
        """The next moment has come; what to say."""
        with self._moved:
            moment = Moment(stage, recipient, self._turns[stage, recipient])
            self._turns[stage, recipient] += 1
            self.moments.append(moment)
            self._moved.notify_all()
        return self.mood(moment)

    def take(self, recipient: str, content: bytes) -> None:
        """The message is the server's from here on, whether the sender hears of it or not."""
        with self._moved:
            self.taken.append(Taken(recipient, content))

    def reached(self, moments: int, seconds: float) -> bool:
        """Whether so many moments have been seen, waiting for them up to `seconds`."""
        with self._moved:
            return self._moved.wait_for(lambda: len(self.moments) >= moments, seconds)

    def copies(self) -> Counter[str]:
        """How many messages it took for each recipient."""
        return Counter(message.recipient for message in self.taken)

    def count(self, stage: str) -> int:
        """How often a stage was reached."""
        return sum(moment.stage == stage for moment in self.moments)


class _End(Exception):
    """This conversation is over."""


class _Conversation(socketserver.StreamRequestHandler):
    timeout = 30
    smtp: FaultySmtp

    def handle(self) -> None:
        self.recipient = ""
        try:
            self._say("GREETING")
            while line := self.rfile.readline():
                self._obey(line.decode().strip())
        except (_End, OSError):
            return

    def _obey(self, command: str) -> None:
        verb = command.split(" ")[0].upper()
        if verb == "MAIL":
            self.recipient = ""
        elif verb == "RCPT":
            self.recipient = command.partition("<")[2].partition(">")[0]
        if self._say(verb).startswith("354"):
            self._take_message()
        if verb == "QUIT":
            raise _End

    def _take_message(self) -> None:
        if self.smtp.reach("CONTENT", self.recipient):
            self.rfile.read(100)
            raise _End
        lines: list[bytes] = []
        while (line := self.rfile.readline()) != b".\r\n":
            if not line:
                raise _End
            lines.append(line)
        said = self.smtp.reach("DOT", self.recipient)
        if said in (FINE, TAKE_AND_HANG_UP, TAKE_AND_TELL_NOBODY) or said.startswith("250"):
            self.smtp.take(self.recipient, b"".join(lines))
        if said == TAKE_AND_TELL_NOBODY:
            # The answer comes when whoever asked has lost patience and hung up.
            self.rfile.read()
        self._answer("DOT", said)

    def _say(self, stage: str) -> str:
        of_recipient = stage in ("RCPT", "DATA")
        said = self.smtp.reach(stage, self.recipient if of_recipient else "")
        return self._answer(stage, said)

    def _answer(self, stage: str, said: str) -> str:
        if said in (HANG_UP, TAKE_AND_HANG_UP):
            raise _End
        if said == TAKE_AND_TELL_NOBODY:
            said = FINE
        if not said and stage in ("EHLO", "HELO"):
            said = "\r\n".join(
                ["250-faulty.example.org", *(f"250-{x}" for x in self.smtp.extensions), "250 OK"]
            )
        said = said or _ANSWERS.get(stage, "500 5.5.2 what?")
        self.wfile.write(f"{said}\r\n".encode())
        if said.startswith("421"):
            raise _End
        return said


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True


@contextmanager
def serving(smtp: FaultySmtp) -> Iterator[FaultySmtp]:
    """The server, listening on its port, or a free one, until the block ends."""
    handler = type("Conversation", (_Conversation,), {"smtp": smtp})
    with _Server(("127.0.0.1", smtp.port), handler) as server:
        smtp.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield smtp
        finally:
            server.shutdown()
            thread.join(10)
