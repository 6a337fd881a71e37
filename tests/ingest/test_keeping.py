"""What is let go of in time, what is kept, and that the old does not come back as news."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import count as numbers

import pytest
from sqlalchemy import func, select, update

from newsletter.db import Database
from newsletter.ingest import keeping
from newsletter.ingest.entries import NormalisedEntry
from newsletter.models import (
    Article,
    ArticleBand,
    ArticleSighting,
    ArticleVersion,
    Edition,
    Story,
    StoryArticle,
    Topic,
)
from tests.ingest.builders import entry
from tests.ingest.polling import add, articles
from tests.ingest.test_near import STORY
from tests.ingest.test_store import store

DAY = timedelta(days=1)
TEXT, KEEP = timedelta(days=30), timedelta(days=180)


def told(number: int, at: datetime, guid: str = "") -> NormalisedEntry:
    plain = entry(f"https://example.com/{number}", f"News number {number}", guid)
    return replace(plain, published_at=at, excerpt=STORY, body=f"<p>{STORY} {number}</p>")


def let_go(db: Database, now: datetime) -> int:
    return keeping.let_go(db, now, TEXT, KEEP)


def rows(db: Database) -> dict[str, int]:
    tables = (Article, ArticleSighting, ArticleVersion, ArticleBand)
    with db.read() as session:
        return {
            one.__tablename__: session.scalar(select(func.count()).select_from(one)) or 0 for one in tables
        }


def print_it(db: Database, article_id: int, now: datetime) -> None:
    with db.write() as session:
        topic = Topic(slug="t", name="T", cutoff=now.time(), timezone="UTC", created_at=now)
        session.add(topic)
        session.flush()
        edition = Edition(topic_id=topic.id, date=now.date(), language="en", closed_at=now)
        lead = StoryArticle(
            article_id=article_id,
            role="lead",
            position=0,
            title="T",
            url="https://example.com/",
            source_name="S",
            published_at=now,
        )
        edition.stories = [Story(position=0, articles=[lead])]
        session.add(edition)


def test_texts_go_after_a_month_and_headlines_stay(any_db: Database, now: datetime) -> None:
    source = add(any_db, "https://example.com/feed", now)
    store(any_db, source, [told(1, now)], now)
    store(any_db, source, [told(2, now + DAY * 20)], now + DAY * 20)
    with any_db.write() as session:
        session.execute(update(Article).values(full_text="All of it."))

    let_go(any_db, now + DAY * 31)

    old, young = articles(any_db)
    assert (old.title, old.excerpt, old.body, old.full_text) == ("News number 1", STORY, "", "")
    assert young.body
    assert young.full_text


def test_an_article_goes_half_a_year_after_it_was_last_seen(any_db: Database, now: datetime) -> None:
    source = add(any_db, "https://example.com/feed", now)
    store(any_db, source, [told(1, now)], now)
    store(any_db, source, [told(1, now), told(2, now + DAY * 30)], now + DAY * 30)
    store(any_db, source, [told(2, now + DAY * 30)], now + DAY * 31)

    assert let_go(any_db, now + DAY * 209) == 0
    assert let_go(any_db, now + DAY * 211) == 1
    assert [one.title for one in articles(any_db)] == ["News number 2"]
    assert rows(any_db)["article_sighting"] == 1


def test_what_an_edition_printed_is_kept(any_db: Database, now: datetime) -> None:
    source = add(any_db, "https://example.com/feed", now)
    store(any_db, source, [told(1, now), told(2, now)], now)
    store(any_db, source, [told(3, now)], now + DAY)
    print_it(any_db, articles(any_db)[0].id, now)

    assert let_go(any_db, now + DAY * 400) == 1
    assert [one.title for one in articles(any_db)] == ["News number 1", "News number 3"]


@pytest.mark.parametrize("dated", [True, False])
def test_an_old_entry_that_still_stands_in_a_feed_never_comes_back_as_news(
    any_db: Database, now: datetime, dated: bool
) -> None:
    source = add(any_db, "https://example.com/feed", now)
    store(any_db, source, [told(1, now)], now)
    later = now + DAY * 400
    let_go(any_db, later)

    again = told(1, now if dated else later, guid="another guid")
    changes = store(any_db, source, [again, told(2, later)], later)

    assert [new.title for new in changes.new] == ["News number 2"]
    assert changes.churned == 1
    let_go(any_db, later + DAY * 400)
    assert len(articles(any_db)) == 2


def test_bands_go_when_no_copy_can_come_any_more(any_db: Database, now: datetime) -> None:
    source = add(any_db, "https://example.com/feed", now)
    store(any_db, source, [told(1, now)], now)
    assert rows(any_db)["article_band"] > 0

    let_go(any_db, now + timedelta(hours=47))
    assert rows(any_db)["article_band"] > 0
    let_go(any_db, now + timedelta(hours=48))
    assert rows(any_db)["article_band"] == 0


def test_many_are_let_go_of_a_few_at_a_time(
    db: Database, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeping, "CHUNK", 3)
    source = add(db, "https://example.com/feed", now)
    store(db, source, [told(number, now) for number in range(10)], now)
    store(db, source, [told(99, now)], now + DAY)

    assert let_go(db, now + DAY * 300) == 10
    assert let_go(db, now + DAY * 300) == 0


def test_the_database_does_not_grow_for_ever(db: Database, now: datetime) -> None:
    """Three years, of which one source edits everything and one makes up guids; half a year is kept."""
    feeds = [add(db, f"https://example.com/feed{number}", now) for number in range(3)]
    fresh = numbers()
    standing: list[list[NormalisedEntry]] = [[], [], []]
    biggest: list[dict[str, int]] = []
    for week in range(156):
        moment = now + DAY * 7 * week
        for feed, entries in zip(feeds, standing, strict=True):
            entries[:] = _next(entries, next(fresh), moment, churns=feed == feeds[1], edits=feed == feeds[2])
            store(db, feed, entries, moment)
        let_go(db, moment)
        biggest.append(rows(db))

    for table, most in {"article": 110, "article_sighting": 110, "article_version": 1200}.items():
        assert max(now[table] for now in biggest) <= most, table
        first, second = (max(part[table] for part in biggest[52 * year : 52 * (year + 1)]) for year in (1, 2))
        assert second <= first, table
    assert biggest[-1]["article_band"] <= 3 * 5


def _next(
    entries: list[NormalisedEntry], number: int, at: datetime, *, churns: bool, edits: bool
) -> list[NormalisedEntry]:
    """A feed a week later: one entry more, nine at most."""
    kept: Iterator[NormalisedEntry] = iter([told(number, at), *entries][:9])
    if churns:
        return [replace(one, guid=f"{one.url} {at}") for one in kept]
    if edits:
        return [replace(one, content_hash=f"{number:064}") for one in kept]
    return list(kept)
