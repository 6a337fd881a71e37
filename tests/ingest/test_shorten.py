"""The beginning of a large feed is a feed."""

import pytest

from newsletter.ingest.parse import parse_feed
from newsletter.ingest.shorten import shorten

URL = "https://example.com/feed"


def items(count: int, tag: str = "item", filling: str = "") -> str:
    title = tag.replace("item", "title").replace("entry", "title")
    return "".join(f"<{tag}><{title}>Item {n}{filling}</{title}></{tag}>" for n in range(count))


RSS = "<?xml version='1.0'?><rss version='2.0'><channel><title>Big</title>{}</channel></rss>"
RDF = (
    "<rdf:RDF xmlns='http://purl.org/rss/1.0/' xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'>"
    "<channel><title>Big</title><items><rdf:Seq/></items></channel>{}</rdf:RDF>"
)
ATOM = "<!-- <item> --><feed xmlns='http://www.w3.org/2005/Atom'><title>Big</title>{}</feed>"
PREFIXED = "<a:feed xmlns:a='http://www.w3.org/2005/Atom'><a:title>Big</a:title>{}</a:feed>"


@pytest.mark.parametrize(
    ("feed", "tag"), [(RSS, "item"), (RDF, "item"), (ATOM, "entry"), (PREFIXED, "a:entry")]
)
def test_the_first_entries_of_a_long_feed_are_kept_and_it_stays_well_formed(feed: str, tag: str) -> None:
    body = feed.format(items(30, tag)).encode()

    for short in (shorten(body, max_entries=7), shorten(body, max_bytes=len(body) // 2)):
        found = parse_feed(short, URL, "application/xml")
        assert found.title == "Big"
        assert 7 <= len(found.entries) < 30
        assert found.entries[0].title == "Item 0"
        assert len(short) < len(body)


def test_a_feed_that_is_short_enough_is_left_alone() -> None:
    body = RSS.format(items(5)).encode()

    assert shorten(body, max_entries=5) is body
    assert shorten(body, max_bytes=len(body)) is body


def test_a_first_entry_beyond_every_size_is_kept_whole() -> None:
    body = RSS.format(items(3, filling="x" * 1000)).encode()

    assert len(parse_feed(shorten(body, max_bytes=100), URL).entries) == 1


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{}" * 100,
        b"<html><body>" + b"<item>" * 100,
        b"\xff\xfe<\0r\0s\0s\0" * 30,
        b"<rss>" + b"x" * 100,
    ],
)
def test_what_has_no_entries_to_cut_between_is_left_alone(body: bytes) -> None:
    assert shorten(body, max_bytes=10, max_entries=1) is body
