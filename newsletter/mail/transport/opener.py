"""Connections opened in threads of their own: greeting, encryption and login may take a minute each."""

import os
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from queue import Empty, SimpleQueue

from newsletter.mail.outgoing import TransportDown
from newsletter.mail.transport.server import SmtpServer
from newsletter.mail.transport.session import Opened, open_connection


@dataclass(frozen=True, slots=True)
class Attempt:
    """How an attempt to open a connection ended: with a connection, or with a reason."""

    server: SmtpServer
    opened: Opened | None
    reason: str = ""


class Opener:
    """Opens connections; `fileno` becomes readable when an attempt has ended."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._ended: SimpleQueue[Attempt] = SimpleQueue()
        self._reading, self._writing = os.pipe()
        os.set_blocking(self._reading, False)
        self.under_way = 0

    def fileno(self) -> int:
        return self._reading

    def open(self, server: SmtpServer) -> None:
        """Begin an attempt."""
        self.under_way += 1
        threading.Thread(target=self._open, args=(server,), name="smtp-open", daemon=True).start()

    def ended(self) -> Iterator[Attempt]:
        """The attempts that have ended since."""
        try:
            os.read(self._reading, 4096)
        except BlockingIOError:
            return
        while True:
            try:
                attempt = self._ended.get_nowait()
            except Empty:
                return
            self.under_way -= 1
            yield attempt

    def _open(self, server: SmtpServer) -> None:
        attempt = try_to_open(server, self._seconds)
        self._ended.put(attempt)
        os.write(self._writing, b".")


def try_to_open(server: SmtpServer, seconds: float) -> Attempt:
    """One attempt, waited for."""
    try:
        return Attempt(server, open_connection(server, seconds))
    except TransportDown as error:
        return Attempt(server, None, str(error))
    except Exception as error:  # a fault of ours must not leave the sender waiting for this attempt
        return Attempt(server, None, f"the mail server cannot be used: {type(error).__name__}")
