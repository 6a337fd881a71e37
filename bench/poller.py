"""A poller in a process of its own, so that its memory and time can be told: two rounds over all sources.

Started as `python -m bench.poller FOLDER`, whose database holds the sources; prints what it did.
"""

import json
import resource
import subprocess
import sys
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
from newsletter.ingest.parse_pool import WORKERS

# Longer than the longest interval: everything is due again.
LATER = timedelta(hours=30)


@dataclass(frozen=True, slots=True)
class Polled:
    """Seconds of each round, new articles, and what it took.

    `reader_rss_mb` is the most that one of the processes held that read feeds; `cpu_seconds` is the
    first round's, the readers included.
    """

    new: int
    first_seconds: float
    again_seconds: float
    cpu_seconds: float
    again_cpu_seconds: float
    rss_mb: float
    reader_rss_mb: float

    @property
    def tree_rss_mb(self) -> float:
        """The most the poller can have held with its readers, as if all were largest at once."""
        return self.rss_mb + WORKERS * self.reader_rss_mb


def run_poller(folder: Path) -> Polled:
    """Run both rounds in a process of their own. Raises `CannotMeasure`."""
    command = [sys.executable, "-m", "bench.poller", str(folder)]
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

        new, first, cpu = _timed(lambda: poll_all(NOW))
        _none, again, again_cpu = _timed(lambda: poll_all(NOW + LATER))
    return Polled(new, first, again, cpu, again_cpu, peak_rss_mb(), peak_rss_mb(resource.RUSAGE_CHILDREN))


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


if __name__ == "__main__":
    given = Settings(data_dir=Path(sys.argv[1]), fetch_allow_networks="127.0.0.0/8", log_level="WARNING")
    print(json.dumps(asdict(poll_twice(given))))
