"""From a page to the addresses that may be its feeds."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.ingest.discover import (
    MAX_LINKED,
    common_places,
    is_of_comments,
    is_page,
    linked_candidates,
    told_candidates,
)
from newsletter.ingest.discover_page import read_page
from newsletter.ingest.source_address import source_address, web_addresses

URL = "https://news.example.com/world/today.html"


def told(head: str, url: str = URL) -> list[str]:
    page = f"<!doctype html><html><head>{head}</head><body></body></html>"
    return [candidate.url for candidate in told_candidates(read_page(page.encode()), url)]


def linked(body: str, url: str = URL) -> list[str]:
    return [candidate.url for candidate in linked_candidates(read_page(f"<html><body>{body}".encode()), url)]


@pytest.mark.parametrize(
    ("head", "found"),
    [
        ('<link rel="alternate" type="application/rss+xml" href="/feed">', "https://news.example.com/feed"),
        ("<LINK REL=Alternate TYPE=APPLICATION/ATOM+XML HREF=a.xml>", "https://news.example.com/world/a.xml"),
        ('<link rel="alternate home" type="text/xml" href="//f.example.com/rss.xml">', "https://f.example.com/rss.xml"),
        ('<link rel="alternate" type="application/feed+json; charset=utf-8" href="?f=1">', URL + "?f=1"),
        ('<link rel="feed" href="stories">', "https://news.example.com/world/stories"),
        ('<link rel="alternate" type="application/rss+xml" href="feed://example.com/r">', "https://example.com/r"),
        ('<base href="/x/y/"><link rel="alternate" type="application/rss+xml" href="f">', "https://news.example.com/x/y/f"),
        ('<link rel="alternate" type="application/rss+xml" href="/a b?x=1&amp;y=2#z">', "https://news.example.com/a%20b?x=1&y=2"),
    ],
)  # fmt: skip
def test_a_link_tag_tells_of_a_feed_however_it_is_written(head: str, found: str) -> None:
    assert told(head) == [found]


@pytest.mark.parametrize(
    "head",
    [
        '<link rel="alternate" hreflang="de" href="/de/">',
        '<link rel="alternate stylesheet" type="application/rss+xml" href="/x.css">',
        '<link rel="alternate" type="application/json" href="/wp-json/wp/v2/pages/2">',
        '<link rel="alternate" type="text/html" media="print" href="/feed">',
        '<link rel="stylesheet" type="text/css" href="/rss.css">',
        '<link rel="alternate" type="application/rss+xml" href="javascript:alert(1)">',
        '<link rel="alternate" type="application/rss+xml" href="data:text/xml,x">',
        '<link rel="alternate" type="application/rss+xml" href="file:///etc/passwd">',
        '<link rel="alternate" type="application/rss+xml" href="">',
        '<link rel="alternate" type="application/rss+xml" href="http://[::1">',
        '<!-- <link rel="alternate" type="application/rss+xml" href="/old"> -->',
    ],
)
def test_other_link_tags_tell_of_none(head: str) -> None:
    assert told(head) == []


def test_a_feed_is_taken_once_with_the_name_the_page_gives_it() -> None:
    link = '<link rel="alternate" type="application/rss+xml" title="{}" href="{}">'
    page = link.format("World &amp; more", "/f") + link.format("Again", "https://NEWS.example.com/f#top")
    (candidate,) = told_candidates(read_page(page.encode()), URL)
    assert (candidate.url, candidate.title) == ("https://news.example.com/f", "World & more")


@pytest.mark.parametrize(
    "href",
    [
        "/feed",
        "/feed/",
        "/blog/feed/atom/",
        "/rss.xml",
        "/index.rdf",
        "/news.rss",
        "/rss_world.xml",
        "/?feed=rss2",
        "/list?format=rss",
        "/feeds/posts/default",
        "https://feeds.example.org/abc",
        "https://blog.example.com/atom.xml",
    ],
)
def test_an_anchor_that_looks_like_a_feed_is_one_to_try(href: str) -> None:
    assert len(linked(f'<a href="{href}">here</a>')) == 1


@pytest.mark.parametrize(
    "href",
    ["/how-to-feed-cats", "/feedback", "/atomic", "/rss-is-back", "/about", "#feed", "mailto:rss@example.com",
     "https://reader.example.org/add?url=https://news.example.com/feed", "https://other.example.net/feed"],
)  # fmt: skip
def test_other_anchors_are_left_alone(href: str) -> None:
    assert linked(f'<a href="{href}">here</a>') == []


def test_the_words_of_an_anchor_count_too() -> None:
    assert linked('<a href="/abo"><img alt="x"> <b>RSS</b>-Feed</a><a href="/x">Carats</a>') == [
        "https://news.example.com/abo"
    ]


def test_common_places_are_few_near_the_page_first_and_of_its_host() -> None:
    places = [place.url for place in common_places("https://example.com:8443/blog/post?x=1")]

    assert places[0] == "https://example.com:8443/blog/post/feed"
    assert "https://example.com:8443/blog/feed" in places
    assert places[-9] == "https://example.com:8443/feed"
    assert len(places) == len(set(places)) == 15
    assert all(place.startswith("https://example.com:8443/") for place in places)
    assert len(common_places("https://example.com")) == 9


@pytest.mark.parametrize(
    ("body", "is_one"),
    [
        (b"<!DOCTYPE html><title>x</title>", True),
        (b"\xef\xbb\xbf\n<!-- hi --><html lang=en>", True),
        (b'<?xml version="1.0"?><html xmlns="x">', True),
        ("<html>".encode("utf-16"), True),
        (b"<head><title>", True),
        (b'<?xml version="1.0"?><rss version="2.0"><channel><description>&lt;html>', False),
        (b"<rss><channel><description><![CDATA[<html>]]>", False),
        (b'<feed xmlns="http://www.w3.org/2005/Atom">', False),
        (b"<rdf:RDF xmlns:rdf=''>", False),
        (b'{"version": "https://jsonfeed.org/version/1.1"}', False),
        (b"", False),
    ],
)
def test_a_page_is_told_from_a_feed(body: bytes, is_one: bool) -> None:
    assert is_page(body) == is_one


@pytest.mark.parametrize(
    ("url", "title", "comments"),
    [
        ("https://example.com/comments/feed/", "", True),
        ("https://example.com/feed?type=comments", "", True),
        ("https://example.com/x", "Comments on: Ferries", True),
        ("https://example.com/x", "The Post - Kommentare", True),
        ("https://example.com/feed", "Commentary and Comment", False),
        ("https://example.com/commentary/feed", "", False),
    ],
)
def test_feeds_of_comments_are_known_by_address_and_title(url: str, title: str, comments: bool) -> None:
    assert is_of_comments(url, title) == comments


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("example.com", ["https://example.com/", "http://example.com/"]),
        (" Example.com:8080/a ", ["https://example.com:8080/a", "http://example.com:8080/a"]),
        ("http://example.com", ["http://example.com/"]),
        ("feed:https://example.com/a", ["https://example.com/a"]),
        ("javascript:alert(1)", []),
        ("mailto:ann@example.com", []),
        ("ftp://example.com/", []),
        ("two words", []),
        ("", []),
    ],
)
def test_an_address_may_come_without_its_scheme(typed: str, meant: list[str]) -> None:
    assert web_addresses(typed) == meant


@pytest.mark.parametrize(
    "html",
    [
        b"<div>" * 400_000,
        b"<a " + b"a=1 " * 500_000 + b">",
        b"<a href=/feed>" * 200_000,
        b"<link rel=alternate type=application/rss+xml href=/a>" * 40_000,
        b"<" * 2_000_000,
        b"&" * 2_000_000,
        b"\0" * 2_000_000,
        b"<a href='" + b"x" * 2_000_000,
        b"<a href=/feed>" + b"x<b>" * 500_000,
        b"<title>" * 300_000,
    ],
    ids=["deep", "attrs", "anchors", "links", "lt", "amp", "nul", "long", "words", "titles"],
)
def test_no_page_takes_long_or_brings_many(html: bytes) -> None:
    start = time.process_time()
    found = [*told_candidates(read_page(html), URL), *linked_candidates(read_page(html), URL)]
    assert time.process_time() - start < 4
    assert len(found) <= 2 * MAX_LINKED


@given(
    st.binary(max_size=400)
    | st.text(alphabet="<>/a link rel='alternate' href=\"base&#;!-", max_size=400).map(str.encode)
)
def test_whatever_a_page_holds_only_addresses_come_out(html: bytes) -> None:
    for candidate in [*told_candidates(read_page(html), URL), *linked_candidates(read_page(html), URL)]:
        assert source_address(candidate.url) == candidate.url
