"""A way to hand mail over that blocks, made one that tells when it is ready: in a thread of its own."""

import threading
from collections import deque
from collections.abc import Callable
from queue import Empty, SimpleQueue
from typing import Protocol

from newsletter.mail.outgoing import OutgoingMail
from newsletter.mail.transport.gate import Gate
from newsletter.mail.transport.happenings import Failed, Happening, Ready, Taken

_LAST_MOMENT = 5.0


class Carrier(Protocol):
    """Something that takes one mail over at a time, and is waited for."""

    def send(self, mail: OutgoingMail, about_to_hand_over: Callable[[], None]) -> str:
        """Hand one mail over; what the taker answered.

        `about_to_hand_over` is called when nothing but the message itself is left to send. What it
        raises is passed on, and the mail stays here. Raises one of the `HandOverError`s.
        """
        ...

    def close(self) -> None:
        """Let go of what is held open; it may be used again."""
        ...


class _TakenBack(Exception):
    """The mail does not leave after all."""


class BlockingTransport:
    """Hands mails to a carrier, one after the other."""

    def __init__(self, carrier: Carrier) -> None:
        self._carrier = carrier
        self._waiting: deque[tuple[int, OutgoingMail]] = deque()
        self._happened: SimpleQueue[Happening] = SimpleQueue()
        self._may_go: SimpleQueue[bool] = SimpleQueue()
        self._at_work: int | None = None
        self._thread: threading.Thread | None = None

    @property
    def room(self) -> int:
        """How many mails may be offered now."""
        return 1 - len(self._waiting) - (self._at_work is not None)

    def limit(self, gate: Gate) -> None:
        """There is no relay to be limited."""

    def open(self) -> None:
        """Nothing has to be opened."""

    def offer(self, ticket: int, mail: OutgoingMail) -> None:
        """A mail to hand over; `wait` tells what becomes of it."""
        self._waiting.append((ticket, mail))
        self._begin()

    def go(self, ticket: int) -> None:
        """Let the mail that is ready leave."""
        if ticket == self._at_work:
            self._may_go.put(True)

    def drop(self, ticket: int) -> None:
        """The mail does not leave after all, and nothing more is told of it."""
        if ticket == self._at_work:
            self._may_go.put(False)

    def wait(self, seconds: float) -> list[Happening]:
        """What happened, waiting for something up to `seconds`; a mail taken back is nothing to tell."""
        try:
            happening = self._happened.get(timeout=seconds)
        except Empty:
            return []
        if not isinstance(happening, Ready):
            self._at_work = None
            self._begin()
        taken_back = isinstance(happening, Failed) and isinstance(happening.error, _TakenBack)
        return [] if taken_back else [happening]

    def close(self) -> None:
        """Forget what was offered and has not left; one that is leaving is waited for a moment."""
        self._waiting.clear()
        self._may_go.put(False)
        if self._thread:
            self._thread.join(_LAST_MOMENT)
        self._carrier.close()
        # Whatever is still told of it is told to nobody.
        self._happened, self._at_work, self._thread = SimpleQueue(), None, None

    def _begin(self) -> None:
        if self._waiting and self._at_work is None:
            ticket, mail = self._waiting.popleft()
            self._at_work, self._may_go = ticket, SimpleQueue()
            work = (ticket, mail, self._happened, self._may_go)
            self._thread = threading.Thread(target=self._send, args=work, name="hand-over", daemon=True)
            self._thread.start()

    def _send(
        self, ticket: int, mail: OutgoingMail, tell: SimpleQueue[Happening], may_go: SimpleQueue[bool]
    ) -> None:
        def ask() -> None:
            tell.put(Ready(ticket))
            if not may_go.get():
                raise _TakenBack

        try:
            ended: Happening = Taken(ticket, self._carrier.send(mail, ask))
        except BaseException as error:  # told to whoever waits, who knows what it means
            ended = Failed(ticket, error)
        tell.put(ended)
