"""A way to hand mail over that blocks, made one that tells when it is ready: in a thread of its own."""

import threading
from collections import deque
from collections.abc import Callable
from queue import Empty, SimpleQueue
from typing import Protocol

from newsletter.mail.outgoing import OutgoingMail
from newsletter.mail.transport.happenings import Failed, Happening, Ready, Taken


class Carrier(Protocol):
    """Something that takes one mail over at a time, and is waited for."""

    def send(self, mail: OutgoingMail, about_to_hand_over: Callable[[], None]) -> str:
        """Hand one mail over; what the taker answered.

        `about_to_hand_over` is called when nothing but the message itself is left to send. What it
        raises is passed on, and the mail stays here. Raises one of the `HandOverError`s.
        """
        ...

    def close(self) -> None: ...


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

    @property
    def room(self) -> int:
        """How many mails may be offered now."""
        return 1 - len(self._waiting) - (self._at_work is not None)

    def open(self) -> None:
        """Nothing has to be opened."""

    def offer(self, ticket: int, mail: OutgoingMail) -> None:
        self._waiting.append((ticket, mail))
        self._begin()

    def go(self, ticket: int) -> None:
        if ticket == self._at_work:
            self._may_go.put(True)

    def drop(self, ticket: int) -> None:
        if ticket == self._at_work:
            self._may_go.put(False)

    def wait(self, seconds: float) -> list[Happening]:
        happened: list[Happening] = []
        while True:
            try:
                happening = self._happened.get(timeout=None if happened else seconds, block=not happened)
            except Empty:
                return happened
            if not isinstance(happening, Ready):
                self._at_work = None
                self._begin()
            if not (isinstance(happening, Failed) and isinstance(happening.error, _TakenBack)):
                happened.append(happening)

    def close(self) -> None:
        self._may_go.put(False)
        self._waiting.clear()
        self._carrier.close()

    def _begin(self) -> None:
        if self._waiting and self._at_work is None:
            ticket, mail = self._waiting.popleft()
            self._at_work, self._may_go = ticket, SimpleQueue()
            work = (ticket, mail, self._may_go)
            threading.Thread(target=self._send, args=work, name="hand-over", daemon=True).start()

    def _send(self, ticket: int, mail: OutgoingMail, may_go: SimpleQueue[bool]) -> None:
        def ask() -> None:
            self._happened.put(Ready(ticket))
            if not may_go.get():
                raise _TakenBack

        try:
            ended: Happening = Taken(ticket, self._carrier.send(mail, ask))
        except BaseException as error:  # told to whoever waits, who knows what it means
            ended = Failed(ticket, error)
        self._happened.put(ended)
