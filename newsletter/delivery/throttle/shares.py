"""Sharing out connections: how many of a limit each worker process may use at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from newsletter.models import ThrottleShare

# A share is renewed every two seconds; so long after the last time its worker is taken for dead.
LEASE = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class Share:
    """What another worker holds of a limit, and what it would like to hold."""

    worker: str
    held: int
    wanted: int


def lease_connections(
    session: Session, key: str, worker: str, wanted: int, in_use: int, limit: int, now: datetime
) -> int:
    """How many connections of a limit this worker may use from now on, for the length of a `LEASE`.

    To be renewed before; with nothing wanted and nothing in use the share is given back. The caller
    holds the limit's row locked. What is still in use beyond the answer counts until it is not.
    """
    others = _others(session, key, worker, now)
    mine = ThrottleShare.key == key, ThrottleShare.worker == worker
    if not wanted and not in_use:
        session.execute(delete(ThrottleShare).where(*mine))
        return 0
    granted = fair_share(limit, others, Share(worker, in_use, wanted))
    _store(session, key, Share(worker, max(granted, in_use), wanted), now + LEASE)
    return granted


def fair_share(limit: int, others: Sequence[Share], mine: Share) -> int:
    """What is due to `mine`: an equal part, what others leave, and never what they still hold."""
    wanting = sorted([other.worker for other in others if other.wanted] + [mine.worker])
    equal, rest = divmod(limit, len(wanting))
    fair = equal + (wanting.index(mine.worker) < rest)
    left = limit - sum(other.wanted for other in others)
    free = limit - sum(other.held for other in others)
    return max(0, min(mine.wanted, max(fair, left), free))


def _others(session: Session, key: str, worker: str, now: datetime) -> list[Share]:
    """The shares of workers that live; those of the dead are deleted."""
    session.execute(delete(ThrottleShare).where(ThrottleShare.key == key, ThrottleShare.expires_at <= now))
    rows = session.execute(
        select(ThrottleShare.worker, ThrottleShare.connections, ThrottleShare.wanted).where(
            ThrottleShare.key == key, ThrottleShare.worker != worker
        )
    )
    return [Share(*row) for row in rows]


def _store(session: Session, key: str, share: Share, expires_at: datetime) -> None:
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    values = {"connections": share.held, "wanted": share.wanted, "expires_at": expires_at}
    statement = insert(ThrottleShare).values(key=key, worker=share.worker, **values)
    session.execute(statement.on_conflict_do_update(index_elements=["key", "worker"], set_=values))
