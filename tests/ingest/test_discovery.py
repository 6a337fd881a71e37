"""Finding feeds on real pages of a real server, through the guard."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from newsletter.ingest.discovery import Discovery, DiscoveryTools, discover
from newsletter.ingest.entries import NormalisedEntry, ReadFeed
from newsletter.ingest.fetch import FetchPolicy
from newsletter.ingest.found_feed import found_feed, ranked
from newsletter.ingest.parse_pool import ParsePool
from newsletter.ingest.read import read_feed
from tests.ingest.builders import entry, rss
from tests.ingest.server import FeedServer, endless, silent

Find = Callable[[str], Discovery]
HTML = "text/html; charset=utf-8"
LINK = '<link rel="alternate" type="application/rss+xml" title="{title}" href="{href}">'
FERRY = rss(("Ferry runs", "https://example.com/ferry"), ("Crane saved", "https://example.com/crane"))


@pytest.fixture
def find(policy: FetchPolicy, now: datetime) -> Find:
    tools = DiscoveryTools(policy, read_feed)
    return lambda typed: discover(typed, now, tools)


def page(*links: tuple[str, str], body: str = "") -> bytes:
    head = "".join(LINK.format(title=title, href=href) for title, href in links)
    return f"<!doctype html><html><head>{head}</head><body>{body}</body></html>".encode()


def test_a_pages_feeds_are_found_with_what_one_chooses_by(server: FeedServer, find: Find) -> None:
    server.serve("/world", page(("World", "/world.rss"), ("Art", "/art.rss")), content_type=HTML)
    feed = server.serve("/world.rss", FERRY)
    server.serve("/art.rss", rss(("Opera", "https://example.com/opera"), title="Art"))

    found = find(server.url("/world"))

    world, art = found.feeds
    assert (world.url, world.title, world.entries) == (feed, "The Harbour Post", 2)
    assert world.last_entry == datetime(2026, 11, 21, 12, tzinfo=UTC)
    assert set(world.sample) == {"Ferry runs", "Crane saved"}
    assert world.a_week == pytest.approx(2 / (18 / 24 / 7))
    assert art.title == "Art"
    assert found.reason is None
    assert not found.is_feed


def test_a_feeds_own_address_is_its_answer(server: FeedServer, find: Find) -> None:
    found = find(server.serve("/feed", FERRY, content_type="text/html"))

    assert found.is_feed
    assert [feed.url for feed in found.feeds] == [server.url("/feed")]
    assert len(server.requests) == 1


def test_an_address_without_scheme_is_tried_both_ways(server: FeedServer, find: Find) -> None:
    found = find(server.serve("/feed", FERRY).removeprefix("http://"))

    assert [feed.url for feed in found.feeds] == [server.url("/feed")]


def test_without_link_tags_anchors_are_followed_and_after_them_the_usual_places(
    server: FeedServer, find: Find
) -> None:
    server.serve("/", page(body='<a href="/f.rss">all</a>'), content_type=HTML)
    server.serve("/f.rss", FERRY)
    assert [feed.url for feed in find(server.url("/")).feeds] == [server.url("/f.rss")]

    server.serve("/", page(body="nothing here"), content_type=HTML)
    server.serve("/atom.xml", FERRY)
    assert [feed.url for feed in find(server.url("/")).feeds] == [server.url("/atom.xml")]


def test_comments_come_last_and_do_not_end_the_search(server: FeedServer, find: Find) -> None:
    server.serve("/", page(("Comments", "/comments/feed/")), content_type=HTML)
    server.serve("/comments/feed/", rss(("Ann says", "https://example.com/ferry#1"), title="Comments for X"))
    server.serve("/feed", FERRY)

    found = find(server.url("/")).feeds

    assert [(feed.url, feed.of_comments) for feed in found] == [
        (server.url("/feed"), False),
        (server.url("/comments/feed/"), True),
    ]


def test_the_same_content_is_shown_once(server: FeedServer, find: Find) -> None:
    server.serve("/", page(("RSS", "/rss"), ("Atom", "/atom"), ("Again", "/rss#x")), content_type=HTML)
    server.serve("/rss", FERRY)
    server.serve("/atom", FERRY)

    assert [feed.url for feed in find(server.url("/")).feeds] == [server.url("/rss")]
    assert sorted(request.path for request in server.requests) == ["/", "/atom", "/rss"]


def test_what_only_pretends_to_be_a_feed_is_left_out(server: FeedServer, find: Find) -> None:
    links = [("a", "/page"), ("b", "/missing"), ("c", "/empty"), ("d", "/good")]
    server.serve("/", page(*links), content_type=HTML)
    server.serve("/page", page(), content_type="application/rss+xml")
    server.serve("/empty", b"")
    server.serve("/good", FERRY)

    assert [feed.url for feed in find(server.url("/")).feeds] == [server.url("/good")]


def test_nothing_found_is_said_in_words(server: FeedServer, find: Find) -> None:
    server.serve("/", page(), content_type=HTML)
    found = find(server.url("/"))
    assert found.feeds == ()
    assert "no feed was found" in str(found.reason)
    assert len(server.requests) <= 16

    server.serve("/text", b"hello")
    assert "neither a feed nor a page" in str(find(server.url("/text")).reason)


def test_a_page_that_is_not_there_still_has_a_host_with_feeds(server: FeedServer, find: Find) -> None:
    server.serve("/feed", FERRY)
    assert [feed.url for feed in find(server.url("/old/page")).feeds] == [server.url("/feed")]


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("two words", "not a web address"),
        ("file:///etc/passwd", "not a web address"),
        ("http://10.0.0.1/", "refused for safety"),
        ("http://[::ffff:7f00:1]/", "refused for safety"),
        ("http://169.254.169.254/latest", "refused for safety"),
        ("http://name.invalid/", "not known"),
    ],
)
def test_a_refused_address_is_said_in_words(find: Find, typed: str, words: str) -> None:
    found = find(typed)
    assert found.feeds == ()
    assert words in str(found.reason)


def test_a_page_cannot_lead_us_into_the_operators_own_network(server: FeedServer, find: Find) -> None:
    inside = [("a", "http://192.168.0.1/feed"), ("b", "http://[::1]/feed"), ("c", "http://2130706433/feed")]
    server.serve("/", page(*inside), content_type=HTML)
    assert find(server.url("/")).feeds == ()


def test_slow_and_endless_servers_are_given_up_in_time(
    server: FeedServer, policy: FetchPolicy, now: datetime
) -> None:
    server.serve("/", page(("a", "/silent"), ("b", "/endless"), ("c", "/good")), content_type=HTML)
    server.behave("/silent", silent)
    server.behave("/endless", endless)
    server.serve("/good", FERRY)

    hasty = replace(policy, seconds=0.5)
    found = discover(server.url("/"), now, DiscoveryTools(hasty, read_feed))

    assert [feed.url for feed in found.feeds] == [server.url("/good")]


def test_feeds_are_read_in_the_parse_pool(
    server: FeedServer, policy: FetchPolicy, pool: ParsePool, now: datetime
) -> None:
    found = discover(server.serve("/feed", FERRY), now, DiscoveryTools(policy, pool.read))
    assert found.is_feed


def _at(*ages: timedelta, now: datetime, dated: bool = True) -> ReadFeed:
    entries = [
        replace(entry(f"https://example.com/{number}"), published_at=now - age, dated=dated)
        for number, age in enumerate(ages)
    ]
    return ReadFeed(title="Post", entries=tuple(entries))


DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("ages", "a_week"),
    [
        ([DAY * 7, DAY * 3, DAY], 3),
        ([DAY * 400, DAY * 14, DAY], 0.5),
        ([DAY * 400], 0),
        ([timedelta(minutes=1)], 168),
        ([], None),
    ],
)
def test_the_pace_is_that_of_the_last_four_weeks(
    now: datetime, ages: list[timedelta], a_week: float | None
) -> None:
    assert found_feed("https://example.com/f", "", _at(*ages, now=now), now).a_week == a_week


def test_entries_without_dates_have_no_pace(now: datetime) -> None:
    feed = found_feed("https://example.com/f", "", _at(DAY, now=now, dated=False), now)
    assert (feed.last_entry, feed.a_week, feed.entries) == (None, None, 1)


def test_empty_feeds_are_not_taken_for_one_another(now: datetime) -> None:
    empty: tuple[NormalisedEntry, ...] = ()
    feeds = [found_feed(f"https://example.com/{name}", "", ReadFeed(entries=empty), now) for name in "ab"]
    assert len(ranked(feeds)) == 2
