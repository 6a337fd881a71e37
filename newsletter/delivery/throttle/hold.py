"""Holding back after a server asked us to slow down (421, 450 or 451 4.7.x): pure.

From a minute the hold doubles with each strike, up to an hour. The first mail taken afterwards lifts
the strikes; until then one mail at a time goes out to see whether we are welcome again.
"""

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime, timedelta

FIRST = timedelta(minutes=1)
LONGEST = timedelta(hours=1)
# After a day without any the next is a first strike again.
FORGOTTEN = timedelta(days=1)
_LONGEST_REASON = 500
_ADDRESS = re.compile(r"[^\s<>()]+@[^\s<>()]+")


@dataclass(frozen=True, slots=True)
class Hold:
    """Nothing leaves until `until`; `strikes` times in a row we were asked to slow down, last by `reason`."""

    until: datetime | None = None
    strikes: int = 0
    reason: str = ""

    def over(self, now: datetime) -> bool:
        """Whether mail may be tried. An end further off than any hold was set by a clock that ran wild."""
        return self.until is None or self.until <= now or self.until > now + 2 * LONGEST


NO_HOLD = Hold()


def strike(hold: Hold, key: str, now: datetime, reason: str) -> Hold:
    """The hold after a request to slow down. Requests during a hold are the same one, heard again."""
    if not hold.over(now):
        return hold
    recent = hold.until is not None and now - FORGOTTEN < hold.until <= now
    strikes = hold.strikes + 1 if recent else 1
    return Hold(now + back_off(key, strikes), strikes, _presentable(reason))


def ease(hold: Hold, now: datetime) -> Hold:
    """The hold after a mail was taken: gone. What was under way when a hold began does not end it."""
    return NO_HOLD if hold.over(now) else hold


def back_off(key: str, strikes: int) -> timedelta:
    """How long a hold lasts: 1, 2, 4 ... 60 minutes, less up to a quarter, the same wherever worked out.

    The part taken off keeps limits that were struck together from coming back together.
    """
    doubled = min(FIRST * (1 << min(max(strikes, 1) - 1, 16)), LONGEST)
    digest = hashlib.sha256(f"{key} {strikes}".encode()).digest()
    return doubled * (1 - int.from_bytes(digest[:4]) / 2**32 / 4)


def _presentable(reason: str) -> str:
    """A server's words without addresses, which would outlive a reader's erasure, nor odd characters."""
    printable = "".join(letter if letter.isprintable() else " " for letter in reason[: 2 * _LONGEST_REASON])
    return _ADDRESS.sub("…", printable)[:_LONGEST_REASON]
