"""JSON Feed, 1.0 and 1.1."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from newsletter.ingest.entries import ReadFeed
from newsletter.ingest.parse import ParseError
from newsletter.ingest.read import read_feed

URL = "https://feeds.example.com/feed.json"
NOW = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)


def read(body: bytes) -> ReadFeed:
    return read_feed(body, URL, "application/feed+json", NOW)


def test_a_json_feed_is_read_like_any_other(feed_file: Callable[[str], bytes]) -> None:
    feed = read(feed_file("notes.json"))
    gulls, note = feed.entries

    assert (feed.title, feed.site_url) == ("Notes from the <Quay>", "https://notes.example.com/")
    assert (feed.hub, feed.self_url) == ("https://hub.example.com/", "https://notes.example.com/feed.json")
    assert (feed.language, feed.undated, feed.skipped) == ("en-GB", 1, 1)
    assert (gulls.title, gulls.author) == ("Gulls & ferries", "Mira Okonjo")
    assert gulls.body == "<p>Boats run again.</p>"
    assert gulls.image_url == "https://notes.example.com/gull.jpg"
    assert gulls.published_at == datetime(2026, 11, 21, 17, 30, tzinfo=UTC)
    assert gulls.categories == ("Sea", "Port")
    assert (note.guid, note.url, note.dated) == ("2", "https://example.org/elsewhere", False)
    assert note.author == "Ines Prado, Jonas Weiß"
    assert note.title == "A note with a < sign. Its second paragraph."


def test_version_1_0_names_one_author(feed_file: Callable[[str], bytes]) -> None:
    item = {"id": "1", "url": "/1", "content_text": "x", "author": {"name": "Mira"}}
    told = {"version": "https://jsonfeed.org/version/1", "items": [item]}

    entry = read(b"\xef\xbb\xbf " + json.dumps(told).encode()).entries[0]
    assert (entry.author, entry.url) == ("Mira", "https://feeds.example.com/1")


def test_of_a_json_feed_the_first_items_are_read() -> None:
    told = {"items": [{"id": str(n), "url": f"/{n}", "title": "x" * 5_000} for n in range(700)]}

    entries = read(json.dumps(told).encode()).entries
    assert len(entries) == 500
    assert all(len(entry.title) <= 300 for entry in entries)


@pytest.mark.parametrize(
    "body",
    [b'{"items": {}}', b'{"items": [', b"{" * 50_000, b'{"a":' * 50_000, b'{"items": "x"}', b"{\xff}", b"{}"],
    ids=["object", "cut", "braces", "deep", "text", "bytes", "empty"],
)
def test_other_json_is_refused_in_words(body: bytes) -> None:
    with pytest.raises(ParseError, match="JSON"):
        read(body)


@pytest.mark.parametrize(
    "item",
    [
        {"id": None, "url": 5, "title": ["x"], "content_html": {}, "authors": "x", "tags": {}, "image": []},
        {"id": True, "url": "javascript:alert(1)", "title": "x"},
        {"id": 1e400, "title": "x", "url": "/x", "date_published": "9999-99-99", "authors": [None, 3, {}]},
        {"id": "1", "url": "/x", "title": "<script>x</script>", "date_published": "0001-01-01T00:00+14"},
    ],
    ids=["types", "no-address", "numbers", "markup"],
)  # fmt: skip
def test_items_of_wrong_types_do_no_harm(item: dict[str, Any]) -> None:
    for entry in read(json.dumps({"items": [item, 3, None, []]}).encode()).entries:
        assert entry.url == "https://feeds.example.com/x"
        assert entry.title in ("x", "<script>x</script>")
        assert entry.author is None
        assert not entry.dated
