"""Writing what a feed brought: articles, and the sightings that say where they stand."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter.ingest.dedupe import Changes, KnownArticle, Match, collapse, plan_changes
from newsletter.ingest.entries import NormalisedEntry
from newsletter.models import Article, ArticleSighting

_T = TypeVar("_T")

# SQLite and PostgreSQL both take thousands of values in one statement; this is safely below.
_VALUES = 400


def store_entries(
    session: Session, source_id: int, entries: Iterable[NormalisedEntry], now: datetime
) -> Changes:
    """Write one source's entries; what was new, changed and seen. The caller commits.

    Raises `sqlalchemy.exc.IntegrityError` when another source wrote the same article meanwhile.
    """
    distinct = collapse(entries)
    changes = plan_changes(distinct, known_articles(session, source_id, distinct))
    articles = _add(session, source_id, changes.new, now)
    _update(session, changes.changed, now)
    _sight(session, source_id, [*articles, *changes.changed, *changes.seen], now)
    return changes


def known_articles(
    session: Session, source_id: int, entries: Sequence[NormalisedEntry]
) -> list[KnownArticle]:
    """Every stored article these entries may be about: by guid in this source, by address anywhere."""
    columns = (
        Article.id,
        Article.url,
        Article.canonical_url,
        Article.content_hash,
        Article.source_id,
        ArticleSighting.guid,
    )
    here = (ArticleSighting.article_id == Article.id) & (ArticleSighting.source_id == source_id)
    by_guid = select(*columns).join(ArticleSighting, here)
    by_url = select(*columns).outerjoin(ArticleSighting, here)
    rows: list[Any] = []
    for guids in _portions([entry.guid for entry in entries]):
        rows += session.execute(by_guid.where(ArticleSighting.guid.in_(guids)))
    for urls in _portions([entry.canonical_url for entry in entries]):
        rows += session.execute(by_url.where(Article.canonical_url.in_(urls)))
    return [
        KnownArticle(
            row.id, row.url, row.canonical_url, row.content_hash, row.guid, row.source_id == source_id
        )
        for row in dict.fromkeys(rows)
    ]


def _add(session: Session, source_id: int, entries: Sequence[NormalisedEntry], now: datetime) -> list[Match]:
    # In order of address, so that two writers of the same articles wait for each other, never in a knot.
    ordered = sorted(entries, key=lambda entry: entry.canonical_url)
    articles = [Article(source_id=source_id, first_seen_at=now, **_words(entry)) for entry in ordered]
    for article, entry in zip(articles, ordered, strict=True):
        article.published_at = entry.published_at
    session.add_all(articles)
    session.flush()
    return [Match(article.id, entry) for article, entry in zip(articles, ordered, strict=True)]


def _update(session: Session, changed: Iterable[Match], now: datetime) -> None:
    """Take over an edited entry's words. The time of publication stays: an edit is no news."""
    for match in changed:
        article = session.get_one(Article, match.article_id)
        for name, value in _words(match.entry).items():
            setattr(article, name, value)
        article.updated_at = now


def _sight(session: Session, source_id: int, matches: Sequence[Match], now: datetime) -> None:
    """Note that these articles stand in the source's feed now.

    One sighting an article: a feed that makes up new guids at every request must not grow the table.
    """
    known: dict[int, ArticleSighting] = {}
    for ids in _portions([match.article_id for match in matches]):
        found = select(ArticleSighting).where(
            ArticleSighting.source_id == source_id, ArticleSighting.article_id.in_(ids)
        )
        known |= {sighting.article_id: sighting for sighting in session.scalars(found)}
    for match in matches:
        sighting = known.get(match.article_id)
        if sighting is None:
            sighting = ArticleSighting(article_id=match.article_id, source_id=source_id)
            session.add(sighting)
        sighting.guid = match.entry.guid
        sighting.url = match.entry.url
        sighting.seen_at = now


def _words(entry: NormalisedEntry) -> dict[str, Any]:
    return {
        "url": entry.url,
        "canonical_url": entry.canonical_url,
        "title": entry.title,
        "excerpt": entry.excerpt,
        "body": entry.body,
        "author": entry.author,
        "image_url": entry.image_url,
        "image_alt": entry.image_alt,
        "language": entry.language,
        "categories": list(entry.categories),
        "content_hash": entry.content_hash,
    }


def _portions(values: Sequence[_T]) -> Iterator[Sequence[_T]]:
    for start in range(0, len(values), _VALUES):
        yield values[start : start + _VALUES]
