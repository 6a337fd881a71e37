"""Sources to poll, and what a poll left in the database."""

from datetime import datetime, timedelta

from sqlalchemy import func, select

from newsletter.db import Database
from newsletter.models import Article, ArticleSighting, Source

HOUR = timedelta(hours=1)


FERRY = ("Ferry runs", "https://example.com/ferry")


CRANE = ("Crane saved", "https://example.com/crane")


def add(db: Database, url: str, now: datetime, name: str | None = None) -> int:
    with db.write() as session:
        source = Source(url=url, name=name or url, next_poll_at=now, created_at=now)
        session.add(source)
        session.flush()
        return source.id


def source_of(db: Database, source_id: int) -> Source:
    with db.read() as session:
        return session.get_one(Source, source_id)


def articles(db: Database) -> list[Article]:
    with db.read() as session:
        return list(session.scalars(select(Article).order_by(Article.canonical_url)))


def count(db: Database, model: type[ArticleSighting] | type[Article]) -> int:
    with db.read() as session:
        return session.scalar(select(func.count()).select_from(model)) or 0
