"""The wish to stop: a flag that signals may set at any moment, also in the middle of themselves."""

import os
import select
import signal
from contextlib import suppress


class StopFlag:
    """Set by SIGINT and SIGTERM once `listen` was called; asked and waited for like a threading.Event.

    Not an Event, because setting one takes a lock: a second Ctrl-C in the middle of the first would
    wait for itself for ever. Writing to a pipe can be interrupted anywhere. Nothing is ever read
    from it: a pipe with something in it is a flag that is set.
    """

    def __init__(self) -> None:
        self._reading, self._writing = os.pipe()
        os.set_blocking(self._writing, False)

    def listen(self) -> None:
        """From now on SIGINT and SIGTERM set the flag. Must be called in the main thread."""
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: self.set())

    def set(self) -> None:
        with suppress(BlockingIOError):  # full: it was set many times before
            os.write(self._writing, b".")

    def is_set(self) -> bool:
        return self.wait(0)

    def wait(self, seconds: float | None = None) -> bool:
        """Wait until the flag is set, at most `seconds`; whether it is."""
        return bool(select.select([self._reading], [], [], seconds)[0])
