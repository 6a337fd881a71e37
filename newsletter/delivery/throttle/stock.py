"""Permits a worker process has in stock for one limit, and how many it asks for next."""

from collections import deque
from dataclasses import dataclass
from datetime import datetime, timedelta

from newsletter.delivery.throttle.reserve import GRACE, Permits

# A stock that was asked for and gone within this time was too small: so often the table is asked.
_LASTS = timedelta(milliseconds=250)
_LARGEST = 1000


@dataclass(slots=True)
class _Block:
    """Permits given out together; the next may be used from `next_at` on."""

    taken_at: datetime
    next_at: datetime
    interval: timedelta
    left: int


class Stock:
    """The permits of one limit. A permit not used in time lapses and is given back."""

    def __init__(self) -> None:
        self._blocks: deque[_Block] = deque()
        self._refused = 0
        self._size = 1
        self._asked_at: datetime | None = None
        self._ask_at: datetime | None = None
        self._unused: dict[datetime, int] = {}

    def ready_at(self, now: datetime) -> datetime | None:
        """None when a permit may be used; else when one may, or `now` when the table should be asked."""
        self._drop_lapsed(now)
        if self._blocks:
            next_at = self._blocks[0].next_at
            return next_at if next_at > now else None
        return self._ask_at if self._ask_at and self._ask_at > now else now

    def use(self) -> None:
        """Use the permit that is ready."""
        block = self._blocks[0]
        block.left -= 1
        block.next_at += block.interval
        if not block.left:
            self._blocks.popleft()

    def return_one(self, now: datetime) -> None:
        """Take back a permit whose mail did not leave after all."""
        self._unused[now] = self._unused.get(now, 0) + 1

    def want(self) -> None:
        """Note that a mail found no permit and that the table should be asked."""
        self._refused += 1

    def wanted(self, now: datetime) -> int:
        """How many permits to ask for: for each mail refused, and twice as many as were gone so soon."""
        if not self._refused:
            return 0
        soon = self._asked_at is not None and timedelta() <= now - self._asked_at < _LASTS
        self._size = min(self._size * 2, _LARGEST) if soon else max(self._size // 2, 1)
        return min(max(self._refused, self._size), _LARGEST)

    def unused(self, now: datetime) -> tuple[tuple[datetime, int], ...]:
        """Permits to give back, by when they were taken."""
        self._drop_lapsed(now)
        return tuple(self._unused.items())

    def receive(self, permits: Permits | None, now: datetime) -> None:
        """Put what the table gave into stock; what was given back is settled."""
        self._unused.clear()
        if permits is None:
            return
        self._refused, self._asked_at = 0, now
        if permits.count:
            self._blocks.append(_Block(now, permits.first_at, permits.interval, permits.count))
        self._ask_at = None if permits.count else permits.first_at

    def empty_out(self) -> None:
        """Give all of it back with the next exchange; after a clock jumped, or before leaving."""
        for block in self._blocks:
            self._give_back(block, block.left)
        self._blocks.clear()
        self._ask_at = None

    def _drop_lapsed(self, now: datetime) -> None:
        while self._blocks and self._blocks[0].next_at + GRACE < now:
            block = self._blocks[0]
            lapsed = (
                min(block.left, -((block.next_at + GRACE - now) // block.interval))
                if block.interval
                else block.left
            )
            self._give_back(block, lapsed)
            block.left -= lapsed
            block.next_at += lapsed * block.interval
            if not block.left:
                self._blocks.popleft()

    def _give_back(self, block: _Block, count: int) -> None:
        self._unused[block.taken_at] = self._unused.get(block.taken_at, 0) + count
