"""Planning a slot: how long it takes to enter the mails of a quarter of all readers, and how much memory."""

import shutil
import sqlite3
import time
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.readership import NOW, make_readership
from bench.report import CannotMeasure, Report, peak_rss_mb
from newsletter import jobs
from newsletter.child import ChildFailed, run_in_child
from newsletter.config import Settings
from newsletter.db import Database
from newsletter.delivery.due import CHUNK

_PATIENCE = 900
_DURABLE = ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON")
_COLUMNS = (
    "subscriber_id, kind, occasion, welcome, editions, message_id, state, attempts, next_attempt_at,"
    " expires_at, fence, repeats, created_at"
)


@dataclass(frozen=True, slots=True)
class Trial:
    """One readership planned, and the same rows written by sqlite3 alone."""

    subscribers: int
    planned: int
    seconds: float
    limit_seconds: float
    peak_rss_mb: float

    @property
    def us_per_reader(self) -> float:
        return self.seconds / self.planned * 1e6


def measure(subscribers: int) -> Report:
    """Plan a slot for a quarter of `subscribers`, and of a tenth of them, on SQLite.

    Raises `CannotMeasure` when there are too few to measure anything.
    """
    if subscribers < 1000:
        raise CannotMeasure("planning is measured with at least 1,000 subscribers")
    small, large = _try(subscribers // 10), _try(subscribers)
    figures = {
        "seconds": large.seconds,
        "peak_rss_mb": large.peak_rss_mb,
        "readers_per_second": large.planned / large.seconds,
        "linearity": large.us_per_reader / small.us_per_reader,
        "ratio_limit": large.limit_seconds / large.seconds,
    }
    return Report(
        bench="plan",
        figures=figures,
        columns=("subscribers", "planned", "seconds", "µs a reader", "peak RSS, MB", "sqlite3 alone, s"),
        rows=[_row(small), _row(large)],
        notes=(
            f"Chunks of {CHUNK:,} readers, one transaction each. sqlite3 alone: the same rows inserted, and"
            " the same readers' next slots set, from ready values.",
        ),
    )


def _try(subscribers: int) -> Trial:
    with TemporaryDirectory(prefix="bench-plan-") as name:
        folder = Path(name)
        database, copy = folder / "newsletter.db", folder / "limit.db"
        try:
            # Each in a process of its own: what a process has held counts for those it starts, too.
            run_in_child(make_readership, database, subscribers, seconds=_PATIENCE)
            shutil.copy(database, copy)
            planned, seconds, peak = run_in_child(_plan, folder, seconds=_PATIENCE)
            limit = run_in_child(_limit, database, copy, seconds=_PATIENCE)
        except ChildFailed as error:
            raise CannotMeasure(f"planning {subscribers:,} subscribers {error}") from error
        if planned != subscribers // 4:
            raise CannotMeasure(f"planned {planned:,} mails of {subscribers // 4:,}: the engine is wrong")
        return Trial(subscribers, planned, seconds, limit, peak)


def _plan(folder: Path) -> tuple[int, float, float]:
    """In a process of its own: mails planned, seconds, and the most memory it held."""
    settings = Settings(data_dir=folder)
    with closing(Database(settings.database_url)) as database:
        start = time.perf_counter()
        planned = jobs.plan_due(settings, database, NOW)
        return planned, time.perf_counter() - start, peak_rss_mb()


def _limit(planned: Path, empty: Path) -> float:
    """Seconds sqlite3 takes to write what was planned into a copy of the readership, as durably."""
    with closing(sqlite3.connect(planned)) as source:
        rows = source.execute(f"SELECT {_COLUMNS} FROM delivery WHERE state = 'queued'").fetchall()
        slots = source.execute(
            "SELECT next_issue_at, editions_until, subscriber.id FROM subscriber JOIN delivery"
            " ON subscriber_id = subscriber.id WHERE state = 'queued'"
        ).fetchall()
    with closing(sqlite3.connect(empty, isolation_level=None)) as target:
        for pragma in _DURABLE:
            target.execute(f"PRAGMA {pragma}")
        start = time.perf_counter()
        for place in range(0, len(rows), CHUNK):
            _write(target, rows[place : place + CHUNK], slots[place : place + CHUNK])
        return time.perf_counter() - start


def _write(
    target: sqlite3.Connection, rows: list[tuple[object, ...]], slots: list[tuple[object, ...]]
) -> None:
    marks = ", ".join("?" * len(rows[0]))
    target.execute("BEGIN IMMEDIATE")
    target.executemany(f"INSERT INTO delivery ({_COLUMNS}) VALUES ({marks})", rows)
    target.executemany("UPDATE subscriber SET next_issue_at = ?, editions_until = ? WHERE id = ?", slots)
    target.execute("COMMIT")


def _row(trial: Trial) -> tuple[str | float, ...]:
    return (
        f"{trial.subscribers:,}",
        trial.planned,
        trial.seconds,
        trial.us_per_reader,
        trial.peak_rss_mb,
        trial.limit_seconds,
    )
