"""Two stored articles that turn out to be one page, because the page itself says so."""

from sqlalchemy import delete, exists, select, update
from sqlalchemy.orm import Session

from newsletter.ingest.sketch import words
from newsletter.models import Article, ArticleSighting, StoryArticle


def keep_canonical(session: Session, article: Article, canonical_url: str) -> None:
    """Let `article` be known by the address its page gives itself.

    Where that is another article, the two become that one, with all the places they were seen; unless
    an edition has printed `article`, one source lists both, or their headlines tell that the page names
    something else, as an overview.
    """
    other = session.scalar(select(Article).where(Article.canonical_url == canonical_url))
    if other is None:
        article.canonical_url = canonical_url
        session.flush()
    elif _may_join(session, article, other):
        other.full_text = other.full_text or article.full_text
        session.flush()
        session.execute(
            update(ArticleSighting)
            .where(ArticleSighting.article_id == article.id)
            .values(article_id=other.id)
        )
        session.execute(delete(Article).where(Article.id == article.id))


def _may_join(session: Session, article: Article, other: Article) -> bool:
    mine, theirs = set(words(article.title)), set(words(other.title))
    return (
        2 * len(mine & theirs) >= len(mine | theirs)
        and not _is_printed(session, article.id)
        and not _share_a_source(session, article.id, other.id)
    )


def _is_printed(session: Session, article_id: int) -> bool:
    return bool(session.scalar(select(exists().where(StoryArticle.article_id == article_id))))


def _share_a_source(session: Session, one: int, other: int) -> bool:
    mine = select(ArticleSighting.source_id).where(ArticleSighting.article_id == one)
    shared = exists().where(ArticleSighting.article_id == other, ArticleSighting.source_id.in_(mine))
    return bool(session.scalar(select(shared)))
