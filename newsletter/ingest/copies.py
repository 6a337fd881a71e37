"""Looking for copies of a text in the database, by the bands of its sketch."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from newsletter.direct import Direct
from newsletter.ingest.dedupe import Match
from newsletter.ingest.entries import NormalisedEntry
from newsletter.ingest.near import WINDOW, Candidate, Text, find_copied, text_of
from newsletter.ingest.sketch import TITLE_BAND, Band
from newsletter.models import Article, ArticleBand, ArticleSighting

# Entries looked up in one statement: five bands each, two values a band.
_PORTION = 40
# What shares a band with more is written from a form; the newest are looked at.
_MOST_CANDIDATES = 200

_SHARED = f"""
SELECT article_id, band, value FROM article_band
WHERE {" OR ".join(f"(band = {number} AND value AMONG :band{number})" for number in range(TITLE_BAND + 1))}
ORDER BY article_id DESC LIMIT :most"""  # noqa: S608 - numbers of ours

_BANDS: Any = ArticleBand.__table__
_ADD_BANDS = insert(_BANDS)
# The texts of entries, by `id`: hashing an entry would read all of it.
Texts = Mapping[int, Text]


def recent_texts(entries: Iterable[NormalisedEntry], now: datetime) -> Texts:
    """What can be compared of these entries: those published in the last 48 hours."""
    return {id(entry): text_of(entry) for entry in entries if entry.published_at > now - WINDOW}


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
        found = _candidates(
            session, {band for entry in portion for band in _bands(entry, texts[id(entry)])}, now
        )
        for entry in portion:
            text = texts[id(entry)]
            near = {one.article_id: one for band in _bands(entry, text) for one in found.get(band, ())}
            beside = (text_of(other) for other in feed if other is not entry) if near else ()
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
        for band, value in _bands(match.entry, texts[id(match.entry)])
    ]
    if rows:
        session.execute(_ADD_BANDS, rows)


def drop_bands(session: Session, articles: Sequence[int]) -> None:
    """Forget the bands of articles whose words have changed."""
    session.execute(delete(ArticleBand).where(ArticleBand.article_id.in_(articles)))


def _bands(entry: NormalisedEntry, text: Text) -> Sequence[Band]:
    return text.bands if entry.bands is None else entry.bands


def _candidates(session: Session, bands: Iterable[Band], now: datetime) -> dict[Band, list[Candidate]]:
    """The recent articles under each of these bands."""
    values: dict[str, list[str]] = {f"band{number}": [] for number in range(TITLE_BAND + 1)}
    for number, value in bands:
        values[f"band{number}"].append(value)
    if not any(values.values()):
        return {}
    rows = Direct(session.connection()).rows(_SHARED, most=_MOST_CANDIDATES, **values)
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
