"""Looking for copies of a text in the database, by the bands of its sketch."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import and_, delete, insert, or_, select
from sqlalchemy.orm import Session

from newsletter.ingest.dedupe import Match
from newsletter.ingest.entries import NormalisedEntry
from newsletter.ingest.near import WINDOW, Candidate, Text, find_copied
from newsletter.ingest.sketch import Band
from newsletter.models import Article, ArticleBand, ArticleSighting

# Entries looked up in one statement: five bands each, two values a band.
_PORTION = 40
# What shares a band with more is written from a form; the newest are looked at.
_MOST_CANDIDATES = 200


_BANDS: Any = ArticleBand.__table__
_ADD_BANDS = insert(_BANDS)
# The texts of entries, by `id`: hashing an entry would read all of it.
Texts = Mapping[int, Text]


def recent_texts(entries: Iterable[NormalisedEntry], now: datetime) -> Texts:
    """What can be compared of these entries: those published in the last 48 hours."""
    return {id(entry): _text(entry) for entry in entries if entry.published_at > now - WINDOW}


def find_copies(
    session: Session,
    source_id: int,
    new: Sequence[NormalisedEntry],
    feed: Sequence[NormalisedEntry],
    texts: Texts,
    now: datetime,
) -> list[Match]:
    """Those of a source's new entries that are copies of stored articles; `feed` is all that stands in it.

    Only entries of which there is a text are looked at; an article is matched once.
    """
    recent = [entry for entry in new if id(entry) in texts]
    copies: dict[int, Match] = {}
    for start in range(0, len(recent), _PORTION):
        portion = recent[start : start + _PORTION]
        found = _candidates(session, {band for entry in portion for band in texts[id(entry)].bands}, now)
        for entry in portion:
            text = texts[id(entry)]
            near = {one.article_id: one for band in text.bands for one in found.get(band, ())}
            beside = (_text(other) for other in feed if other is not entry) if near else ()
            copied = find_copied(source_id, text, list(near.values()), beside)
            if copied is not None:
                copies.setdefault(copied.article_id, Match(copied.article_id, entry))
    return list(copies.values())


def store_bands(session: Session, matches: Iterable[Match], texts: Texts) -> None:
    """Keep the bands of articles whose entries have a text."""
    rows = [
        {"article_id": match.article_id, "band": band, "value": value}
        for match in matches
        if id(match.entry) in texts
        for band, value in texts[id(match.entry)].bands
    ]
    if rows:
        session.execute(_ADD_BANDS, rows)


def drop_bands(session: Session, articles: Sequence[int]) -> None:
    """Forget the bands of articles whose words have changed."""
    session.execute(delete(ArticleBand).where(ArticleBand.article_id.in_(articles)))


def _text(entry: NormalisedEntry) -> Text:
    return Text(entry.title, entry.excerpt, entry.body, entry.published_at)


def _candidates(session: Session, bands: Iterable[Band], now: datetime) -> dict[Band, list[Candidate]]:
    """The recent articles under each of these bands."""
    values: dict[int, list[str]] = defaultdict(list)
    for number, value in bands:
        values[number].append(value)
    if not values:
        return {}
    shared = or_(
        *(
            and_(ArticleBand.band == number, ArticleBand.value.in_(found))
            for number, found in sorted(values.items())
        )
    )
    rows = session.execute(
        select(ArticleBand.article_id, ArticleBand.band, ArticleBand.value)
        .where(shared)
        .order_by(ArticleBand.article_id.desc())
        .limit(_MOST_CANDIDATES)
    ).all()
    articles = _load(session, {row.article_id for row in rows}, now) if rows else {}
    found: dict[Band, list[Candidate]] = defaultdict(list)
    for row in rows:
        if row.article_id in articles:
            found[row.band, row.value].append(articles[row.article_id])
    return found


def _load(session: Session, ids: Iterable[int], now: datetime) -> dict[int, Candidate]:
    sources: dict[int, set[int]] = defaultdict(set)
    sightings = select(ArticleSighting.article_id, ArticleSighting.source_id)
    for article_id, source_id in session.execute(sightings.where(ArticleSighting.article_id.in_(ids))):
        sources[article_id].add(source_id)
    columns = (
        Article.id,
        Article.source_id,
        Article.title,
        Article.excerpt,
        Article.body,
        Article.published_at,
    )
    recent = select(*columns).where(Article.id.in_(ids), Article.published_at > now - WINDOW)
    return {
        row.id: Candidate(
            row.id,
            frozenset(sources[row.id] | {row.source_id}),
            Text(row.title, row.excerpt, row.body, row.published_at),
        )
        for row in session.execute(recent)
    }
