"""Feeds that are hostile or broken, each through the real poll, beside one that is sound."""

import re
import time
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from newsletter.db import Database
from newsletter.ingest.record import Outcome
from newsletter.models import Article, ArticleSighting
from tests.conftest import NOW
from tests.faults.feeds.astray import ASTRAY
from tests.faults.feeds.documents import DOCUMENTS
from tests.faults.feeds.fault import HOME, SECONDS, Fault
from tests.faults.feeds.packed import PACKED_FAULTS
from tests.faults.feeds.poller import Poller
from tests.faults.feeds.usage import PROC, measured
from tests.faults.feeds.wire import WIRE
from tests.ingest.polling import add, source_of
from tests.ingest.server import FeedServer

FAULTS = (*WIRE, *PACKED_FAULTS, *ASTRAY, *DOCUMENTS)
CPU_SECONDS = 2.0
MEGABYTES = 100.0
# What reading may take on top of fetching, on a machine that does other things too.
READING_SECONDS = 10.0

pytestmark = pytest.mark.skipif(
    not (PROC / "self" / "clear_refs").exists(), reason="the use of memory is measured by Linux's /proc"
)


def articles_of(db: Database, source_id: int) -> list[Article]:
    seen = select(Article).join(ArticleSighting).where(ArticleSighting.source_id == source_id)
    with db.read() as session:
        return list(session.scalars(seen.order_by(Article.id)))


@pytest.fixture(scope="module")
def sound(faulty: FeedServer, sources: Database, poller: Poller) -> int:
    """A source with nothing wrong, polled twice so that everything is warm."""
    number = add(sources, f"http://sound.{HOME}:{faulty.server_port}/sound", NOW)
    poller.poll([number, number], NOW)
    return number


def test_there_are_many_faults_of_different_names() -> None:
    names = [fault.name for fault in FAULTS]
    assert len(set(names)) == len(names) >= 45


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_a_fault_costs_little_and_stays_with_its_source(
    fault: Fault, faulty: FeedServer, sources: Database, poller: Poller, sound: int
) -> None:
    faulty.behave(f"/{fault.name}", fault.answer)
    number = add(sources, fault.address(faulty.server_port), NOW)
    fault.prepare()
    started = time.monotonic()

    with measured(poller.number) as usage:
        _broken, healthy = poller.poll([number, sound], NOW)

    seconds = time.monotonic() - started
    assert (healthy.outcome, healthy.new) == (Outcome.READ, 1)
    assert seconds < SECONDS + READING_SECONDS
    assert usage.cpu <= CPU_SECONDS
    assert usage.megabytes <= MEGABYTES
    assert_told(fault, source_of(sources, number).failure)
    assert_clean(fault, articles_of(sources, number))


def assert_told(fault: Fault, failure: str | None) -> None:
    """The source shows the reason in words; or, where the feed was read, none."""
    if fault.words:
        assert failure
        assert re.search(fault.words, failure), failure
        assert failure.endswith("."), failure
    elif fault.titles is not None:
        assert failure is None


def assert_clean(fault: Fault, articles: list[Article]) -> None:
    """Nothing a feed should not have brought is stored."""
    if fault.titles is not None:
        assert tuple(article.title for article in articles) == fault.titles
    for article in articles:
        assert article.url.startswith(("http://", "https://"))
        assert not re.search("[<\0\u202a-\u202e\u2066-\u2069]", article.title), article.title
        assert not re.search(r"<script|onerror|javascript:|root:x", article.body or "")
        assert datetime(1990, 1, 1, tzinfo=UTC) <= article.published_at <= NOW


def test_a_feed_that_changes_its_guids_brings_each_article_once(
    faulty: FeedServer, sources: Database, poller: Poller
) -> None:
    churn = next(fault for fault in FAULTS if fault.name == "guid-churn")
    faulty.behave("/churn-again", churn.answer)
    number = add(sources, f"http://churn.{HOME}:{faulty.server_port}/churn-again", NOW)

    for _time in range(3):
        poller.poll([number], NOW)

    assert len(articles_of(sources, number)) == 1
