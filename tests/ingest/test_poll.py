"""Polling real servers into real databases."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime

from newsletter.db import Database
from newsletter.ingest.claiming import due_sources
from newsletter.ingest.entries import ReadFeed
from newsletter.ingest.fetch import FetchPolicy
from newsletter.ingest.poll import (
    Outcome,
    PollResult,
    PollTools,
    poll_source,
)
from newsletter.ingest.read import read_feed
from newsletter.models import Article, ArticleSighting
from tests.ingest.builders import rss
from tests.ingest.polling import CRANE, FERRY, HOUR, add, articles, count, source_of
from tests.ingest.server import FeedServer


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
