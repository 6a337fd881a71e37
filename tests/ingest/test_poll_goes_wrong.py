"""Polling when feeds break: the reason on the source, and everything else goes on."""

from dataclasses import replace
from datetime import datetime

import pytest
from sqlalchemy.exc import OperationalError

from newsletter.db import Database
from newsletter.ingest.claiming import due_sources
from newsletter.ingest.entries import ReadFeed
from newsletter.ingest.fetch import Fetched, FetchPolicy, FetchRequest
from newsletter.ingest.parse_pool import ParsePool
from newsletter.ingest.poll import (
    Outcome,
    PollResult,
    PollTools,
    poll_source,
    poll_sources,
)
from newsletter.ingest.read import read_feed
from newsletter.models import Article, Source, SourceStatus
from tests.ingest.builders import rss
from tests.ingest.polling import FERRY, HOUR, add, count, source_of
from tests.ingest.server import FeedServer, dripping, endless, gibberish


def test_a_failure_is_noted_in_words_and_success_clears_it(
    any_db: Database, server: FeedServer, tools: PollTools, now: datetime
) -> None:
    number = add(any_db, server.serve("/feed", status=404), now)
    poll_source(any_db, number, now, tools)
    result = poll_source(any_db, number, now + HOUR, tools)

    source = source_of(any_db, number)
    assert result.outcome is Outcome.FAILED
    assert source.failures == 2
    assert source.failure == result.reason
    assert "404" in (source.failure or "")
    assert source.next_poll_at >= now + HOUR + HOUR * 1.8

    server.serve("/feed", rss(FERRY))
    poll_source(any_db, number, now + HOUR * 4, tools)

    source = source_of(any_db, number)
    assert (source.failures, source.failure, source.status) == (0, None, SourceStatus.ACTIVE)


def test_the_wait_a_server_asks_for_is_obeyed(
    db: Database, server: FeedServer, tools: PollTools, now: datetime
) -> None:
    number = add(db, server.serve("/feed", status=429, Retry_After="36000"), now)

    poll_source(db, number, now, tools)

    assert source_of(db, number).next_poll_at == now + HOUR * 10


def test_a_feed_that_is_gone_is_not_asked_again(
    any_db: Database, server: FeedServer, tools: PollTools, now: datetime
) -> None:
    number = add(any_db, server.serve("/feed", status=410), now)

    assert poll_source(any_db, number, now, tools).outcome is Outcome.GONE

    assert source_of(any_db, number).status == SourceStatus.GONE
    with any_db.write() as session:
        assert due_sources(session, now + HOUR * 1000, 10) == []


def test_a_failed_reading_forgets_the_etag_so_that_the_next_poll_reads_anew(
    db: Database, server: FeedServer, tools: PollTools, now: datetime
) -> None:
    number = add(db, server.serve("/feed", b"<html>maintenance</html>", ETag='"v1"'), now)

    poll_source(db, number, now, tools)

    assert source_of(db, number).etag is None
    assert source_of(db, number).body_hash is None


def test_a_source_removed_meanwhile_harms_nothing(
    db: Database, server: FeedServer, policy: FetchPolicy, now: datetime
) -> None:
    number = add(db, server.serve("/feed", rss(FERRY)), now)

    def read(body: bytes, url: str, content_type: str, moment: datetime) -> ReadFeed:
        with db.write() as session:
            session.delete(session.get_one(Source, number))
        return read_feed(body, url, content_type, moment)

    result = poll_source(db, number, now, PollTools(policy, read))

    assert result == PollResult(number, Outcome.REMOVED)
    assert poll_source(db, 999, now, PollTools(policy, read_feed)).outcome is Outcome.REMOVED


