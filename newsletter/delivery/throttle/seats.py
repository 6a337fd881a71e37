"""How much may be under way at once under one limit: this worker's share of what all workers have."""

from datetime import datetime, timedelta

from newsletter.delivery.throttle.exchange import SeatWish

_RENEW = timedelta(seconds=2)
# A share that was granted in full and is too small grows sooner than that.
_GROW = timedelta(milliseconds=100)
_SOON = timedelta(milliseconds=20)
# Whoever has no seat at all depends on others to give theirs back, and need not look often.
_LATE = timedelta(seconds=30)


class Seats:
    """Mails under way to a domain, or connections to a relay; `share` is how many there may be."""

    def __init__(self) -> None:
        self.share = self.used = 0
        self._peak = self._refused = 0
        self._wished = 0
        self._renew_at: datetime | None = None
        self._grow_at: datetime | None = None

    def ready_at(self, now: datetime) -> datetime | None:
        """None when there is a free seat; else when to look again, `now` when the table should be asked."""
        if self.used < self.share:
            return None
        if self._due(now):
            return now
        return now + (_SOON if self.share else _LATE)

    def sit(self) -> None:
        """Take a seat that is free."""
        self.used += 1
        self._peak = max(self._peak, self.used)

    def rise(self) -> None:
        """Free a seat."""
        self.used = max(0, self.used - 1)

    def want(self) -> None:
        """Note that one more was wanted than there are."""
        self._refused += 1

    def wish(self, now: datetime, leaving: bool = False) -> SeatWish | None:
        """What to ask for; None while the share needs no renewal."""
        if leaving:
            return SeatWish(0, self.used)
        if not self._due(now) or not (self._peak or self._refused or self.share):
            return None
        self._wished = self._peak + max(self._refused, self.share if self._refused else 0)
        return SeatWish(self._wished, self.used)

    def receive(self, share: int | None, now: datetime) -> None:
        """Take over the share the table gave."""
        if share is None:
            return
        self.share, self._renew_at = share, now + _RENEW
        self._grow_at = now + _GROW if share >= self._wished else None
        self._peak, self._refused = self.used, 0

    def forget(self) -> None:
        """Ask anew at once: the clock jumped."""
        self._renew_at = None

    def _due(self, now: datetime) -> bool:
        if self._renew_at is None or now >= self._renew_at:
            return True
        return self._grow_at is not None and now >= self._grow_at and self.used >= self.share
