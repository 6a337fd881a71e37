"""The worker: performs the kinds of work that are asked for, each at most once at a time here."""

import os
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cached_property

import structlog
from huey.consumer import Consumer

from newsletter import jobs, mailbox_jobs, push_jobs, story_jobs
from newsletter.config import Settings
from newsletter.db import Database
from newsletter.delivery.desk import Desk
from newsletter.delivery.waiting import mail_waits
from newsletter.ingest.robots import Robots
from newsletter.lookout import Lookout
from newsletter.memory import settle
from newsletter.queue import KINDS, TaskQueue
from newsletter.stopping import StopFlag

POLLING_SECONDS = 1.0
SHUTDOWN_SECONDS = 9
HEALTH_SECONDS = 10.0

log = structlog.get_logger()


class Workbench:
    """What the work shares: settings, database, one way for mail to leave. The clock is read here."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.database = Database(settings.database_url)
        self.queue = TaskQueue(settings, self.perform)
        self.stopping: Callable[[], bool] = lambda: False
        self._busy = {kind: threading.Lock() for kind in KINDS}
        self._asked = {kind: threading.Event() for kind in KINDS}
        self._work: dict[str, Callable[[], str | None]] = {
            "tidy": self._tidy,
            "plan": self._plan,
            "send": self._send,
            "browsers": self._browsers,
            "alert": self._alert,
            "mailbox": self._mailbox,
            "close": self._close,
            "hubs": self._hubs,
            "poll": self._poll,
            "pages": self._pages,
            "threads": self._threads,
            "topics": self._topics,
        }

    def perform(self, kind: str) -> None:
        """Do this kind of work and ask for what follows from it.

        Asked while it is being done here, it is done once more afterwards: what came since then may
        have been missed, and somebody may sit waiting for it.
        """
        asked, busy = self._asked[kind], self._busy[kind]
        asked.set()
        while asked.is_set() and busy.acquire(blocking=False):
            try:
                asked.clear()
                follows = self._work[kind]()
            finally:
                busy.release()
            if follows:
                self.queue.ask(follows)

    def could_send(self) -> bool:
        """Whether mail waits while nothing is being sent here."""
        if self._busy["send"].locked():
            return False
        with self.database.read() as session:
            return mail_waits(session, _now())

    @cached_property
    def _desk(self) -> Desk:
        return jobs.desk_of(self.settings, self.database, _now)

    def _poll(self) -> str | None:
        new = jobs.poll_due(self.settings, self.database, _now(), lambda: self.stopping())
        return "close" if new else None

    @cached_property
    def _robots(self) -> Robots:
        return jobs.robots_of(self.settings)

    def _pages(self) -> None:
        jobs.read_pages(self.settings, self.database, _now(), self._robots)

    def _threads(self) -> None:
        story_jobs.thread_arrivals(self.settings, self.database, _now())

    def _topics(self) -> None:
        story_jobs.learn_topics(self.settings, self.database, _now())

    def _hubs(self) -> str | None:
        return "poll" if jobs.tend_hubs(self.settings, self.database, _now()) else None

    def _close(self) -> str | None:
        closed = jobs.close_due(self.settings, _now())
        jobs.index_stories(self.database, self.stopping)
        return "plan" if closed else None

    def _plan(self) -> str | None:
        return "send" if jobs.plan_due(self.settings, self.database, _now()) else None

    def _send(self) -> None:
        jobs.send_due(self._desk, self.stopping)

    def _browsers(self) -> None:
        push_jobs.tell_browsers(self.settings, self.database, _now())

    def _alert(self) -> str | None:
        return "send" if jobs.alert(self.settings, self.database, _now()) else None

    def _mailbox(self) -> str | None:
        return "send" if mailbox_jobs.visit_mailbox(self.settings, self.database, _now()) else None

    def _tidy(self) -> None:
        jobs.tidy(self.settings, self.database, _now())


def run_worker(settings: Settings, threads: int, stop: StopFlag) -> None:
    """Work until `stop` is set or a signal comes; then finish the mail in hand and leave within 10 s.

    Must be called in the main thread: it takes SIGINT and SIGTERM.
    """
    bench = Workbench(settings)
    consumer = Consumer(
        bench.queue.huey,
        workers=threads,
        periodic=False,
        max_delay=POLLING_SECONDS,
        shutdown_timeout=SHUTDOWN_SECONDS,
    )
    lookout = Lookout(bench.could_send, lambda: bench.perform("send"), stop)
    bench.stopping = stop.is_set
    consumer.start()
    lookout.start()
    # After `start`, which sets Huey's own: there, one of the two signals breaks off what is in hand.
    stop.listen()
    settle()
    log.info("worker ready", pid=os.getpid(), threads=threads)
    while not stop.wait(HEALTH_SECONDS):
        consumer.check_worker_health()
    deadline = time.monotonic() + SHUTDOWN_SECONDS
    consumer.stop(graceful=True)
    lookout.join(max(0.0, deadline - time.monotonic()))
    bench.queue.close()
    bench.database.close()
    log.info("worker stopped")


def _now() -> datetime:
    return datetime.now(UTC)
