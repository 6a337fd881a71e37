"""Manners towards a host: no more than a few connections to it at the same time from this process."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Condition
from time import monotonic

PER_HOST = 2


class HostBusy(Exception):
    """No connection to this host became free in the time there was."""


class HostSeats:
    """Who may talk to a host now. Hosts are told apart by name, whatever the port."""

    def __init__(self) -> None:
        self._changed = Condition()
        self._taken: Counter[str] = Counter()

    @contextmanager
    def seat(self, host: str, patience: float, per_host: int = PER_HOST) -> Iterator[float]:
        """Hold one of the host's seats; gives the seconds it had to be waited for.

        Raises `HostBusy` after `patience` seconds. Hold one at a time, or two may wait for each other.
        """
        name = host.lower().rstrip(".")
        started = monotonic()
        with self._changed:
            if not self._changed.wait_for(lambda: self._taken[name] < per_host, patience):
                self._forget(name)
                raise HostBusy
            self._taken[name] += 1
        try:
            yield monotonic() - started
        finally:
            with self._changed:
                self._taken[name] -= 1
                self._forget(name)
                self._changed.notify_all()

    def _forget(self, name: str) -> None:
        if self._taken[name] <= 0:
            del self._taken[name]


# One for the whole process: feeds, pages and pictures together.
SEATS = HostSeats()
