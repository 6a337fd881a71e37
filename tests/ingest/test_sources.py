"""Adding topics and sources; OPML in and out; the starter catalogue."""

from datetime import datetime, time
from urllib.parse import urlsplit

import pytest
from sqlalchemy import select

from newsletter.db import Database
from newsletter.ingest.catalogue import catalogue_opml, install_starter_catalogue
from newsletter.ingest.opml import OpmlError, export_opml, import_opml, read_opml
from newsletter.ingest.source_address import source_address
from newsletter.ingest.sources import (
    SourceError,
    add_source,
    add_topic,
    find_topics,
    slug_of,
    sources_in_order,
    topics_in_order,
)
from newsletter.models import Source, Topic

FIVE = time(5, 0)
OPML = """<?xml version="1.0" encoding="{encoding}"?>
<opml version="2.0"><body>
  <outline text="Häfen &amp; Meer">
    <outline type="rss" text="Harbour Post" xmlUrl="https://harbour.example.com/feed?a=1&amp;b=2"/>
    <outline text="Tief">
      <outline text="Deep" xmlUrl="https://deep.example.com/feed"/>
    </outline>
  </outline>
  <outline text="Loose" xmlUrl="https://loose.example.com/feed"/>
  <outline text="Bad" xmlUrl="javascript:alert(1)"/>
</body></opml>"""


def test_topics_are_kept_in_the_order_they_came(any_db: Database, now: datetime) -> None:
    with any_db.write() as session:
        for slug in ("world", "art"):
            add_topic(session, slug, slug.title(), now, FIVE, "Europe/Berlin", "de")
    with any_db.read() as session:
        assert [(t.slug, t.name, t.language) for t in topics_in_order(session)] == [
            ("world", "World", "de"),
            ("art", "Art", "de"),
        ]


@pytest.mark.parametrize(
    ("slug", "name", "zone", "language", "words"),
    [
        ("World News", "World", "UTC", "en", "short name"),
        ("-x", "World", "UTC", "en", "short name"),
        ("x" * 65, "World", "UTC", "en", "short name"),
        ("world", " \u200b", "UTC", "en", "needs a name"),
        ("world", "W", "Mars/Olympus", "en", "no time zone"),
        ("world", "W", "UTC", "english!", "no language"),
        ("there", "There", "UTC", "en", "already"),
    ],
)
def test_a_faulty_topic_is_refused_in_words(
    db: Database, now: datetime, slug: str, name: str, zone: str, language: str, words: str
) -> None:
    with db.write() as session:
        add_topic(session, "there", "There", now, FIVE, "UTC")
        with pytest.raises(SourceError, match=words):
            add_topic(session, slug, name, now, FIVE, zone, language)


def test_a_source_is_added_once_and_may_gain_topics(any_db: Database, now: datetime) -> None:
    with any_db.write() as session:
        world = add_topic(session, "world", "World", now, FIVE, "UTC")
        art = add_topic(session, "art", "Art", now, FIVE, "UTC")
        first, is_new = add_source(session, "HTTPS://Example.com/feed", [world], now)
        again, is_new_again = add_source(session, " https://example.com/feed#x ", [world, art], now)

        assert (is_new, is_new_again) == (True, False)
        assert first is again
        assert first.url == first.name == "https://example.com/feed"
        assert {topic.slug for topic in first.topics} == {"world", "art"}
        assert first.next_poll_at == now


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("feed://example.com/rss", "https://example.com/rss"),
        ("feed:https://example.com/rss", "https://example.com/rss"),
        ("http://EXAMPLE.com", "http://example.com/"),
        ("https://example.com/Feed?A=b", "https://example.com/Feed?A=b"),
        ("example.com/feed", None),
        ("file:///etc/passwd", None),
        ("https://", None),
        ("https://exa mple.com/", None),
        ("https://example.com/\x00", None),
        ("https://example.com:port/", None),
        ("https://example.com/" + "x" * 2_000, None),
    ],
)
def test_what_an_operator_types_is_an_address_or_nothing(typed: str, address: str | None) -> None:
    assert source_address(typed) == address


def test_an_unknown_topic_is_named_with_those_there_are(db: Database, now: datetime) -> None:
    with db.write() as session:
        add_topic(session, "world", "World", now, FIVE, "UTC")
        with pytest.raises(SourceError, match=r"no topic sprot.*There are: world"):
            find_topics(session, ["world", "sprot"])


