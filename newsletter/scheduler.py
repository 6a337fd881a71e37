"""APScheduler as the minute tick, on one leader: it asks for work; the database knows what is due."""

import fcntl
import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import structlog
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.cron import CronTrigger
from sqlalchemy import Connection, text
from sqlalchemy.exc import SQLAlchemyError

from newsletter.config import Settings
from newsletter.db import Database

# Any fixed number, the same for every installation's schedulers: PostgreSQL's locks are per database.
_ADVISORY_LOCK = 7_208_851_413
MISFIRE_GRACE_SECONDS = 50

log = structlog.get_logger()


class FileLeader:
    """Leads while this process holds a lock on a file; the kernel frees it when the process dies."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)

    def leads(self) -> bool:
        """Whether this process leads now; takes the lead when nobody has it."""
        with suppress(BlockingIOError):
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        return False

    def resign(self) -> None:
        os.close(self._descriptor)


class PostgresLeader:
    """Leads while a connection of its own holds an advisory lock; the server frees it when that ends."""

    def __init__(self, database: Database) -> None:
        self._engine = database.engine.execution_options(isolation_level="AUTOCOMMIT")
        self._connection: Connection | None = None

    def leads(self) -> bool:
        """Whether this process leads now; takes the lead when nobody has it."""
        try:
            if self._connection is not None:
                self._connection.execute(text("SELECT 1"))
                return True
            connection = self._engine.connect()
            if connection.scalar(text("SELECT pg_try_advisory_lock(:key)"), {"key": _ADVISORY_LOCK}):
                self._connection = connection
                return True
            connection.close()
        except SQLAlchemyError:
            log.warning("scheduler lost its database connection")
            self._connection = None
        return False

    def resign(self) -> None:
        if self._connection is not None:
            self._connection.detach()
            self._connection.close()
            self._connection = None


Leader = FileLeader | PostgresLeader


def leader_of(settings: Settings, database: Database) -> Leader:
    """The election that fits the database: a file lock beside SQLite, an advisory lock on PostgreSQL."""
    if database.is_sqlite:
        return FileLeader(settings.data_dir / "scheduler.lock")
    return PostgresLeader(database)


def start_scheduler(leader: Leader, tick: Callable[[], None]) -> BackgroundScheduler:
    """Call `tick` now and at every full minute while leading; the caller shuts the scheduler down.

    The first call, at once, is the catch-up for whatever fell due while nothing ran. The trigger
    runs in UTC: local clocks change, and what is due is never asked of it.
    """

    def guarded() -> None:
        try:
            if leader.leads():
                tick()
        except Exception:
            # A locked or absent database costs this minute; the next one asks again.
            log.exception("tick failed")

    scheduler = BackgroundScheduler(timezone="UTC")
    scheduler.add_job(
        guarded,
        CronTrigger(second=0, timezone="UTC"),
        id="tick",
        coalesce=True,
        max_instances=1,
        misfire_grace_time=MISFIRE_GRACE_SECONDS,
    )
    scheduler.start()
    guarded()
    return scheduler
