"""Connections opened in threads of their own: greeting, encryption and login may take a minute each."""

import os
import threading
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

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
    """Opens connections, each step within `seconds`; readable (`fileno`) while ended attempts are there."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._lock = threading.Lock()
        self._ended: deque[Attempt] = deque()
        self._closed = False
        self._reading, self._writing = os.pipe()
        self.under_way = 0

    def fileno(self) -> int:
        """What a selector watches."""
        return self._reading

    def open(self, server: SmtpServer) -> None:
        """Begin an attempt."""
        threading.Thread(target=self._open, args=(server,), name="smtp-open", daemon=True).start()
        self.under_way += 1

    def ended(self) -> Iterator[Attempt]:
        """The attempts that have ended since."""
        with self._lock:
            ended = list(self._ended)
            self._ended.clear()
            if ended:
                os.read(self._reading, 1)
        self.under_way -= len(ended)
        yield from ended

    def close(self) -> None:
        """Wait for no attempt any longer: a connection that is opened from now on is closed at once."""
        with self._lock:
            self._closed = True
            for attempt in self._ended:
                _put_away(attempt)
            self._ended.clear()
            os.close(self._reading)
            os.close(self._writing)

    def _open(self, server: SmtpServer) -> None:
        attempt = try_to_open(server, self._seconds)
        with self._lock:
            if self._closed:
                _put_away(attempt)
                return
            if not self._ended:
                os.write(self._writing, b".")
            self._ended.append(attempt)


def try_to_open(server: SmtpServer, seconds: float) -> Attempt:
    """One attempt, waited for."""
    try:
        return Attempt(server, open_connection(server, seconds))
    except TransportDown as error:
        return Attempt(server, None, str(error))
    except Exception as error:  # a fault of ours must not leave the sender waiting for this attempt
        return Attempt(server, None, f"the mail server cannot be used: {type(error).__name__}")


def _put_away(attempt: Attempt) -> None:
    if attempt.opened:
        attempt.opened.socket.close()
