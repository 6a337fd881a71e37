"""The mails a sender has claimed and not yet offered, fetched from the ledger before they run out."""

import time
from collections import deque
from collections.abc import Iterable
from datetime import timedelta

import structlog
from sqlalchemy.exc import OperationalError

from newsletter.delivery import ledger
from newsletter.delivery.claim import take
from newsletter.delivery.desk import Desk, SendReport
from newsletter.delivery.hand import InHand
from newsletter.delivery.retry import skipped
from newsletter.models import DeliveryState

# A clock that jumps must not lengthen it: it is counted by one that only runs on.
PAUSE_SECONDS = 1.0

log = structlog.get_logger()


class Claims:
    """Claims of one send. `waiting` are those to be offered, in the order of the ledger."""

    def __init__(
        self, desk: Desk, report: SendReport, batch: int, lease: timedelta, most: int | None
    ) -> None:
        self._desk, self.report = desk, report
        self._batch, self._lease, self._left = batch, lease, most
        self._exhausted = False
        self._renew_at = desk.now_of()
        self._pause_until = float("-inf")
        self.waiting: deque[InHand] = deque()

    def refill(self) -> None:
        """Claim more when few are left and there may be more."""
        wanted = self._batch if self._left is None else min(self._batch, self._left)
        if self._exhausted or wanted <= 0 or len(self.waiting) > self._batch // 4 or self.paused:
            return
        now = self._desk.now_of()
        with self._desk.db.write() as session:
            taken = take(session, self._desk.keys, now, wanted, self._lease)
            for one in taken.mails:
                if one.number in taken.refused:
                    ledger.record(session, one.claim, skipped(taken.refused[one.number]), now)
            self._desk.composer.renew(session)
        self._exhausted = len(taken.mails) < wanted
        self._left = None if self._left is None else self._left - len(taken.mails)
        self._renew_at = now + self._lease / 3
        self.report.claimed += len(taken.mails)
        self.report.counts.update([DeliveryState.SKIPPED] * len(taken.refused))
        self.waiting += [one for one in taken.mails if one.number not in taken.refused]

    def put_back(self, in_hand: Iterable[InHand], reason: str) -> None:
        """Give claims back untried, at once, for whoever comes next."""
        claims = [one.claim for one in in_hand]
        try:
            with self._desk.db.write() as session:
                ledger.release(session, claims, self._desk.now_of(), f"put back: {reason}")
        except OperationalError as error:
            # Their leases run out, and the sweep puts them back.
            log.error("claims not put back", mails=len(claims), error=type(error.orig).__name__)

    def renew(self, also: Iterable[InHand]) -> None:
        """Renew the leases, once a third of their time has passed."""
        now = self._desk.now_of()
        if now < self._renew_at:
            return
        with self._desk.db.write() as session:
            ledger.renew(session, [one.claim for one in [*self.waiting, *also]], now, self._lease)
        self._renew_at = now + self._lease / 3

    def pause(self) -> None:
        """Leave the ledger alone for a moment: it could not be used."""
        self._pause_until = time.monotonic() + PAUSE_SECONDS

    @property
    def ended(self) -> bool:
        """Whether nothing is in hand that was not offered, and nothing more will be claimed."""
        over = self._exhausted or self._left == 0 or bool(self.report.interrupted)
        return over and not self.waiting

    @property
    def paused(self) -> bool:
        """Whether the ledger is to be left alone just now."""
        return time.monotonic() < self._pause_until
