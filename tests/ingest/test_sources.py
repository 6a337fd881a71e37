"""Adding topics and sources; the starter catalogue."""

from datetime import datetime, time
from urllib.parse import urlsplit

import pytest

from newsletter.db import Database
from newsletter.ingest.catalogue import catalogue_opml, install_starter_catalogue
from newsletter.ingest.opml import read_opml
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

FIVE = time(5, 0)


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
    feeds = read_opml(catalogue_opml()).feeds

    assert len({feed.url for feed in feeds}) == len(feeds)
    assert all(
        urlsplit(feed.url).scheme == "https" and source_address(feed.url) == feed.url for feed in feeds
    )
    assert all(feed.name for feed in feeds)
