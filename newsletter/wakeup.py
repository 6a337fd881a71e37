"""Waking the workers: at once, but not for every single mail of a rush."""

import threading
from collections.abc import Callable
from time import monotonic

# Who was woken looks at everything that waits, and by themselves workers look every two seconds (`lookout`).
SECONDS = 0.5


class Wakeup:
    """Calls `ask`, at most once in `seconds`; what comes in between is found by the workers' own looking.

    Asking writes to the queue's database: as much work for the disk as the sign-up itself.
    """

    def __init__(
        self, ask: Callable[[], None], seconds: float = SECONDS, clock: Callable[[], float] = monotonic
    ) -> None:
        self._ask, self._seconds, self._clock = ask, seconds, clock
        self._again = float("-inf")
        self._lock = threading.Lock()

    def __call__(self) -> None:
        with self._lock:
            now = self._clock()
            if now < self._again:
                return
            self._again = now + self._seconds
        self._ask()
