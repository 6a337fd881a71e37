"""Half of the sources broken at once: slow, refusing, endless. The edition does not wait for them."""

import os
import time
from datetime import datetime
from datetime import time as clock_time
from pathlib import Path

import pytest
from sqlalchemy import select

from newsletter import jobs
from newsletter.config import Settings
from newsletter.db import Database
from newsletter.ingest.sources import add_source, add_topic
from newsletter.models import Article, Edition, Source
from tests.faults.feeds.fault import HOME, SECONDS, rss, send
from tests.faults.feeds.poller import fault_policy
from tests.faults.feeds.wire import WIRE
from tests.ingest.server import FeedServer

SOURCES = int(os.environ.get("FAULTS_SOURCES", "40"))
READY_SECONDS = 60.0
# Servers and poller share this process here: the sound ones need their time.
PATIENCE = max(SECONDS, 6.0)
BROKEN = ("slow-header", "slow-body", "stops-in-the-middle", "endless-body", "hangs-up", "refuses")


@pytest.fixture
def settings(db: Database, tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path, database_url=db.url.render_as_string(), images=False)


@pytest.fixture
def numbers(db: Database, faulty: FeedServer, now: datetime) -> tuple[set[int], set[int]]:
    """The sources of a topic whose cut-off has just passed: those that are sound, and those that are not."""
    for fault in WIRE:
        faulty.behave(f"/{fault.name}", fault.answer)
    addresses = [
        _broken(index, faulty.server_port) if index % 2 else _sound(index, faulty, now)
        for index in range(SOURCES)
    ]
    with db.write() as session:
        topic = add_topic(session, "news", "News", now, clock_time(6, 0), "UTC")
        added = [add_source(session, address, [topic], now)[0] for address in addresses]
        session.flush()
        return {source.id for source in added[::2]}, {source.id for source in added[1::2]}


def _sound(index: int, faulty: FeedServer, now: datetime) -> str:
    link, said = f"https://example.com/news/{index}", now.strftime("%a, %d %b %Y 03:00:00 GMT")
    item = f"<item><title>Ferry {index} runs</title><link>{link}</link><pubDate>{said}</pubDate></item>"
    faulty.behave(f"/sound/{index}", send(rss(item)))
    return f"http://s{index}.{HOME}:{faulty.server_port}/sound/{index}"


def _broken(index: int, port: int) -> str:
    name = BROKEN[index // 2 % len(BROKEN)]
    return f"http://b{index}.{HOME}:{1 if name == 'refuses' else port}/{name}"


def test_with_half_of_the_sources_broken_the_edition_is_ready_within_a_minute(
    db: Database,
    settings: Settings,
    numbers: tuple[set[int], set[int]],
    now: datetime,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(jobs, "fetch_policy", lambda _settings: fault_policy(PATIENCE))
    sound, broken = numbers
    started = time.monotonic()

    jobs.poll_due(settings, db, now)
    closed = jobs.close_here(settings, now)

    assert time.monotonic() - started < READY_SECONDS
    assert closed == 1
    with db.read() as session:
        failures = {source.id: source.failure for source in session.scalars(select(Source))}
        assert len(session.scalars(select(Article)).all()) == len(sound)
        assert session.scalars(select(Edition)).one()
    assert {number for number, failure in failures.items() if failure is None} == sound
    assert {number for number, failure in failures.items() if failure} == broken
