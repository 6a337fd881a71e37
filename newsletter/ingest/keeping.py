"""What ingestion lets go of, so that the database does not grow for ever.

Texts go after a month; articles that no edition printed go half a year after they were last seen in a
feed, with their sightings and versions. An article that still stands in a feed stays, without its text:
that is how an old entry, dated or not, under whichever guid, is known not to be news. So there are never
more articles than half a year brings, and the feeds hold now.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, delete, exists, func, or_, select, update
from sqlalchemy.orm import Session

from newsletter.db import Database
from newsletter.ingest.near import WINDOW
from newsletter.models import Article, ArticleBand, ArticleSighting, StoryArticle

# Rows changed in one transaction: some ten milliseconds.
CHUNK = 500

Change = Callable[[Session, Sequence[int]], int]


def let_go(db: Database, now: datetime, text_after: timedelta, article_after: timedelta) -> int:
    """Drop old bands, texts and articles, a few hundred a transaction; how many articles went.

    Looks through the whole table of articles: for once an hour. May be interrupted anywhere.
    """
    _in_chunks(db, _with_old_bands(now - WINDOW), _drop_bands)
    _in_chunks(db, _with_old_text(now - text_after), _drop_text)
    seen_before = now - article_after
    with db.read() as session:
        last_reading = last_readings(session)

    def drop(session: Session, ids: Sequence[int]) -> int:
        return _drop_articles(session, ids, seen_before, last_reading)

    return _in_chunks(db, _unseen_since(seen_before), drop)


def last_readings(session: Session) -> dict[int, datetime]:
    """When each source's feed was last read: what was seen then is what stands in it."""
    last = select(ArticleSighting.source_id, func.max(ArticleSighting.seen_at))
    return dict(session.execute(last.group_by(ArticleSighting.source_id)).all())


def _in_chunks(db: Database, query: Select[Any], change: Change) -> int:
    """Look without holding up anybody, change in short transactions; how many changed."""
    return sum(_change(db, change, ids) for ids in _chunks(db, query))


def _chunks(db: Database, query: Select[Any]) -> Iterator[list[int]]:
    after = 0
    while True:
        with db.read() as session:
            ids = list(session.scalars(query.where(Article.id > after).order_by(Article.id).limit(CHUNK)))
        if not ids:
            return
        yield ids
        after = ids[-1]


def _change(db: Database, change: Change, ids: Sequence[int]) -> int:
    with db.write() as session:
        return change(session, ids)


def _with_old_bands(published_before: datetime) -> Select[Any]:
    banded = exists().where(ArticleBand.article_id == Article.id)
    return select(Article.id).where(Article.published_at <= published_before, banded)


def _drop_bands(session: Session, ids: Sequence[int]) -> int:
    session.execute(delete(ArticleBand).where(ArticleBand.article_id.in_(ids)))
    return len(ids)


def _with_old_text(seen_before: datetime) -> Select[Any]:
    has_text = or_(Article.body != "", Article.full_text != "")
    return select(Article.id).where(Article.first_seen_at < seen_before, has_text)


def _drop_text(session: Session, ids: Sequence[int]) -> int:
    bare = update(Article).where(Article.id.in_(ids)).values(body="", full_text="")
    session.execute(bare, execution_options={"synchronize_session": False})
    return len(ids)


def _unseen_since(seen_before: datetime) -> Select[Any]:
    """Articles that no feed showed since then and no edition printed."""
    return select(Article.id).where(
        Article.first_seen_at < seen_before,
        ~exists().where(ArticleSighting.article_id == Article.id, ArticleSighting.seen_at >= seen_before),
        ~exists().where(StoryArticle.article_id == Article.id),
    )


def _drop_articles(
    session: Session, ids: Sequence[int], seen_before: datetime, last_reading: Mapping[int, datetime]
) -> int:
    """Delete those of these articles that stand in no feed; asked again here, for a poll may have come."""
    sightings = select(ArticleSighting.article_id, ArticleSighting.source_id, ArticleSighting.seen_at)
    standing = {
        row.article_id
        for row in session.execute(sightings.where(ArticleSighting.article_id.in_(ids)))
        if row.seen_at >= last_reading.get(row.source_id, seen_before)
    }
    gone = session.scalars(_unseen_since(seen_before).where(Article.id.in_(set(ids) - standing))).all()
    if gone:
        session.execute(delete(Article).where(Article.id.in_(gone)))
    return len(gone)
