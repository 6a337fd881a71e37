"""One open SMTP connection, never waited for: bytes out when there is room, replies in when they come."""

import ssl
from collections import deque
from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

from newsletter.mail.mailbox import Mailbox
from newsletter.mail.outgoing import OutgoingMail
from newsletter.mail.transport.conversation import Conversation, Heard
from newsletter.mail.transport.patience import Patience
from newsletter.mail.transport.server import SmtpServer
from newsletter.mail.transport.session import Opened
from newsletter.mail.transport.wire import NoSmtp, Parcel

_CHUNK = 65_536
_MOST_PIECES = 16
_WOULD_BLOCK = (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError, InterruptedError)
HUNG_UP = "the mail server hung up"
TOO_LATE = "the mail server did not answer in time"


class Waiting(NamedTuple):
    """A mail that is to be handed over. `attempts` is how many connections it was lost with."""

    ticket: int
    mail: OutgoingMail
    sender: Mailbox
    recipient: Mailbox
    attempts: int = 0


class Lane:
    """A connection with its conversation. `mails` is for its owner, who keeps there what it was offered.

    Every method that yields gives what became of mails; a lane that is `over` yields no more. One that
    is `retired` is given no more mails, and takes its leave after those it has; one that is `put_away`
    is closed, and nobody watches it any more.
    """

    def __init__(self, opened: Opened, server: SmtpServer, pipelining: bool, patience: Patience) -> None:
        self.socket, self.offered, self.server = opened.socket, opened.offered, server
        self.relay = server.name
        self.talk = Conversation(self._write, pipelining and "pipelining" in opened.offered)
        self.mails: dict[int, Waiting] = {}
        self.retired = self.put_away = False
        self._patience = patience
        self._out: deque[memoryview] = deque()
        self._sent = 0
        self.touched_at = patience.clock()
        self.watched_for_room = False

    @property
    def room(self) -> int:
        """How many mails may be offered to it now."""
        room = self.talk.room
        if room <= 0 or self.retired:
            return 0
        return min(room, self.server.mails - self.talk.mails - len(self.mails))

    def owed(self, seconds: float) -> bool:
        """Whether the server owes an answer to a mail in it, and was still heard or told something lately.

        `seconds` is how long ago lately was.
        """
        lately = self._patience.clock() - self.touched_at <= seconds
        return lately and self.talk.busy and self.talk.awaits is not None

    @property
    def worn(self) -> bool:
        """Whether it should serve no more mails, and has none in it."""
        return (self.retired or self.talk.mails >= self.server.mails) and not self.talk.busy

    @property
    def writing(self) -> bool:
        """Whether bytes wait for room."""
        return bool(self._out)

    def due_at(self) -> float | None:
        """When its patience ends; None while it is the sender that takes its time."""
        wait = self._patience.seconds_for(self.talk.awaits, self.talk.busy, self.server)
        return None if wait is None else self.touched_at + wait

    def overdue(self) -> bool:
        """Whether its patience has ended."""
        due_at = self.due_at()
        return due_at is not None and due_at <= self._patience.clock()

    def offer(self, parcel: Parcel) -> Heard:
        """A mail to send."""
        self.talk.offer(parcel)
        return self.flush()

    def go(self, ticket: int) -> Heard:
        """Let a mail that is ready leave."""
        self.talk.go(ticket)
        return self.flush()

    def drop(self, ticket: int) -> Heard:
        """Take back a mail that has not left."""
        yield from self.talk.drop(ticket)
        yield from self.flush()

    def flush(self) -> Heard:
        """Send what there is room for; nothing more when the conversation has ended."""
        if self.talk.ended:
            self._out.clear()
        try:
            while self._out:
                self._send_some()
        except _WOULD_BLOCK:
            return
        except OSError:
            # What it said before it hung up counts.
            self._out.clear()
            yield from self.read()
            if not self.talk.ended:
                yield from self.lose(HUNG_UP)

    def read(self) -> Heard:
        """Take in what has come."""
        try:
            for octets in self._chunks():
                if not octets:
                    raise ConnectionResetError
                yield from self._hear(octets)
        except NoSmtp as error:
            yield from self.lose(str(error))
        except OSError:
            yield from self.lose(HUNG_UP)
        else:
            yield from self.flush()

    def lose(self, why: str) -> Heard:
        """Give the connection up."""
        yield from self.talk.lost(why, self._sent)
        self._out.clear()
        self.socket.close()

    def expire(self) -> Heard:
        """Its patience has ended: say goodbye when it stood idle, else give it up."""
        if self.talk.busy or self.talk.awaits is not None:
            yield from self.lose(TOO_LATE)
        else:
            self.talk.leave()
            yield from self.flush()

    def _hear(self, octets: bytes) -> Heard:
        replies = self.talk.replies
        yield from self.talk.hear(octets, self._sent)
        if self.talk.replies != replies:
            # Not for every octet: a reply that comes one by one would last for ever.
            self.touched_at = self._patience.clock()

    def _chunks(self) -> Iterator[bytes]:
        # TLS hands over whole records: what is left of one would wake nobody.
        encrypted = isinstance(self.socket, ssl.SSLSocket)
        while True:
            try:
                octets = self.socket.recv(_CHUNK)
            except _WOULD_BLOCK:
                return
            yield octets
            if not encrypted or self.talk.over:
                return

    def _write(self, octets: bytes) -> None:
        self._out.append(memoryview(octets))
        self.touched_at = self._patience.clock()

    def _send_some(self) -> None:
        if isinstance(self.socket, ssl.SSLSocket):
            # TLS makes a record of each piece, and small ones would be packets of their own.
            self._out = deque([memoryview(b"".join(self._out))])
            sent = self.socket.send(self._out[0])
        else:
            sent = self.socket.sendmsg(islice(self._out, _MOST_PIECES))
        self._sent += sent
        self.touched_at = self._patience.clock()
        while sent:
            piece = self._out.popleft()
            if sent < len(piece):
                self._out.appendleft(piece[sent:])
            sent -= min(sent, len(piece))
