"""Counting attempts in windows of time, in one statement each: no two processes count the same one."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from sqlalchemy import delete
from sqlalchemy.orm import Session

from newsletter.direct import Direct, direct_on
from newsletter.keyed import KeyedHash
from newsletter.models import AttemptCount

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# No window is longer; what is older than two of them counts nowhere any more.
LONGEST = timedelta(days=30)
_COUNT = """
INSERT INTO attempt_count (what, window_from, times) VALUES {}
ON CONFLICT (what, window_from) DO UPDATE SET times = attempt_count.times + 1 RETURNING what, times"""


class TooManyAttempts(Exception):
    """A limit is reached; it has room again after `wait`. `everywhere`: the limit of all together."""

    def __init__(self, wait: timedelta, everywhere: bool = False) -> None:
        super().__init__("too many attempts")
        self.wait = wait
        self.everywhere = everywhere


def hashed(secret: str, purpose: str, who: str) -> str:
    """Who is limited, so that nobody can be read back from it without the installation's key."""
    return _keyed(secret, purpose).of(who.encode()).hex()[:48]


@lru_cache(maxsize=32)
def _keyed(secret: str, purpose: str) -> KeyedHash:
    return KeyedHash(secret.encode(), f"newsletter.attempts.{purpose}\0".encode())


def window_start(now: datetime, length: timedelta) -> datetime:
    """When the window of this length began that `now` is in; all windows follow one another from 1970."""
    return _EPOCH + (now - _EPOCH) // length * length


def count_one(door: Session | Direct, what: str, now: datetime, length: timedelta) -> int:
    """Count one more attempt at `what` in the present window; how many it makes.

    Whoever counts the same at this moment waits until this transaction ends.
    """
    return count_each(door, (what,), now, length)[what]


def count_each(
    door: Session | Direct, whats: Sequence[str], now: datetime, length: timedelta
) -> Mapping[str, int]:
    """Count one more attempt at each of these, no two of them alike; how many it makes, by name.

    They are counted in their order: in the same one everywhere, no two transactions wait for each other.
    """
    named = {f"what_{place}": what for place, what in enumerate(whats)}
    start = window_start(now, length)
    return dict(map(tuple, direct_on(door).rows(_counting(tuple(named)), start=start, **named)))


@lru_cache(maxsize=8)
def _counting(names: tuple[str, ...]) -> str:
    return _COUNT.format(", ".join(f"(:{name}, :start, 1)" for name in names))


def forget_attempts(session: Session, now: datetime) -> None:
    """Let go of counts that matter no more."""
    session.execute(
        delete(AttemptCount)
        .where(AttemptCount.window_from < now - 2 * LONGEST)
        .execution_options(synchronize_session=False)
    )