def test_with_half_of_the_sources_broken_the_other_half_is_read(
    db: Database, server: FeedServer, policy: FetchPolicy, now: datetime
) -> None:
    sound = [
        add(db, server.serve(f"/ok/{n}", rss((f"News {n}", f"https://example.com/{n}"))), now)
        for n in range(6)
    ]
    bomb = b"<rss version='2.0'><channel><item><author>" + b"a" * 60_000 + b"</author></item></channel></rss>"
    broken = [
        add(db, url, now)
        for url in (
            server.serve("/missing", status=404),
            server.serve("/private", status=302, Location="http://10.0.0.1/"),
            server.serve("/garbage", bytes(range(256)) * 40),
            server.serve("/author", bomb),
            server.behave("/endless", endless),
            server.behave("/drip", dripping),
            server.behave("/gibberish", gibberish),
        )
    ]
    heard: list[int] = []

    results = poll_sources(
        db,
        [*broken, *sound],
        now,
        replace(policy, seconds=1, max_bytes=1024 * 1024),
        on_result=lambda result: heard.append(result.source_id),
    )

    assert [result.source_id for result in results] == [*broken, *sound]
    assert sorted(heard) == sorted([*broken, *sound])
    assert count(db, Article) == len(sound)
    for number in broken:
        failure = source_of(db, number).failure
        assert failure, number
        assert failure.endswith("."), failure
    assert all(source_of(db, number).failure is None for number in sound)


def test_a_surprise_in_one_feed_is_noted_on_that_feed(
    db: Database, policy: FetchPolicy, now: datetime
) -> None:
    bad, good = add(db, "https://example.com/bad", now), add(db, "https://example.com/good", now)

    def fetch(request: FetchRequest, _policy: FetchPolicy) -> Fetched:
        if request.url.endswith("bad"):
            raise ZeroDivisionError
        return Fetched(request.url, rss(FERRY))

    results = poll_sources(db, [bad, good], now, policy, fetch=fetch)

    assert [result.outcome for result in results] == [Outcome.FAILED, Outcome.READ]
    assert "ZeroDivisionError" in (source_of(db, bad).failure or "")


def test_a_database_error_is_not_mistaken_for_a_bad_feed(
    db: Database, policy: FetchPolicy, now: datetime
) -> None:
    number = add(db, "https://example.com/feed", now)

    def fetch(request: FetchRequest, _policy: FetchPolicy) -> Fetched:
        with db.write() as session:
            session.connection().exec_driver_sql("DROP TABLE article_sighting")
        return Fetched(request.url, rss(FERRY))

    with pytest.raises(OperationalError):
        poll_source(db, number, now, PollTools(policy, read_feed, fetch))


def test_a_poll_holds_no_transaction_while_it_waits_for_a_feed(
    db: Database, policy: FetchPolicy, pool: ParsePool, now: datetime
) -> None:
    number = add(db, "https://example.com/feed", now)
    held: list[str] = []

    def fetch(request: FetchRequest, _policy: FetchPolicy) -> Fetched:
        held.append(db.engine.pool.status())
        with db.write() as session:
            session.get_one(Source, number).interval = 7200
        return Fetched(request.url, rss(FERRY))

    assert poll_source(db, number, now, PollTools(policy, pool.read, fetch)).new == 1
    assert "Current Checked out connections: 0" in held[0]


def test_sources_that_failed_last_time_let_the_others_go_first(
    db: Database, policy: FetchPolicy, now: datetime
) -> None:
    numbers = [add(db, f"https://{n}.example.com/feed", now) for n in range(4)]
    with db.write() as session:
        session.get_one(Source, numbers[0]).failures = 1
        session.get_one(Source, numbers[2]).failures = 5
    polled: list[int] = []

    results = poll_sources(
        db,
        [*numbers, 999],
        now,
        policy,
        workers=1,
        fetch=lambda request, _policy: Fetched(request.url, rss(FERRY)),
        on_result=lambda result: polled.append(result.source_id),
    )

    assert polled == [numbers[1], numbers[3], numbers[0], numbers[2]]
    assert [result.source_id for result in results] == [*numbers, 999]
    assert results[-1].outcome is Outcome.REMOVED
