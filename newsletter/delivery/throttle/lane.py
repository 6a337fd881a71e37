"""One limit as a worker process sees it: permits in stock, mails under way, a hold, and who waits."""

from datetime import datetime, timedelta

from newsletter.delivery.throttle.exchange import Grant, Wish
from newsletter.delivery.throttle.hold import NO_HOLD, Hold, ease, strike
from newsletter.delivery.throttle.seats import Seats
from newsletter.delivery.throttle.stock import Stock
from newsletter.limits import Limit

# The pace at which mails that waited for a hold come back where no rate is set.
_AFTER_HOLD = timedelta(milliseconds=50)
_TRYING = timedelta(seconds=1)
_KEPT = timedelta(seconds=10)
# A mail that would have to wait longer is better put back into the ledger.
HORIZON = timedelta(seconds=20)


class Lane:
    """What a mail has to pass under one limit. `for_mails`: a seat is a mail's, not a connection's."""

    def __init__(self, key: str, limit: Limit, now: datetime, for_mails: bool) -> None:
        self.key = key
        self.for_mails = for_mails
        self.stock = Stock()
        self.seats = Seats()
        self.hold = NO_HOLD
        self._under_way = 0
        self._used_at = self._hand_at = now
        self._line_at: datetime | None = None
        self._turns = self._unasked = 0
        self._slow_down, self._eased = "", False
        self.limit_by(limit)

    def limit_by(self, limit: Limit) -> None:
        """Go by this limit from now on."""
        self.limit = limit
        self._counts = bool(limit.per_second or limit.per_hour or limit.per_day)
        self._step = limit.step or _AFTER_HOLD

    def ready_at(self, now: datetime) -> datetime | None:
        """None when a mail may pass; else when to ask again, `now` when only the table need be asked."""
        if self.hold.strikes:
            if not self.hold.over(now):
                return self.hold.until
            if self._under_way:
                return now + _TRYING
        if self.for_mails and self.limit.connections and (seat := self.seats.ready_at(now)):
            return seat
        return self.stock.ready_at(now) if self._counts else None

    def enter(self, now: datetime) -> None:
        """A mail passes; `ready_at` has just said that it may."""
        self._under_way += 1
        self._used_at = now
        if self._counts:
            self.stock.use()
        if self.for_mails:
            self.seats.sit()

    def enter_unasked(self) -> None:
        """A mail passes without asking, and counts."""
        self._under_way += 1
        self._unasked += self._counts

    def leave(self) -> None:
        """A mail that passed is no longer under way."""
        self._under_way = max(0, self._under_way - 1)
        if self.for_mails:
            self.seats.rise()

    def want(self, now: datetime) -> None:
        """Note what is missing for a mail to pass."""
        self._used_at = now
        if self.for_mails and self.limit.connections and self.seats.ready_at(now):
            self.seats.want()
        if self._counts and self.stock.ready_at(now):
            self.stock.want()

    def place(self, at: datetime, now: datetime) -> datetime:
        """When a mail should ask again: one after the other from `at` on, as far as the horizon."""
        here = max(self._hand_at, at)
        if here <= now + HORIZON:
            self._hand_at = here + self._step
        return here

    def turn(self, at: datetime) -> datetime:
        """When a mail that is put back may expect its turn: behind those in hand, and those put back."""
        here = max(at, self._hand_at, self._line_at or at)
        self._line_at = here + self._step
        self._turns += 1
        return here

    def slow_down(self, now: datetime, reason: str) -> None:
        """The server asked us to slow down: hold at once, and tell the others."""
        self._used_at = now
        self.hold = strike(self.hold, self.key, now, reason)
        self._slow_down = self._slow_down or reason or "asked to slow down"

    def worked(self, now: datetime) -> bool:
        """A mail was taken; whether that ended a hold which the others should hear of."""
        eased = self.hold.strikes > 0 and ease(self.hold, now) is NO_HOLD and not self._slow_down
        if eased:
            self.hold, self._eased, self._hand_at = NO_HOLD, True, now
        return eased

    def wish(self, now: datetime, leaving: bool = False) -> Wish | None:
        """What to tell and to ask the shared table; None when there is nothing."""
        if leaving:
            self.stock.empty_out()
        seated = self.limit.connections is not None and (self.seats.share or not leaving)
        wish = Wish(
            limit=self.limit,
            permits=0 if leaving or not self._counts else self.stock.wanted(now),
            unused=self.stock.unused(now) if self.limit.per_hour or self.limit.per_day else (),
            unasked=self._unasked,
            slow_down=self._slow_down,
            eased=self._eased,
            turns=self._turns,
            line_at=self._line_at,
            step=self._step,
            seats=self.seats.wish(now, leaving) if seated else None,
        )
        said = wish.permits, wish.unused, wish.unasked, wish.slow_down, wish.eased, wish.turns, wish.seats
        return wish if any(part for part in said) else None

    def receive(self, grant: Grant, now: datetime) -> None:
        """Take over what the shared table answered to the last wish."""
        self._turns = self._unasked = 0
        self._slow_down, self._eased = "", False
        self._line_at = grant.line_at or self._line_at
        self.hold = grant.hold
        self.stock.receive(grant.permits, now)
        self.seats.receive(grant.seats, now)

    def hear(self, hold: Hold) -> None:
        """Take over the hold the others know of, unless there is news of our own for them."""
        if not self._slow_down and not self._eased:
            self.hold = hold

    def forget_times(self, now: datetime) -> None:
        """The clock jumped back: nothing that was said about times to come holds any longer."""
        self._hand_at, self._line_at, self._used_at = now, None, now
        self.stock.empty_out()
        self.seats.forget()

    def idle(self, now: datetime) -> bool:
        """Whether nobody would miss it."""
        busy = self._under_way or self.hold.strikes or self.seats.used or self.seats.share
        return not busy and now - self._used_at > _KEPT and self.wish(now) is None
