"""Reading in child processes that can be killed."""

import time
from datetime import datetime

import pytest

from newsletter.ingest.parse import ParseError
from newsletter.ingest.parse_pool import ParsePool
from tests.ingest.builders import rss

URL = "https://feeds.example.com/feed.xml"
# feedparser looks for a mail address in an author's name, in quadratic time.
HOSTILE_AUTHOR = (
    "<rss version='2.0'><channel><title>x</title><item><link>https://example.com/</link>"
    f"<author>{'a' * 120_000}</author></item></channel></rss>"
).encode()


def test_a_feed_is_read_in_a_child(pool: ParsePool, now: datetime) -> None:
    feed = pool.read(rss(("Ferry runs", "https://example.com/ferry")), URL, "text/xml", now)

    assert [entry.title for entry in feed.entries] == ["Ferry runs"]


def test_a_feed_that_is_none_is_refused_in_words(pool: ParsePool, now: datetime) -> None:
    with pytest.raises(ParseError, match="web page"):
        pool.read(b"<html><body>hello</body></html>", URL, "text/html", now)


def test_a_feed_that_takes_too_long_is_stopped_and_the_next_one_is_read(now: datetime) -> None:
    with ParsePool(workers=1, seconds=1) as pool:
        pool.read(rss(), URL, "", now)
        started = time.monotonic()
        with pytest.raises(ParseError, match="longer than 1 seconds"):
            pool.read(HOSTILE_AUTHOR, URL, "", now)
        assert time.monotonic() - started < 6

        assert pool.read(rss(("Next", "https://example.com/")), URL, "", now).entries


def test_a_feed_that_takes_too_much_memory_is_stopped_and_the_next_one_is_read(now: datetime) -> None:
    hungry = rss(("word " * 6_000_000, "https://example.com/"))

    with ParsePool(workers=1, seconds=30, memory_bytes=100 * 1024 * 1024) as pool:
        with pytest.raises(ParseError, match="memory"):
            pool.read(hungry, URL, "", now)

        assert pool.read(rss(("Next", "https://example.com/")), URL, "", now).entries


def test_a_pool_nobody_reads_with_starts_no_child() -> None:
    started = time.monotonic()
    with ParsePool():
        pass
    assert time.monotonic() - started < 0.1
