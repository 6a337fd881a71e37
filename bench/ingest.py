"""Ingestion: polling many sources for the first time and again, beside feedparser alone."""

import multiprocessing
import time
from collections.abc import Sequence
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from sqlalchemy import insert

from bench.feed_server import serving
from bench.feedparser_alone import count_entries
from bench.feeds import NOW, make_feed
from bench.poller import Polled, run_poller
from bench.report import CannotMeasure, Report, peak_rss_mb
from newsletter import migrate
from newsletter.child import run_in_child
from newsletter.config import Settings
from newsletter.db import Database
from newsletter.ingest.claiming import due_sources
from newsletter.ingest.parse_pool import WORKERS
from newsletter.jobs import POLL_BATCH
from newsletter.models import Source

PLANNED_SOURCES = 10_000
ROUNDS = 3
_PATIENCE = 600


def measure(sources: int, entries: int) -> Report:
    """Poll `sources` of `entries` entries each, twice, on SQLite; parse the same bytes with feedparser.

    In turn, several times, so that whatever else the machine does meets both alike; the medians count.
    Raises `CannotMeasure` when articles are missing afterwards.
    """
    rounds = [(_parse_alone(sources, entries), _poll(sources, entries)) for _ in range(ROUNDS)]
    figures = _figures(rounds, sources, entries) | _plan()
    planned = figures["plan_seconds"]
    alone = median(seconds for seconds, _polled in rounds)
    _seconds, last = rounds[-1]
    return Report(
        bench="ingest",
        figures=figures,
        columns=("what", "seconds", "sources/s", "processor, ms a source"),
        rows=[
            (f"feedparser alone, {WORKERS} processes", alone, sources / alone, ""),
            _row("first poll", sources / figures["sources_per_second"], last.cpu_seconds, sources),
            _row(
                "nothing changed", sources / figures["unchanged_per_second"], last.again_cpu_seconds, sources
            ),
        ],
        notes=(
            f"{sources:,} sources of {entries} entries, {len(make_feed(0, entries)) // 1024} KB each. The"
            f" poller itself held {last.rss_mb:.0f} MB, without its {WORKERS} readers.",
            f"Medians of {ROUNDS} rounds, in which both were measured in turn.",
            f"{PLANNED_SOURCES:,} sources due within an hour were claimed in {planned:.1f} s.",
        ),
    )


def _figures(rounds: Sequence[tuple[float, Polled]], sources: int, entries: int) -> dict[str, float]:
    first = median(polled.first_seconds for _seconds, polled in rounds)
    again = median(polled.again_seconds for _seconds, polled in rounds)
    return {
        "ratio_feedparser": median(seconds / polled.first_seconds for seconds, polled in rounds),
        "unchanged_speedup": median(polled.first_seconds / polled.again_seconds for _, polled in rounds),
        "peak_rss_mb": max(polled.tree_rss_mb for _seconds, polled in rounds),
        "sources_per_second": sources / first,
        "articles_per_second": sources * entries / first,
        "unchanged_per_second": sources / again,
    }


def _row(name: str, rate: float, cpu: float, sources: int) -> tuple[str | float, ...]:
    return name, sources / rate, rate, 1000 * cpu / sources


def _poll(sources: int, entries: int) -> Polled:
    with TemporaryDirectory(prefix="bench-ingest-") as name, serving(sources, entries) as port:
        folder = Path(name)
        _add_sources(folder, [f"http://127.0.0.1:{port}/{number}.xml" for number in range(sources)])
        polled = run_poller(folder)
    if polled.new != sources * entries:
        raise CannotMeasure(f"{polled.new:,} articles of {sources * entries:,}: ingestion is wrong")
    return polled


def _add_sources(folder: Path, urls: list[str], spread: float = 0.0) -> None:
    """A new database with these sources, due `spread` seconds after one another."""
    with closing(Database(Settings(data_dir=folder).database_url)) as database:
        migrate.upgrade(database)
        with database.write() as session:
            rows = [
                {
                    "url": url,
                    "name": url,
                    "created_at": NOW,
                    "next_poll_at": NOW + timedelta(seconds=spread * number),
                }
                for number, url in enumerate(urls)
            ]
            session.execute(insert(Source), rows)


def _parse_alone(sources: int, entries: int) -> float:
    """Seconds that feedparser takes for the same bytes, in as many processes as read for the poller."""
    feeds = [make_feed(number, entries) for number in range(sources)]
    context = multiprocessing.get_context("spawn")
    with context.Pool(WORKERS) as pool:
        pool.map(count_entries, feeds[:WORKERS])
        start = time.perf_counter()
        found = sum(pool.imap_unordered(count_entries, feeds, chunksize=1))
        seconds = time.perf_counter() - start
    if found != sources * entries:
        raise CannotMeasure(f"feedparser found {found:,} entries of {sources * entries:,}")
    return seconds


def _plan() -> dict[str, float]:
    """Seconds to claim 10,000 sources over an hour; what more memory that takes than a tenth of them."""
    with TemporaryDirectory(prefix="bench-ingest-") as name:
        folders = [Path(name) / "few", Path(name) / "many"]
        for folder, count in zip(folders, (PLANNED_SOURCES // 10, PLANNED_SOURCES), strict=True):
            urls = [f"https://news{number}.example.com/feed" for number in range(count)]
            _add_sources(folder, urls, spread=3600 / count)
        few = run_in_child(_claim_all, folders[0], seconds=_PATIENCE)
        many = run_in_child(_claim_all, folders[1], seconds=_PATIENCE)
    seconds, many_mb, claimed = many
    if claimed != PLANNED_SOURCES:
        raise CannotMeasure(f"{claimed:,} sources of {PLANNED_SOURCES:,} were claimed: planning is wrong")
    return {"plan_seconds": seconds, "plan_growth_mb": many_mb - few[1]}


def _claim_all(folder: Path) -> tuple[float, float, int]:
    """In a process of its own: an hour of minutes, each claiming what is due."""
    start, claimed = time.perf_counter(), set[int]()
    with closing(Database(Settings(data_dir=folder).database_url)) as database:
        for minute in range(61):
            ids = [0]
            while ids:
                with database.write() as session:
                    ids = due_sources(session, NOW + timedelta(minutes=minute), POLL_BATCH)
                claimed.update(ids)
    return time.perf_counter() - start, peak_rss_mb(), len(claimed)
