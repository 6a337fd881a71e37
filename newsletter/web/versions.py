"""The version of everything that kept pages tell: another one, another page."""

import threading
from dataclasses import dataclass, field
from time import monotonic

import structlog
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from newsletter.db import Database
from newsletter.models import Comment, CommentState, Edition, EditionStatus, ThreadChange

# So long an answer stands for all who ask: what is published is seen by then.
SECONDS = 1.0
# Its name among an application's extensions.
VERSION = "newsletter.version"

log = structlog.get_logger()


@dataclass
class Version:
    """Asked for at every request, read from the database once in `seconds`; None while it is away."""

    database: Database
    seconds: float = SECONDS
    _read: object | None = None
    _until: float = -1.0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __call__(self) -> object | None:
        if monotonic() < self._until:
            return self._read
        with self._lock:
            if monotonic() >= self._until:
                self._read = self._fresh()
                self._until = monotonic() + self.seconds
            return self._read

    def _fresh(self) -> object | None:
        try:
            with self.database.read() as session:
                return version_of(session)
        except OperationalError as error:
            log.warning("no version of the pages", reason=str(error.orig))
            return None


def version_of(session: Session) -> tuple[object, ...]:
    """What differs once an edition is published, withheld or gone, threads were joined, a comment shown."""
    published = select(
        func.count(), func.sum(Edition.id), func.max(Edition.closed_at), func.max(Edition.published_at)
    ).where(Edition.status == EditionStatus.PUBLISHED)
    shown = select(func.count(), func.max(Comment.decided_at)).where(Comment.state == CommentState.SHOWN)
    threads = select(func.max(ThreadChange.id))
    return tuple(value for query in (published, shown, threads) for value in session.execute(query).one())
