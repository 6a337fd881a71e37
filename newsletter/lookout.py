"""The lookout: how all worker processes, on all machines, come to send at once.

A task goes to one worker, so asking for "send" sets one process sending and no more. Therefore each
looks for itself every two seconds whether mail waits, and sends along when it does. Nobody has to
know how many workers there are or where, and a task that is lost costs two seconds.
"""

import threading
from collections.abc import Callable

import structlog

from newsletter.stopping import StopFlag

LOOK_SECONDS = 2.0
# After sending that left mail waiting (the mail server is away, or a limit holds): as long as a tick.
REST_SECONDS = 60.0

log = structlog.get_logger()


class Lookout:
    """Calls `send` whenever `waits` says that mail does, until `stop` is set.

    `waits` must be cheap: it is asked every two seconds. `send` sends until it finds nothing to do
    or cannot go on; if mail waits afterwards, it could not, and the lookout rests for a minute.
    """

    def __init__(self, waits: Callable[[], bool], send: Callable[[], None], stop: StopFlag) -> None:
        self._waits, self._send, self._stop = waits, send, stop
        self._thread = threading.Thread(target=self._keep_looking, name="lookout", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def join(self, seconds: float) -> None:
        """Wait, at most `seconds`, until the mail in hand is finished after `stop` was set."""
        self._thread.join(seconds)

    def is_alive(self) -> bool:
        """Whether it still looks, or has a mail in hand."""
        return self._thread.is_alive()

    def look(self) -> float:
        """Look once and send if mail waits; how many seconds to rest until the next look."""
        try:
            if not self._waits():
                return LOOK_SECONDS
            self._send()
            return REST_SECONDS if self._waits() else LOOK_SECONDS
        except Exception:
            # A locked or absent database costs a minute, as it does the tick.
            log.exception("looking for mail failed")
            return REST_SECONDS

    def _keep_looking(self) -> None:
        rest = 0.0  # at once: what a dead process left is not to wait
        while not self._stop.wait(rest):
            rest = self.look()
