"""Polling real servers into real databases."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError

from newsletter.db import Database
from newsletter.ingest.entries import ReadFeed
from newsletter.ingest.fetch import Fetched, FetchPolicy, FetchRequest
from newsletter.ingest.parse_pool import ParsePool
from newsletter.ingest.poll import (
    Outcome,
    PollResult,
    PollTools,
    due_sources,
    poll_source,
    poll_sources,
)
from newsletter.ingest.read import read_feed
from newsletter.models import Article, ArticleSighting, Source, SourceStatus
from tests.ingest.builders import rss
from tests.ingest.server import FeedServer, dripping, endless, gibberish

HOUR = timedelta(hours=1)
FERRY = ("Ferry runs", "https://example.com/ferry")
CRANE = ("Crane saved", "https://example.com/crane")


@pytest.fixture
def tools(policy: FetchPolicy) -> PollTools:
    """Reads in this process: quick, and enough wherever the feeds are our own."""
    return PollTools(policy, read_feed)


def add(db: Database, url: str, now: datetime, name: str | None = None) -> int:
    with db.write() as session:
        source = Source(url=url, name=name or url, next_poll_at=now, created_at=now)
        session.add(source)
        session.flush()
        return source.id


def source_of(db: Database, source_id: int) -> Source:
    with db.read() as session:
        return session.get_one(Source, source_id)


def articles(db: Database) -> list[Article]:
    with db.read() as session:
        return list(session.scalars(select(Article).order_by(Article.canonical_url)))


def count(db: Database, model: type[ArticleSighting] | type[Article]) -> int:
    with db.read() as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


def test_a_first_poll_stores_the_articles_and_the_sources_health(
    any_db: Database, server: FeedServer, tools: PollTools, now: datetime, feed_file: Callable[[str], bytes]
) -> None:
    url = server.serve("/feed", feed_file("harbour.rss.xml"), ETag='"v1"')
    number = add(any_db, url, now)

    result = poll_source(any_db, number, now, tools)

    assert result == PollResult(number, Outcome.READ, new=3)
    crane, ferry, _note = articles(any_db)[0], *articles(any_db)[1:]
    assert crane.published_at == now
    assert ferry.title == "Ferry line reopens after the storm"
    assert ferry.canonical_url == "https://harbour.example.com/ferry?page=2"
    assert "script" not in ferry.body
    assert ferry.categories == ["Transport", "Local"]
    source = source_of(any_db, number)
    assert (source.name, source.site_url) == ("The Harbour Post - Front page", "https://harbour.example.com/")
    assert (source.etag, source.language, source.failures, source.failure) == ('"v1"', "en-GB", 0, None)
    assert source.last_success_at == source.last_new_at == source.last_polled_at == now
    assert now + HOUR * 0.9 <= source.next_poll_at <= now + HOUR * 1.1


def test_a_name_the_operator_gave_is_kept(
    db: Database, server: FeedServer, tools: PollTools, now: datetime
) -> None:
    number = add(db, server.serve("/feed", rss(FERRY)), now, name="Our harbour")

    poll_source(db, number, now, tools)

    assert source_of(db, number).name == "Our harbour"


def test_an_unchanged_feed_is_neither_sent_nor_read_again(
    db: Database, server: FeedServer, tools: PollTools, now: datetime
) -> None:
    number = add(db, server.serve("/feed", rss(FERRY), ETag='"v1"'), now)
    poll_source(db, number, now, tools)

    again = poll_source(db, number, now + HOUR, tools)

    assert again == PollResult(number, Outcome.UNCHANGED)
    assert server.requests[1].headers["if-none-match"] == '"v1"'


def test_the_same_bytes_are_not_read_again_where_a_server_knows_no_conditions(
    db: Database, server: FeedServer, tools: PollTools, now: datetime
) -> None:
    number = add(db, server.serve("/feed", rss(FERRY)), now)
    poll_source(db, number, now, tools)

    def refuse(*_arguments: object) -> ReadFeed:
        raise AssertionError("read although nothing changed")

    again = poll_source(db, number, now + HOUR, replace(tools, read=refuse))

    assert again == PollResult(number, Outcome.UNCHANGED)


def test_an_edited_entry_updates_its_article_and_a_new_one_joins(
    any_db: Database, server: FeedServer, tools: PollTools, now: datetime
) -> None:
    number = add(any_db, server.serve("/feed", rss(FERRY)), now)
    poll_source(any_db, number, now, tools)
    server.serve("/feed", rss(("Ferry runs again", FERRY[1]), CRANE))

    result = poll_source(any_db, number, now + HOUR, tools)

    assert (result.new, result.changed, result.seen) == (1, 1, 0)
    crane, ferry = articles(any_db)
    assert ferry.title == "Ferry runs again"
    assert ferry.updated_at == now + HOUR
    assert ferry.first_seen_at == now
    assert crane.updated_at is None


def test_an_article_in_two_feeds_is_one_article_sighted_twice(
    any_db: Database, server: FeedServer, tools: PollTools, now: datetime
) -> None:
    first = add(any_db, server.serve("/a", rss(FERRY)), now)
    second = add(any_db, server.serve("/b", rss(("Other words", FERRY[1] + "?utm_source=b"))), now)

    poll_source(any_db, first, now, tools)
    result = poll_source(any_db, second, now, tools)

    assert (result.new, result.changed, result.seen) == (0, 0, 1)
    assert [article.title for article in articles(any_db)] == ["Ferry runs"]
    assert count(any_db, ArticleSighting) == 2


def test_a_feed_that_makes_up_guids_every_time_does_not_grow_the_tables(
    db: Database, server: FeedServer, tools: PollTools, now: datetime
) -> None:
    number = add(db, server.url("/feed"), now)
    for attempt in range(3):
        guid = f"<guid isPermaLink='false'>{attempt}</guid></item>".encode()
        server.serve("/feed", rss(FERRY).replace(b"</item>", guid))
        poll_source(db, number, now + HOUR * attempt, tools)

    assert count(db, Article) == 1
    assert count(db, ArticleSighting) == 1


def test_sources_writing_the_same_articles_at_once_get_along(
    any_db: Database, server: FeedServer, policy: FetchPolicy, now: datetime
) -> None:
    items = [(f"News {n}", f"https://example.com/{n}") for n in range(30)]
    ids = [
        add(any_db, server.serve(f"/{n}", rss(*(items if n % 2 else reversed(items)))), now) for n in range(6)
    ]
    together = threading.Barrier(6)

    def read(body: bytes, url: str, content_type: str, moment: datetime) -> ReadFeed:
        feed = read_feed(body, url, content_type, moment)
        together.wait(20)
        return feed

    tools = PollTools(policy, read)
    with ThreadPoolExecutor(6) as threads:
        results = list(threads.map(lambda number: poll_source(any_db, number, now, tools), ids))

    assert sum(result.new for result in results) == 30
    assert count(any_db, Article) == 30
    assert count(any_db, ArticleSighting) == 180


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


def test_due_sources_come_longest_waiting_first_and_only_once(any_db: Database, now: datetime) -> None:
    later = add(any_db, "https://example.com/later", now + HOUR)
    recent = add(any_db, "https://example.com/recent", now - HOUR)
    old = add(any_db, "https://example.com/old", now - HOUR * 5)

    with any_db.write() as session:
        assert due_sources(session, now, 10) == [old, recent]
    with any_db.write() as session:
        assert due_sources(session, now, 10) == []
    with any_db.write() as session:
        assert set(due_sources(session, now + HOUR * 2, 10)) == {later, recent, old}


def test_no_two_pollers_get_the_same_source(any_db: Database, now: datetime) -> None:
    ids = [add(any_db, f"https://example.com/{n}", now) for n in range(40)]
    together = threading.Barrier(4)

    def take(_poller: int) -> list[int]:
        together.wait(20)
        taken: list[int] = []
        while len(taken) < 40:
            with any_db.write() as session:
                portion = due_sources(session, now, 3)
            if not portion:
                break
            taken += portion
        return taken

    with ThreadPoolExecutor(4) as threads:
        portions = list(threads.map(take, range(4)))

    taken = sorted(number for portion in portions for number in portion)
    assert taken == ids


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
