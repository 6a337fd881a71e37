"""A poller in a process of its own, so that its memory and time can be told: two rounds over all sources.

It gets a folder whose database holds the sources, and prints what it did. Its main module is empty, for
the readers it starts load that too.
"""

import json
import multiprocessing
import os
import resource
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path

from bench.crew import ROOT
from bench.feeds import NOW
from bench.report import CannotMeasure, cpu_seconds, peak_rss_mb
from newsletter import jobs
from newsletter.config import Settings
from newsletter.db import Database

# Longer than the longest interval: everything is due again.
LATER = timedelta(hours=30)


@dataclass(frozen=True, slots=True)
class Polled:
    """New articles; seconds of each round, and its processor time, readers included; memory.

    `tree_rss_mb` is the most that the poller and its readers held together, looked at 20 times a second.
    """

    new: int
    first_seconds: float
    again_seconds: float
    cpu_seconds: float
    again_cpu_seconds: float
    rss_mb: float
    tree_rss_mb: float


def run_poller(folder: Path) -> Polled:
    """Run both rounds in a process of their own. Raises `CannotMeasure`."""
    command = [sys.executable, "-c", "from bench.poller import main; main()", str(folder)]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode != 0:
        raise CannotMeasure("the poller failed; what it said stands above")
    return Polled(**json.loads(done.stdout.splitlines()[-1]))


def poll_twice(settings: Settings) -> Polled:
    """Poll everything, and all of it again a day later, when nothing has changed."""
    with closing(Database(settings.database_url)) as database:

        def poll_all(now: datetime) -> int:
            new = 0
            while _due(database, now):
                new += jobs.poll_due(settings, database, now)
            return new

        with Weighing() as weighing:
            new, first, cpu = _timed(lambda: poll_all(NOW))
            _none, again, again_cpu = _timed(lambda: poll_all(NOW + LATER))
    return Polled(new, first, again, cpu, again_cpu, peak_rss_mb(), weighing.most_mb)


class Weighing:
    """Looks how much this process and those it started hold together. On Linux; elsewhere: itself alone."""

    def __init__(self) -> None:
        self.most_mb = 0.0
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> "Weighing":
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._done.set()
        self._thread.join()
        self.most_mb = max(self.most_mb, peak_rss_mb())

    def _look(self) -> None:
        # A child's own peak cannot be asked: it begins with what its parent held.
        while not self._done.wait(0.05):
            pids = [os.getpid(), *(child.pid for child in multiprocessing.active_children())]
            self.most_mb = max(self.most_mb, sum(_rss_mb(pid) for pid in pids if pid))


def _rss_mb(pid: int) -> float:
    try:
        pages = Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1]
    except (OSError, IndexError):
        return 0.0
    return int(pages) * os.sysconf("SC_PAGE_SIZE") / 2**20


def _due(database: Database, now: datetime) -> bool:
    with database.direct() as connection:
        query = "SELECT EXISTS (SELECT 1 FROM source WHERE next_poll_at <= ?)"
        told = connection.exec_driver_sql(query, (now.strftime("%Y-%m-%d %H:%M:%S.%f"),))
        return bool(told.scalar())


def _timed(work: Callable[[], int]) -> tuple[int, float, float]:
    start, cpu = time.perf_counter(), _cpu()
    done = work()
    return done, time.perf_counter() - start, _cpu() - cpu


def _cpu() -> float:
    return cpu_seconds() + cpu_seconds(resource.RUSAGE_CHILDREN)


def main() -> None:
    """The poller's own process."""
    given = Settings(data_dir=Path(sys.argv[1]), fetch_allow_networks="127.0.0.0/8", log_level="WARNING")
    print(json.dumps(asdict(poll_twice(given))))
