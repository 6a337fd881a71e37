"""Reading feeds of our own, and every file of the shared corpus."""

import os
import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from unittest.mock import Mock

import pytest

from newsletter.ingest.parse import ParseError, parse_feed
from newsletter.ingest.parse_pool import ParsePool

SHARED = Path(os.environ.get("SHARED_DATA") or Path(__file__).parents[3] / "shared" / "data") / "feeds"
URL = "https://feeds.example.com/feed.xml"
ACTIVE = re.compile(
    r"<(?:script|iframe|object|embed|style|form|img|svg)\b|<[^>]*\son\w+\s*=|javascript:", re.I
)


def test_an_rss_feed_is_read_as_it_was_written(feed_file: Callable[[str], bytes]) -> None:
    feed = parse_feed(feed_file("harbour.rss.xml"), URL)
    ferry = feed.entries[0]

    assert (feed.title, feed.link) == ("The Harbour Post - Front page", "https://harbour.example.com/")
    assert ferry.title == "Ferry line reopens after the storm - The Harbour Post"
    assert ferry.guid == "harbour-1"
    assert ferry.author == "Mira Okonjo"
    assert ferry.published == datetime(2026, 11, 21, 17, 30, tzinfo=UTC)
    assert ferry.categories == ("Transport", "transport", "Local")
    assert ferry.image == "https://harbour.example.com/ferry.jpg"
    assert ferry.summary == "<p>Boats run again.</p><p>The first left at noon.</p>"
    assert "<script>" in ferry.content


def test_an_entry_without_a_date_has_none(feed_file: Callable[[str], bytes]) -> None:
    assert parse_feed(feed_file("harbour.rss.xml"), URL).entries[1].published is None


def test_an_atom_feed_is_read_and_its_relative_links_are_resolved(feed_file: Callable[[str], bytes]) -> None:
    feed = parse_feed(feed_file("observatory.atom.xml"), URL, "application/atom+xml")
    comet, talk = feed.entries

    assert feed.language == "de"
    assert feed.link == "https://observatory.example.org/blog/"
    assert comet.link == "https://observatory.example.org/blog/komet.html"
    assert comet.author == "Jonas Weiß"
    assert comet.published == datetime(2026, 11, 21, 21, 15, tzinfo=UTC)
    assert comet.updated == datetime(2026, 11, 22, 5, 0, tzinfo=UTC)
    assert talk.published == datetime(2026, 11, 20, 10, 0, tzinfo=UTC)


def test_in_atom_the_feeds_author_is_its_entries(feed_file: Callable[[str], bytes]) -> None:
    feed = parse_feed(feed_file("inherited-author.atom.xml"), URL)

    assert [entry.author for entry in feed.entries] == ["Harbour Office", "Ines Prado, Jonas Weiß"]
    assert [entry.language for entry in feed.entries] == ["en-GB", "en-GB"]


def test_a_feeds_own_address_and_hub_are_told_and_are_not_its_page(feed_file: Callable[[str], bytes]) -> None:
    feed = parse_feed(feed_file("inherited-author.atom.xml"), URL)

    assert (feed.link, feed.hub) == ("", "https://hub.example.com/")
    assert feed.self_url == "https://tides.example.com/feed.atom"


def test_a_sentence_is_no_page() -> None:
    body = b"<rss version='2.0'><channel><title>x</title><link>The page of the feed</link></channel></rss>"

    assert parse_feed(body, URL).link == ""


@pytest.mark.parametrize(
    ("told", "seconds"),
    [
        ("<ttl>60</ttl>", 3_600),
        ("<ttl>-5</ttl>", None),
        ("<ttl>99999999999999</ttl>", None),
        ("<sy:updatePeriod>hourly</sy:updatePeriod>", 3_600),
        ("<sy:updatePeriod>daily</sy:updatePeriod><sy:updateFrequency>4</sy:updateFrequency>", 21_600),
        ("<sy:updatePeriod>sometimes</sy:updatePeriod>", None),
        ("", None),
    ],
)
def test_how_often_a_feed_wants_to_be_read_is_told_in_seconds(told: str, seconds: int | None) -> None:
    space = "xmlns:sy='http://purl.org/rss/1.0/modules/syndication/'"
    body = f"<rss version='2.0' {space}><channel><title>x</title>{told}</channel></rss>"

    assert parse_feed(body.encode(), URL).asked_interval == seconds


