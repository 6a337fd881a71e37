"""How long each step of an SMTP conversation may take."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from newsletter.mail.transport.server import SmtpServer
from newsletter.mail.transport.turn import Stage


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds to wait for a server, by what it owes us.

    RFC 5321, section 4.5.3.2.6: it may take ten minutes to think about a message. Who hangs up before
    does not know whether it was taken.
    """

    command_seconds: float = 60.0
    after_dot_seconds: float = 600.0
    goodbye_seconds: float = 5.0
    clock: Callable[[], float] = time.monotonic

    def seconds_for(self, awaited: Stage | None, busy: bool, server: SmtpServer) -> float | None:
        """How long to wait for this reply, or for the next mail; None when it is we who are awaited."""
        if awaited is None:
            return None if busy else server.idle
        if awaited in (Stage.DOT, Stage.VOID):
            return self.after_dot_seconds
        return self.goodbye_seconds if awaited is Stage.QUIT else self.command_seconds
