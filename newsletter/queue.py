"""Tasks: the kinds of work, behind Huey, so that any number of workers can share them.

A task carries nothing but its name: who works it asks the database what is due. A lost task
therefore costs a minute, never a mail, and one that comes twice finds nothing to do. Stale ones
expire unread. Who only asks for work (pages, scheduler) loads nothing of what the work needs.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from huey import Huey, PostgresHuey, RedisHuey, SqliteHuey
from huey.serializer import SignedSerializer
from sqlalchemy import make_url

from newsletter.config import Settings

# In the order a tick asks for them: the quick and urgent first.
KINDS = (
    *("tidy", "plan", "send", "browsers", "alert", "mailbox"),
    *("close", "hubs", "poll", "pages", "threads", "topics"),
)
STALE_SECONDS = 55


class TaskQueue:
    """The queue of `QUEUE_URL`. Workers hand in `perform`, which does a kind of work; others only ask."""

    def __init__(self, settings: Settings, perform: Callable[[str], None] | None = None) -> None:
        self.huey = _open_huey(settings)
        self._tasks: dict[str, Any] = {kind: self._define(kind, perform) for kind in KINDS}

    def ask(self, kind: str) -> None:
        """Ask the workers for this kind of work; returns at once."""
        self._tasks[kind]()

    def ask_for_sending(self) -> None:
        """Mail is waiting: what the pages say after a sign-up."""
        self.ask("plan")
        self.ask("send")

    def ask_for_everything(self) -> None:
        """The minute tick."""
        for kind in KINDS:
            self.ask(kind)

    def close(self) -> None:
        """Give the queue's connection back."""
        self.huey.storage.close()

    def _define(self, kind: str, perform: Callable[[str], None] | None) -> Any:
        def task() -> None:
            if perform is not None:
                perform(kind)

        return self.huey.task(name=kind, expires=STALE_SECONDS)(task)


def _open_huey(settings: Settings) -> Huey:
    url = make_url(settings.queue_url)
    # Huey pickles tasks: signed, so that writing to the queue is not running code here.
    serializer = SignedSerializer(secret=settings.keys[-1], salt="newsletter.queue")
    options = {"results": False, "serializer": serializer}
    backend = url.get_backend_name()
    if backend == "sqlite":
        Path(str(url.database)).parent.mkdir(parents=True, exist_ok=True)
        return SqliteHuey("newsletter", filename=url.database, **options)
    if backend == "postgresql":
        dsn = url.set(drivername="postgresql").render_as_string(hide_password=False)
        return _open_postgres(dsn, options)
    return RedisHuey("newsletter", url=settings.queue_url, **options)


def _open_postgres(dsn: str, options: dict[str, Any]) -> Huey:
    from psycopg.errors import DuplicateTable, UniqueViolation

    try:
        return PostgresHuey("newsletter", dsn=dsn, **options)
    except (UniqueViolation, DuplicateTable):
        # Several processes came first at once: IF NOT EXISTS does not keep them from making the same
        # table. Now the tables are there.
        return PostgresHuey("newsletter", dsn=dsn, **options)
