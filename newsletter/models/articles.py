"""What was read: articles, what they said before, and where they stand."""

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint, true
from sqlalchemy.orm import Mapped, mapped_column, relationship

from newsletter.models.base import Base, Instant
from newsletter.models.sources import Source


class Article(Base):
    """A stored, normalised entry. `body` is sanitised HTML, `excerpt` plain text."""

    __tablename__ = "article"

    id: Mapped[int] = mapped_column(primary_key=True)
    source_id: Mapped[int] = mapped_column(ForeignKey("source.id", ondelete="CASCADE"), index=True)
    url: Mapped[str] = mapped_column(Text)
    canonical_url: Mapped[str] = mapped_column(Text, unique=True)
    title: Mapped[str] = mapped_column(Text)
    excerpt: Mapped[str] = mapped_column(Text, default="")
    body: Mapped[str] = mapped_column(Text, default="")
    author: Mapped[str | None] = mapped_column(Text)
    image_url: Mapped[str | None] = mapped_column(Text)
    image_alt: Mapped[str] = mapped_column(Text, default="", server_default="")
    language: Mapped[str | None] = mapped_column(String(16))
    categories: Mapped[list[str]] = mapped_column(JSON, default=list)
    content_hash: Mapped[str] = mapped_column(String(64))
    published_at: Mapped[datetime] = mapped_column(Instant, index=True)
    first_seen_at: Mapped[datetime] = mapped_column(Instant)
    updated_at: Mapped[datetime | None] = mapped_column(Instant)
    # The text of its page, for grouping and summaries and never printed whole; and when it was asked for.
    full_text: Mapped[str] = mapped_column(Text, default="", server_default="")
    full_text_at: Mapped[datetime | None] = mapped_column(Instant)

    source: Mapped[Source] = relationship()


class ArticleVersion(Base):
    """An article's words before its feed edited them at `replaced_at`."""

    __tablename__ = "article_version"

    id: Mapped[int] = mapped_column(primary_key=True)
    article_id: Mapped[int] = mapped_column(ForeignKey("article.id", ondelete="CASCADE"), index=True)
    title: Mapped[str] = mapped_column(Text)
    excerpt: Mapped[str] = mapped_column(Text, default="")
    content_hash: Mapped[str] = mapped_column(String(64))
    seen_from: Mapped[datetime] = mapped_column(Instant)
    replaced_at: Mapped[datetime] = mapped_column(Instant)


class ArticleBand(Base):
    """One band of an article's MinHash sketch: articles that share one may be the same text."""

    __tablename__ = "article_band"
    __table_args__ = (Index(None, "band", "value"),)

    article_id: Mapped[int] = mapped_column(ForeignKey("article.id", ondelete="CASCADE"), primary_key=True)
    band: Mapped[int] = mapped_column(primary_key=True)
    value: Mapped[str] = mapped_column(String(16))


class ArticleSighting(Base):
    """An article stands in a source's feed under this guid: one article, several places."""

    __tablename__ = "article_sighting"
    __table_args__ = (UniqueConstraint("source_id", "guid"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    article_id: Mapped[int] = mapped_column(ForeignKey("article.id", ondelete="CASCADE"), index=True)
    source_id: Mapped[int] = mapped_column(ForeignKey("source.id", ondelete="CASCADE"))
    guid: Mapped[str] = mapped_column(Text)
    url: Mapped[str] = mapped_column(Text)
    seen_at: Mapped[datetime] = mapped_column(Instant)


class ArticleTopic(Base):
    """An article belongs to a topic; `reason` says why, in words.

    `decided_by` is `source`, `category`, `classifier` or `operator`; `fit` is how sure that is, 0 to 1.
    A row with `belongs` false was looked at and found not to belong.
    """

    __tablename__ = "article_topic"

    article_id: Mapped[int] = mapped_column(ForeignKey("article.id", ondelete="CASCADE"), primary_key=True)
    topic_id: Mapped[int] = mapped_column(
        ForeignKey("topic.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    reason: Mapped[str] = mapped_column(Text)
    decided_by: Mapped[str] = mapped_column(String(16), default="source", server_default="source")
    fit: Mapped[float] = mapped_column(default=1.0, server_default="1")
    belongs: Mapped[bool] = mapped_column(default=True, server_default=true())