def test_failing_sources_are_shown_first(any_db: Database, now: datetime) -> None:
    with any_db.write() as session:
        add_source(session, "https://example.com/a", [], now, "Aardvark")
        add_source(session, "https://example.com/z", [], now, "Zebra")[0].failure = "It is down."
    with any_db.read() as session:
        assert [source.name for source in sources_in_order(session)] == ["Zebra", "Aardvark"]


@pytest.mark.parametrize("encoding", ["utf-8", "iso-8859-1", "utf-16"])
def test_opml_brings_sources_and_its_folders_become_topics(
    any_db: Database, now: datetime, encoding: str
) -> None:
    data = OPML.format(encoding=encoding).encode(encoding)
    with any_db.write() as session:
        report = import_opml(session, data, now, FIVE, "UTC")

        assert (report.added, report.known) == (3, 0)
        assert report.new_topics == ("hafen-meer", "tief", "general")
        assert report.refused == ("javascript:alert(1)",)
        assert session.scalar(select(Topic.name).where(Topic.slug == "hafen-meer")) == "Häfen & Meer"
        assert session.scalar(select(Source.name).where(Source.url.contains("a=1&b=2"))) == "Harbour Post"
        assert import_opml(session, data, now, FIVE, "UTC").known == 3


def test_what_is_exported_can_be_imported(db: Database, now: datetime) -> None:
    with db.write() as session:
        import_opml(session, OPML.format(encoding="utf-8").encode(), now, FIVE, "UTC")
        exported = export_opml(session, "Daily <Edition>", now)

    feeds = {(feed.url, feed.name, feed.topics) for feed in read_opml(exported.encode())}
    assert feeds == {
        ("https://harbour.example.com/feed?a=1&b=2", "Harbour Post", ("Häfen & Meer",)),
        ("https://deep.example.com/feed", "Deep", ("Tief",)),
        ("https://loose.example.com/feed", "Loose", ("General",)),
    }


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "not OPML"),
        (b"<html></html>", "not OPML"),
        (b"https://example.com/feeds.opml", "not OPML"),
        (b"x" * (2 * 1024 * 1024 + 1), "larger than 2 MB"),
        (b'<!DOCTYPE x [<!ENTITY a "b">]><opml version="2.0"/>', "document type"),
        ('<!DOCTYPE x [<!ENTITY a "b">]><opml version="2.0"/>'.encode("utf-16"), "document type"),
        (b'<?xml version="1.0" encoding="klingon"?><opml/>', "encoding"),
        (b'<opml version="2.0">\xff</opml>', "encoding"),
    ],
)
def test_hostile_or_broken_opml_is_refused_in_words(data: bytes, words: str) -> None:
    with pytest.raises(OpmlError, match=words):
        read_opml(data)


def test_opml_nested_without_end_is_harmless() -> None:
    deep = "<outline text='a'>" * 5_000 + "<outline xmlUrl='https://example.com/' text='x'/>" * 2_000

    assert len(read_opml(f"<opml version='2.0'><body>{deep}".encode())) <= 1


def test_a_topics_short_name_is_made_from_its_name() -> None:
    assert slug_of("Wissenschaft & Müll!") == "wissenschaft-mull"
    assert slug_of("Новости") == slug_of("Новости") != slug_of("Спорт")
    assert slug_of("Новости").startswith("topic-")


def test_the_starter_catalogue_fills_an_empty_installation_once(any_db: Database, now: datetime) -> None:
    with any_db.write() as session:
        added = install_starter_catalogue(session, now, FIVE, "Europe/Berlin")
        assert install_starter_catalogue(session, now, FIVE, "Europe/Berlin") == 0
    with any_db.read() as session:
        topics = topics_in_order(session)
        assert [topic.name for topic in topics] == [
            "World", "Business", "Technology", "Science", "Health", "Environment", "Culture", "Sport",
        ]  # fmt: skip
        assert all(len(topic.sources) >= 5 for topic in topics)
        assert all(topic.cutoff == FIVE and topic.timezone == "Europe/Berlin" for topic in topics)
    assert 55 <= added <= 70


def test_the_catalogue_names_each_feed_once_by_a_sound_secure_address() -> None:
    feeds = read_opml(catalogue_opml())

    assert len({feed.url for feed in feeds}) == len(feeds)
    assert all(
        urlsplit(feed.url).scheme == "https" and source_address(feed.url) == feed.url for feed in feeds
    )
    assert all(feed.name for feed in feeds)
