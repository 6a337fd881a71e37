"""What a reading of a feed leaves in the database."""

from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import select

from newsletter.db import Database
from newsletter.ingest.dedupe import Changes
from newsletter.ingest.entries import NormalisedEntry
from newsletter.ingest.store import store_entries
from newsletter.models import ArticleBand, ArticleSighting, ArticleVersion
from tests.ingest.builders import entry
from tests.ingest.polling import HOUR, add, articles, count
from tests.ingest.test_near import STORY


def store(db: Database, source_id: int, entries: list[NormalisedEntry], now: datetime) -> Changes:
    with db.write() as session:
        return store_entries(session, source_id, entries, now)


def copy(address: str, title: str, guid: str = "") -> NormalisedEntry:
    return replace(entry(address, title, guid), excerpt=STORY)


def sightings(db: Database) -> list[tuple[int, int, str]]:
    with db.read() as session:
        found = session.scalars(select(ArticleSighting).order_by(ArticleSighting.id))
        return [(one.article_id, one.source_id, one.guid) for one in found]


def test_agency_copy_in_two_feeds_is_one_article_in_two_places(any_db: Database, now: datetime) -> None:
    first, second = (
        add(any_db, "https://a.example.com/feed", now),
        add(any_db, "https://b.example.com/feed", now),
    )
    store(any_db, first, [copy("https://a.example.com/1", "Crack shuts bridge")], now)

    changes = store(any_db, second, [copy("https://b.example.com/9", "Long detours")], now)

    (article,) = articles(any_db)
    assert (len(changes.new), len(changes.seen)) == (0, 1)
    assert (article.title, article.source_id) == ("Crack shuts bridge", first)
    assert [(number, source) for number, source, _ in sightings(any_db)] == [
        (article.id, first),
        (article.id, second),
    ]


def test_a_copy_stays_the_same_article_at_every_poll(any_db: Database, now: datetime) -> None:
    first, second = (
        add(any_db, "https://a.example.com/feed", now),
        add(any_db, "https://b.example.com/feed", now),
    )
    store(any_db, first, [copy("https://a.example.com/1", "Crack shuts bridge")], now)
    for attempt in range(3):
        again = [
            copy("https://b.example.com/9", "Long detours", f"guid {attempt}"),
            entry(f"https://b.example.com/{attempt}"),
        ]
        changes = store(any_db, second, again, now + HOUR * attempt)
        assert (len(changes.new), len(changes.seen), changes.churned) == (1, 1, int(attempt > 0))

    assert len(articles(any_db)) == 4


def test_a_copys_feed_does_not_change_the_article(db: Database, now: datetime) -> None:
    first, second = add(db, "https://a.example.com/feed", now), add(db, "https://b.example.com/feed", now)
    store(db, first, [copy("https://a.example.com/1", "Crack shuts bridge")], now)
    store(db, second, [copy("https://b.example.com/9", "Long detours", "g")], now)

    changes = store(db, second, [entry("https://b.example.com/9", "Something else", "g")], now + HOUR)

    assert not changes.changed
    assert [article.title for article in articles(db)] == ["Crack shuts bridge"]


def test_old_entries_are_not_compared(db: Database, now: datetime) -> None:
    first, second = add(db, "https://a.example.com/feed", now), add(db, "https://b.example.com/feed", now)
    old = now - timedelta(days=3)
    for source, host in ((first, "a"), (second, "b")):
        told = copy(f"https://{host}.example.com/1", f"Title {host}")
        store(db, source, [replace(told, published_at=old)], now)

    assert len(articles(db)) == 2
    with db.read() as session:
        assert session.scalars(select(ArticleBand)).all() == []


def test_an_edit_keeps_what_the_article_said_before(any_db: Database, now: datetime) -> None:
    source = add(any_db, "https://a.example.com/feed", now)
    store(any_db, source, [entry(title="Bridge shut", guid="g")], now)
    store(any_db, source, [entry(title="Bridge shut for weeks", guid="g")], now + HOUR)
    store(any_db, source, [entry(title="Bridge shut for months", guid="g")], now + HOUR * 3)

    with any_db.read() as session:
        found = session.scalars(select(ArticleVersion).order_by(ArticleVersion.id)).all()
    assert [(one.title, one.seen_from, one.replaced_at) for one in found] == [
        ("Bridge shut", now, now + HOUR),
        ("Bridge shut for weeks", now + HOUR, now + HOUR * 3),
    ]


def test_only_the_last_ten_versions_are_kept(any_db: Database, now: datetime) -> None:
    source = add(any_db, "https://a.example.com/feed", now)
    for number in range(14):
        store(any_db, source, [entry(title=f"Version {number}", guid="g")], now + HOUR * number)

    with any_db.read() as session:
        titles = session.scalars(select(ArticleVersion.title).order_by(ArticleVersion.id)).all()
    assert titles == [f"Version {number}" for number in range(3, 13)]


def test_a_move_to_another_address_is_no_version(db: Database, now: datetime) -> None:
    source = add(db, "https://a.example.com/feed", now)
    store(db, source, [entry("https://example.com/1", guid="g")], now)

    changes = store(db, source, [entry("https://example.com/2", guid="g")], now)

    assert len(changes.changed) == 1
    with db.read() as session:
        assert session.scalars(select(ArticleVersion)).all() == []


def test_an_edited_article_is_found_by_its_new_words(db: Database, now: datetime) -> None:
    first, second = add(db, "https://a.example.com/feed", now), add(db, "https://b.example.com/feed", now)
    store(db, first, [entry("https://a.example.com/1", "Crack found", "g")], now)
    store(db, first, [copy("https://a.example.com/1", "Bridge closed", "g")], now)

    store(db, second, [copy("https://b.example.com/9", "Long detours")], now)

    assert [article.title for article in articles(db)] == ["Bridge closed"]
    assert count(db, ArticleSighting) == 2


def test_churned_guids_are_counted(db: Database, now: datetime) -> None:
    source = add(db, "https://a.example.com/feed", now)
    pages = [f"https://a.example.com/{number}" for number in range(3)]
    store(db, source, [entry(page, guid=f"{page} 1") for page in pages], now)

    again = [entry(pages[0], guid=f"{pages[0]} 1"), *(entry(page, guid=f"{page} 2") for page in pages[1:])]

    assert store(db, source, again, now).churned == 2