@pytest.mark.parametrize("permalink", ["true", "false"])
def test_a_guid_that_is_no_address_stays_as_it_is(permalink: str) -> None:
    item = f"<item><guid isPermaLink='{permalink}'>4711</guid><link>/a</link></item>"
    body = f"<rss version='2.0'><channel><title>x</title>{item}</channel></rss>"

    assert parse_feed(body.encode(), URL).entries[0].guid == "4711"


def test_other_encodings_are_understood(feed_file: Callable[[str], bytes]) -> None:
    assert parse_feed(feed_file("windows-1251.rss.xml"), URL).entries[0].title == "Паром снова ходит"


def test_of_a_feed_that_breaks_off_the_whole_entries_are_kept(feed_file: Callable[[str], bytes]) -> None:
    assert parse_feed(feed_file("truncated.rss.xml"), URL).entries[0].title == "The whole item"


def test_an_entity_bomb_neither_grows_nor_reads_files(feed_file: Callable[[str], bytes]) -> None:
    feed = parse_feed(feed_file("entities.rss.xml"), URL)

    assert all(len(entry.title) <= 2_000 for entry in feed.entries)
    hostname = Path("/etc/hostname")
    if hostname.exists():
        assert all(hostname.read_text().strip() not in entry.title for entry in feed.entries)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "empty page"),
        (b"   \n ", "empty page"),
        (b'{"version": "https://jsonfeed.org/version/1.1"}', "JSON"),
        (bytes(range(256)) * 20, "neither RSS nor Atom"),
        (b"just words", "neither RSS nor Atom"),
    ],
)
def test_what_is_no_feed_is_told_in_words(body: bytes, words: str) -> None:
    with pytest.raises(ParseError, match=words):
        parse_feed(body, URL)


def test_a_web_page_is_told_apart_from_a_feed(feed_file: Callable[[str], bytes]) -> None:
    with pytest.raises(ParseError, match="web page, not a feed"):
        parse_feed(feed_file("web-page.html"), URL, "text/html")


def test_a_feed_of_thousands_of_entries_is_read_up_to_a_limit() -> None:
    items = "".join(
        f"<item><title>{n}</title><link>https://example.com/{n}</link></item>" for n in range(700)
    )
    body = f"<rss version='2.0'><channel><title>Many</title>{items}</channel></rss>"

    assert len(parse_feed(body.encode(), URL).entries) == 500


@pytest.mark.parametrize(
    "name", [b"windows\xff-1251", b"utf\0-8", b"utf-8;", b"", b">", b'\xff" encoding="\xfe']
)
def test_a_declared_encoding_that_is_no_name_of_one_does_not_count(name: bytes) -> None:
    body = b'<?xml version="1.0" encoding="%s"?><rss version="2.0"><channel>' % name
    body += "<title>Großer Hafen</title><item><title>Fähre fährt</title></item></channel></rss>".encode()

    assert [entry.title for entry in parse_feed(body, URL).entries] == ["Fähre fährt"]


def test_what_the_feed_reader_stumbles_over_is_refused_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    for error in (KeyError("links"), ValueError("too many values to unpack"), AttributeError("None")):
        monkeypatch.setattr("feedparser.parse", Mock(side_effect=error))
        with pytest.raises(ParseError, match="too damaged to be read"):
            parse_feed(b"<rss version='2.0'><channel></link>", URL)


def test_characters_no_database_stores_are_left_out() -> None:
    body = (
        "<rss version='2.0'><channel><item><title>a&#0;b&#xD800;c&#99999999;d</title></item></channel></rss>"
    )

    assert parse_feed(body.encode(), URL).entries[0].title == "abcd"


@pytest.mark.skipif(
    not SHARED.is_dir() and not os.environ.get("CI"), reason=f"THE SHARED FEEDS ARE MISSING: {SHARED}"
)
def test_every_feed_of_the_corpus_is_read_or_refused_in_words(pool: ParsePool, now: datetime) -> None:
    files = [path for path in sorted(SHARED.iterdir()) if path.suffix != ".md"]
    read = 0
    for path in files:
        try:
            feed = pool.read(path.read_bytes(), URL, "", now)
        except ParseError:
            continue
        read += 1
        for entry in feed.entries:
            assert not ACTIVE.search(entry.body), path.name
            assert entry.title
            assert entry.canonical_url.startswith(("http://", "https://"))
            assert datetime(1990, 1, 1, tzinfo=UTC) <= entry.published_at <= now
    assert read >= len(files) * 0.9
