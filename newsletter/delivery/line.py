"""The line before the limits: who may leave now, who waits in hand, who is put back for later."""

import heapq
import time
from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import count

from newsletter.delivery.desk import Desk
from newsletter.delivery.hand import InHand
from newsletter.delivery.retry import Outcome, in_line
from newsletter.delivery.slow_start import CROWD, SlowStart
from newsletter.delivery.throttle import exchange
from newsletter.mail.outgoing import HandOverError
from newsletter.mail.replies import Refusal, Scope

_SLOWS_DOWN = (Refusal.BUSY, Refusal.POLICY)
# A domain nothing is known of begins with a quarter of the connections; each has room for three mails.
_FIRST_SHARE = 12
# Mail to a domain that is slow to answer waits in the ledger so long, and asks again.
_SLOW_WAIT = timedelta(minutes=2)


class Line:
    """Asks the pacer for each mail, and keeps those whose turn comes within moments."""

    def __init__(self, desk: Desk) -> None:
        self._desk, self._pacer = desk, desk.pacer
        self._order = count()
        self._waiting: list[tuple[datetime, int, InHand]] = []
        self._far: list[tuple[InHand, Outcome]] = []
        self._next: list[InHand] = []
        self._slow_start = SlowStart(desk.transport.room // _FIRST_SHARE)

    def __bool__(self) -> bool:
        return bool(self._waiting or self._next or len(self._slow_start))

    @property
    def crowded(self) -> bool:
        """Whether nobody more should join it now."""
        return len(self._slow_start) >= CROWD

    def all(self) -> Iterable[InHand]:
        """Who waits in hand."""
        return [*(one for _at, _order, one in self._waiting), *self._next, *self._slow_start]

    def clear(self) -> None:
        self._waiting.clear()
        self._next.clear()
        self._slow_start.clear()

    def exchange(self, leaving: bool = False) -> None:
        """Tell the limits all workers share what we want of them, when it is time to."""
        now = self._desk.now_of()
        if not leaving and not self._pacer.due(now):
            return
        wishes = self._pacer.wishes(now, leaving)
        with self._desk.db.write() as session:
            answer = exchange(session, wishes, now)
        self._pacer.receive(answer, now)

    def due(self, now: datetime) -> list[InHand]:
        """Whose moment to ask again has come; they are not in the line any more."""
        found, self._next = self._next, []
        while self._waiting and self._waiting[0][0] <= now:
            found.append(heapq.heappop(self._waiting)[2])
        return found

    def admits(self, one: InHand, now: datetime) -> bool:
        """Whether the mail may leave now; else it is in the line, or far behind it."""
        if not self._slow_start.admits(one):
            return False
        at = self._pacer.admit(one.domain, now, urgent=one.urgent)
        if at is None:
            self._slow_start.enter(one, time.monotonic())
            return True
        # Nobody who stands behind it has to wait for its end.
        self._next += self._slow_start.next_behind(one)
        if at - now <= self._desk.horizon:
            heapq.heappush(self._waiting, (at, next(self._order), one))
        else:
            self._far.append((one, in_line(self._pacer.turn(one.domain, now))))
        return False

    def put_back(self) -> list[tuple[InHand, Outcome]]:
        """Who stands too far behind to be kept in hand."""
        far, self._far = self._far, []
        if self.crowded:
            turn = self._desk.now_of() + _SLOW_WAIT
            far += [(one, in_line(turn)) for one in self._slow_start.slow(time.monotonic())]
        return far

    def seconds(self, most: float, idle: bool) -> float:
        """How long to wait for other things before somebody in the line may leave, at most `most`."""
        if self._next:
            return 0.0
        if not self._waiting:
            return 0.0 if idle else most
        return min(most, max(0.0, (self._waiting[0][0] - self._desk.now_of()) / timedelta(seconds=1)))

    def settle(self, one: InHand, *, taken: bool = False, unused: bool = False) -> None:
        """An admitted mail is under way no more."""
        self._pacer.settle(one.domain, self._desk.now_of(), taken=taken, unused=unused)
        self._slow_start.leave(one, time.monotonic(), taken)
        self._next += self._slow_start.next_behind(one)

    def heed(self, one: InHand, error: HandOverError) -> None:
        """Slow down for a domain whose server asks for it."""
        verdict = error.verdict
        if (
            verdict
            and verdict.scope is Scope.DOMAIN
            and verdict.kind in _SLOWS_DOWN
            and not verdict.permanent
        ):
            self._pacer.slow_down(self._desk.now_of(), str(error), domain=one.domain)
