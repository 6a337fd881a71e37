"""Writing what a feed brought: articles, what they said before, and the sightings that say where they stand.

Rows go in many at a time: a first poll brings a whole feed, and one transaction holds up every other.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import Executable, Integer, bindparam, delete, insert, select, update
from sqlalchemy.orm import Session

from newsletter.ingest.copies import drop_bands, find_copies, recent_texts, store_bands
from newsletter.ingest.dedupe import Changes, KnownArticle, Match, collapse, plan_changes
from newsletter.ingest.entries import NormalisedEntry
from newsletter.models import Article, ArticleSighting, ArticleVersion

_T = TypeVar("_T")

# SQLite and PostgreSQL both take thousands of values in one statement; this is safely below.
_VALUES = 400
MOST_VERSIONS = 10

_Known = dict[KnownArticle, None]


def _find(column: Any, *, elsewhere: bool = False) -> Executable:
    """Made once: putting a statement together takes longer than executing it."""
    source_id = bindparam("source_id", type_=Integer)
    here = (ArticleSighting.article_id == Article.id) & (ArticleSighting.source_id == source_id)
    columns = (
        Article.id,
        Article.url,
        Article.canonical_url,
        Article.content_hash,
        ArticleSighting.guid,
        Article.source_id == source_id,
        ArticleSighting.url.label("seen_url"),
    )
    found = select(*columns).select_from(Article).join(ArticleSighting, here, isouter=elsewhere)
    return found.where(column.in_(bindparam("told", expanding=True)))


_BY_GUID = _find(ArticleSighting.guid)
_BY_ADDRESS = _find(Article.canonical_url, elsewhere=True)
_BY_ADDRESS_HERE = _find(ArticleSighting.url)
# Into the tables: the mapped classes cost as much again.
_ARTICLES: Any = Article.__table__
_SIGHTINGS: Any = ArticleSighting.__table__
_ADD_ARTICLES = insert(_ARTICLES).returning(_ARTICLES.c.canonical_url, _ARTICLES.c.id)
_ADD_SIGHTINGS = insert(_SIGHTINGS)


def store_entries(
    session: Session, source_id: int, entries: Iterable[NormalisedEntry], now: datetime
) -> Changes:
    """Write one source's entries; what was new, changed and seen. The caller commits.

    Raises `sqlalchemy.exc.IntegrityError` when another source wrote the same article meanwhile.
    """
    distinct = collapse(entries)
    known = {article.article_id: article for article in known_articles(session, source_id, distinct)}
    changes = plan_changes(distinct, list(known.values()))
    texts = recent_texts([*changes.new, *(match.entry for match in changes.changed)], now)
    changes = changes.with_copies(find_copies(session, source_id, changes.new, distinct, texts, now))
    added = _add(session, source_id, changes.new, now)
    _update(session, changes.changed, known, now)
    store_bands(session, [*added, *changes.changed], texts)
    _sight(session, source_id, [*added, *changes.changed, *changes.seen], known, now)
    return changes


def known_articles(
    session: Session, source_id: int, entries: Sequence[NormalisedEntry]
) -> list[KnownArticle]:
    """Every stored article these entries may be about: by guid or address in this source, or elsewhere.

    By its address in this source only where nothing else tells: a copy of another source's article that
    stands here under a guid that changes.
    """
    found = _known(session, _BY_GUID, source_id, [entry.guid for entry in entries])
    found |= _known(session, _BY_ADDRESS, source_id, [entry.canonical_url for entry in entries])
    told = {article.guid for article in found} | {article.canonical_url for article in found}
    rest = [entry.url for entry in entries if entry.guid not in told and entry.canonical_url not in told]
    found |= _known(session, _BY_ADDRESS_HERE, source_id, rest)
    return list(found)


def _known(session: Session, query: Executable, source_id: int, values: Sequence[str]) -> _Known:
    """The articles that `query` finds for these values, in the order found."""
    return {
        KnownArticle(*row): None
        for portion in _portions(values)
        for row in session.execute(query, {"source_id": source_id, "told": portion})
    }


def _add(session: Session, source_id: int, entries: Sequence[NormalisedEntry], now: datetime) -> list[Match]:
    # In order of address, so that two writers of the same articles wait for each other, never in a knot.
    ordered = sorted(entries, key=lambda entry: entry.canonical_url)
    if not ordered:
        return []
    rows = [
        {"source_id": source_id, "first_seen_at": now, "published_at": entry.published_at, **_words(entry)}
        for entry in ordered
    ]
    ids: dict[str, int] = dict(session.execute(_ADD_ARTICLES, rows).all())
    return [Match(ids[entry.canonical_url], entry) for entry in ordered]


def _update(
    session: Session, changed: Sequence[Match], known: Mapping[int, KnownArticle], now: datetime
) -> None:
    """Take over an edited entry's words. The time of publication stays: an edit is no news."""
    if not changed:
        return
    reworded = [
        match.article_id
        for match in changed
        if match.entry.content_hash != known[match.article_id].content_hash
    ]
    _keep_versions(session, reworded, now)
    rows = [{"id": match.article_id, "updated_at": now, **_words(match.entry)} for match in changed]
    session.execute(update(Article), rows)
    drop_bands(session, [match.article_id for match in changed])


def _keep_versions(session: Session, articles: Sequence[int], now: datetime) -> None:
    """Write down what these articles say before they change; of each the last ten times."""
    for ids in _portions(articles):
        said = select(Article).where(Article.id.in_(ids))
        session.execute(insert(ArticleVersion), [_version(one, now) for one in session.scalars(said)])
        kept: defaultdict[int, int] = defaultdict(int)
        outdated = []
        versions = select(ArticleVersion.id, ArticleVersion.article_id).where(
            ArticleVersion.article_id.in_(ids)
        )
        for version, article in session.execute(versions.order_by(ArticleVersion.id.desc())):
            kept[article] += 1
            if kept[article] > MOST_VERSIONS:
                outdated.append(version)
        if outdated:
            session.execute(delete(ArticleVersion).where(ArticleVersion.id.in_(outdated)))


def _version(article: Article, now: datetime) -> dict[str, Any]:
    return {
        "article_id": article.id,
        "title": article.title,
        "excerpt": article.excerpt,
        "content_hash": article.content_hash,
        "seen_from": article.updated_at or article.first_seen_at,
        "replaced_at": now,
    }


def _sight(
    session: Session,
    source_id: int,
    matches: Sequence[Match],
    known: Mapping[int, KnownArticle],
    now: datetime,
) -> None:
    """Note that these articles stand in the source's feed now.

    One sighting an article: a feed that makes up new guids at every request must not grow the table.
    """
    new, moved, same = [], [], []
    for match in matches:
        article = known.get(match.article_id)
        place = {"guid": match.entry.guid, "url": match.entry.url}
        if article is None or article.guid is None:
            new.append({"article_id": match.article_id, "source_id": source_id, "seen_at": now, **place})
        elif (article.guid, article.seen_url) == (match.entry.guid, match.entry.url):
            same.append(match.article_id)
        else:
            moved.append((match.article_id, place))
    here = update(ArticleSighting).where(ArticleSighting.source_id == source_id)
    silent = {"synchronize_session": False}
    for ids in _portions(same):
        again = here.where(ArticleSighting.article_id.in_(ids)).values(seen_at=now)
        session.execute(again, execution_options=silent)
    for article_id, place in moved:
        elsewhere = here.where(ArticleSighting.article_id == article_id).values(seen_at=now, **place)
        session.execute(elsewhere, execution_options=silent)
    if new:
        session.execute(_ADD_SIGHTINGS, new)


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
