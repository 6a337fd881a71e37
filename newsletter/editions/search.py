"""Finding stories of published editions by their words: FTS5 on SQLite, full text search on PostgreSQL."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, column, exists, func, literal, literal_column, select, table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session, joinedload, selectinload

from newsletter.editions.search_words import Asked, Term, stored
from newsletter.models import Edition, EditionStatus, Story, StoryArticle, StoryWords
from newsletter.models.search import INDEX

# So many rows a transaction, when stories that came are written down for the search.
BATCH = 200
# Where counting ends: "more than a thousand" says enough.
MOST_COUNTED = 1000
# Of the stories with a word that stands everywhere, so many are looked at: the newest.
MOST_RANKED = 5000
# How much more a word counts in the headline.
_HEADLINE = 6.0
# ts_rank: a word counts less in a long text, as with FTS5.
_BY_LENGTH = 1
# Stories are numbered as they come, but a transaction with lower numbers may be the later one to end.
_LATE = 5_000


@dataclass(frozen=True, slots=True)
class Found:
    """A page of stories, with their articles, edition and topic, and how many there are in all."""

    stories: list[Story]
    number: int


def any_unwritten(session: Session) -> bool:
    """Whether there are stories whose words are not written down yet."""
    return session.scalar(_unwritten(session).with_only_columns(Story.id).limit(1)) is not None


def write_words(session: Session) -> int:
    """Write down the words of up to `BATCH` stories that have none yet, in their order; how many."""
    query = _unwritten(session).order_by(Story.id).limit(BATCH).options(selectinload(Story.articles))
    found = session.scalars(query).all()
    if found:
        dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
        rows = [_words_of(story) for story in found]
        # Another worker may be writing the same ones down.
        session.execute(dialect.insert(StoryWords).values(rows).on_conflict_do_nothing())
    return len(found)


def _unwritten(session: Session) -> Select[Story]:
    newest = session.scalar(select(func.max(StoryWords.story_id))) or 0
    return select(Story).where(Story.id > newest - _LATE, ~exists().where(StoryWords.story_id == Story.id))


def search(
    session: Session, asked: Asked, topic_id: int | None, newest: bool, first: int, most: int
) -> Found:
    """Stories with all that is asked for, the best first, or the newest; `first` is passed over so many."""
    if not asked.wanted:
        return Found([], 0)
    matches = (_sqlite if session.get_bind().dialect.name == "sqlite" else _postgres)(asked).subquery()
    query: Select[Any] = (
        select(Story.id)
        .join(matches, matches.c.story_id == Story.id)
        .join(Edition, Edition.id == Story.edition_id)
        .where(Edition.status == EditionStatus.PUBLISHED)
    )
    if topic_id is not None:
        query = query.where(Edition.topic_id == topic_id)
    number = session.scalar(select(func.count()).select_from(query.limit(MOST_COUNTED).subquery())) or 0
    order = (Edition.date.desc(), matches.c.rank) if newest else (matches.c.rank, Edition.date.desc())
    numbers = session.scalars(query.order_by(*order, Story.id.desc()).offset(first).limit(most)).all()
    return Found(_stories(session, numbers), number)


def _stories(session: Session, numbers: Iterable[int]) -> list[Story]:
    found = session.scalars(
        select(Story)
        .where(Story.id.in_(numbers))
        .options(joinedload(Story.edition).joinedload(Edition.topic), selectinload(Story.articles))
    )
    by_id = {story.id: story for story in found}
    return [by_id[number] for number in numbers if number in by_id]


def _words_of(story: Story) -> dict[str, object]:
    articles: list[StoryArticle] = story.articles
    told = [story.summary, story.long_summary, story.news, *story.key_points]
    for article in articles:
        told += [article.title, article.source_name, article.excerpt]
    headline = articles[0].title if articles else ""
    return {"story_id": story.id, "headline": stored(headline), "words": stored("\n".join(told))}


def _sqlite(asked: Asked) -> Select[Any]:
    """By FTS5's own query language; words are letters and digits alone, so that quoting them is enough."""
    query = " AND ".join(map(_fts5, asked.wanted))
    if asked.unwanted:
        query = f"({query}) NOT ({' OR '.join(map(_fts5, asked.unwanted))})"
    index = table(INDEX, column("rowid"))
    itself: ColumnElement[Any] = literal_column(INDEX)
    return (
        select(index.c.rowid.label("story_id"), func.bm25(itself, _HEADLINE, 1.0).label("rank"))
        .where(itself.op("MATCH")(literal(query)))
        .order_by(index.c.rowid.desc())
        .limit(MOST_RANKED)
    )


def _fts5(term: Term) -> str:
    return f'"{" ".join(term.words)}"{"*" if term.beginning else ""}'


def _postgres(asked: Asked) -> Select[Any]:
    query = " & ".join([*map(_tsquery, asked.wanted), *(f"!({_tsquery(term)})" for term in asked.unwanted)])
    # Word for word as in migration 0009: else the index is not used.
    vector: ColumnElement[Any] = literal_column(
        "(setweight(to_tsvector('simple', story_words.headline), 'A') || "
        "setweight(to_tsvector('simple', story_words.words), 'B'))"
    )
    wanted = func.to_tsquery(literal_column("'simple'"), query)
    return (
        select(StoryWords.story_id, (-func.ts_rank(vector, wanted, _BY_LENGTH)).label("rank"))
        .where(vector.op("@@")(wanted))
        .order_by(StoryWords.story_id.desc())
        .limit(MOST_RANKED)
    )


def _tsquery(term: Term) -> str:
    *rest, last = (f"'{word}'" for word in term.words)
    return f"({' <-> '.join([*rest, last + (':*' if term.beginning else '')])})"
