"""Who may send a form once more: limits of a network and of everybody together, by the hour."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter.attempts.counting import TooManyAttempts, count_each, count_one, hashed, window_start
from newsletter.attempts.networks import networks_of
from newsletter.direct import Direct, direct_on
from newsletter.models import AttemptCount

HOUR = timedelta(hours=1)
_FULL = "full:"
# What was used once must not be used again for longer than it lives.
_ONCE = timedelta(days=1)
_USED = "SELECT times FROM attempt_count WHERE what = :what AND window_from = :start"


@dataclass(frozen=True, slots=True)
class Gate:
    """Limits of one form, by the hour: of a network, of the /48 around it, of all together (None: none)."""

    form: str
    network: int = 20
    around: int = 60
    everybody: int | None = None


@dataclass(frozen=True, slots=True)
class Visitor:
    """Whoever sends a form: their address in the network, and the key that its hash is made with."""

    address: str
    secret: str


def admit(door: Session | Direct, gate: Gate, visitor: Visitor, now: datetime) -> None:
    """Count an attempt. Raises `TooManyAttempts` when a limit is reached; roll back then.

    The order is the same for all, so that no two transactions wait for each other.
    """
    wait = window_start(now, HOUR) + HOUR - now
    limits = dict(_limits(gate, visitor))
    everybody = f"all:{gate.form}"
    whats = (*limits, everybody) if gate.everybody is not None else tuple(limits)
    times = count_each(door, whats, now, HOUR)
    if any(times[what] > limit for what, limit in limits.items()):
        raise TooManyAttempts(wait)
    if gate.everybody is None:
        return
    if times[everybody] > gate.everybody:
        raise TooManyAttempts(wait, everywhere=True)
    if times[everybody] == gate.everybody:
        count_one(door, f"{_FULL}{gate.form}", now, HOUR)


def refuse(session: Session, gate: Gate, visitor: Visitor, now: datetime) -> None:
    """Count nothing, but raise `TooManyAttempts` where a network's limit is reached already."""
    start = window_start(now, HOUR)
    for what, limit in _limits(gate, visitor):
        times = session.scalar(
            select(AttemptCount.times).where(AttemptCount.what == what, AttemptCount.window_from == start)
        )
        if (times or 0) >= limit:
            raise TooManyAttempts(start + HOUR - now)


def was_full(session: Session, form: str, now: datetime) -> tuple[datetime, int] | None:
    """The latest hour, this one or the one before, in which everybody's limit was reached, and that limit."""
    since = window_start(now, HOUR) - HOUR
    full = select(AttemptCount.window_from).where(
        AttemptCount.what == f"{_FULL}{form}", AttemptCount.window_from >= since
    )
    hour = session.scalar(full.order_by(AttemptCount.window_from.desc()).limit(1))
    if hour is None:
        return None
    times = session.scalar(
        select(AttemptCount.times).where(AttemptCount.what == f"all:{form}", AttemptCount.window_from == hour)
    )
    return hour, times or 0


def is_new(door: Session | Direct, purpose: str, value: str, secret: str, now: datetime) -> bool:
    """Note a value that may be used once; whether it was not used before, today or the day before."""
    what = f"once:{hashed(secret, purpose, value)}"
    yesterday = window_start(now, _ONCE) - _ONCE
    used = direct_on(door).rows(_USED, what=what, start=yesterday)
    return count_one(door, what, now, _ONCE) == 1 and not used


def _limits(gate: Gate, visitor: Visitor) -> Iterator[tuple[str, int]]:
    widths = zip(networks_of(visitor.address), (gate.network, gate.around), strict=False)
    for network, limit in widths:
        yield f"{gate.form}:{hashed(visitor.secret, 'network', network)}", limit
