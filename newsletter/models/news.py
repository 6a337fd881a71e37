"""What is read and what is made of it: sources, articles, topics, editions, stories.

A source is `active` (polled), `suspended` (failing for long, tried daily) or `gone` (answered 410).
An edition is `held` (waits for the operator) or `published` (frozen, may go out).
"""

from datetime import date, datetime, time
from enum import StrEnum

from sqlalchemy import (
    JSON,
    CheckConstraint,
    Date,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    Text,
    Time,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from newsletter.models.base import Base, Instant
from newsletter.models.images import Image


class SourceStatus(StrEnum):
    ACTIVE = "active"
    SUSPENDED = "suspended"
    GONE = "gone"


class EditionStatus(StrEnum):
    HELD = "held"
    PUBLISHED = "published"


class StoryRole(StrEnum):
    LEAD = "lead"
    RELATED = "related"


class Topic(Base):
    """A subject readers follow; its edition closes at `cutoff`, a time of day in `timezone`."""

    __tablename__ = "topic"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    language: Mapped[str] = mapped_column(String(16), default="en")
    cutoff: Mapped[time] = mapped_column(Time)
    timezone: Mapped[str] = mapped_column(String(64))
    position: Mapped[int] = mapped_column(default=0)
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime] = mapped_column(Instant)

    sources: Mapped[list["Source"]] = relationship(secondary="source_topic", back_populates="topics")


class Source(Base):
    """A feed we poll, with what its server last said and how it has been doing."""

    __tablename__ = "source"
    __table_args__ = (
        CheckConstraint("status IN ('active', 'suspended', 'gone')", name="status"),
        Index(None, "status", "next_poll_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    url: Mapped[str] = mapped_column(Text, unique=True)
    name: Mapped[str] = mapped_column(String(200))
    site_url: Mapped[str | None] = mapped_column(Text)
    language: Mapped[str | None] = mapped_column(String(16))
    status: Mapped[str] = mapped_column(String(16), default=SourceStatus.ACTIVE)
    # What the server last said, for the next conditional request (RFC 9110, section 13).
    etag: Mapped[str | None] = mapped_column(Text)
    last_modified: Mapped[str | None] = mapped_column(Text)
    body_hash: Mapped[str | None] = mapped_column(String(64))
    # When: the interval is in seconds; a poll claims a source by moving `next_poll_at`.
    interval: Mapped[int] = mapped_column(default=3600)
    next_poll_at: Mapped[datetime] = mapped_column(Instant)
    last_polled_at: Mapped[datetime | None] = mapped_column(Instant)
    last_success_at: Mapped[datetime | None] = mapped_column(Instant)
    last_new_at: Mapped[datetime | None] = mapped_column(Instant)
    # Health: failures in a row, and the last reason in words an operator understands.
    failures: Mapped[int] = mapped_column(default=0)
    failure: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(Instant)

    topics: Mapped[list[Topic]] = relationship(secondary="source_topic", back_populates="sources")


class SourceTopic(Base):
    """Everything of this source belongs to this topic."""

    __tablename__ = "source_topic"

    source_id: Mapped[int] = mapped_column(ForeignKey("source.id", ondelete="CASCADE"), primary_key=True)
    topic_id: Mapped[int] = mapped_column(
        ForeignKey("topic.id", ondelete="CASCADE"), primary_key=True, index=True
    )


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

    source: Mapped[Source] = relationship()


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
    """An article belongs to a topic; `reason` says why, in words."""

    __tablename__ = "article_topic"

    article_id: Mapped[int] = mapped_column(ForeignKey("article.id", ondelete="CASCADE"), primary_key=True)
    topic_id: Mapped[int] = mapped_column(
        ForeignKey("topic.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    reason: Mapped[str] = mapped_column(Text)


class Edition(Base):
    """One topic on one date, frozen at its cut-off."""

    __tablename__ = "edition"
    __table_args__ = (
        UniqueConstraint("topic_id", "date"),
        CheckConstraint("status IN ('held', 'published')", name="status"),
        Index(None, "topic_id", "closed_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    topic_id: Mapped[int] = mapped_column(ForeignKey("topic.id", ondelete="CASCADE"))
    date: Mapped[date] = mapped_column(Date)
    status: Mapped[str] = mapped_column(String(16), default=EditionStatus.PUBLISHED)
    language: Mapped[str] = mapped_column(String(16))
    closed_at: Mapped[datetime] = mapped_column(Instant)
    published_at: Mapped[datetime | None] = mapped_column(Instant)

    topic: Mapped[Topic] = relationship()
    stories: Mapped[list["Story"]] = relationship(
        back_populates="edition", order_by="Story.position", cascade="all, delete-orphan"
    )


class Story(Base):
    """A group of an edition's articles about one event; `previous_id` is the story it continues."""

    __tablename__ = "story"
    __table_args__ = (UniqueConstraint("edition_id", "position"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id", ondelete="CASCADE"))
    position: Mapped[int]
    summary: Mapped[str] = mapped_column(Text, default="")
    # The summary for those who like it longer; empty when there is no more to say.
    long_summary: Mapped[str] = mapped_column(Text, default="", server_default="")
    score: Mapped[float] = mapped_column(default=0.0)
    source_count: Mapped[int] = mapped_column(default=1)
    previous_id: Mapped[int | None] = mapped_column(ForeignKey("story.id", ondelete="SET NULL"), index=True)

    # Our copy of its picture, as long as we keep it, and what is to be seen there.
    image_name: Mapped[str | None] = mapped_column(ForeignKey("image.name"), index=True)
    image_alt: Mapped[str] = mapped_column(Text, default="", server_default="")

    edition: Mapped[Edition] = relationship(back_populates="stories")
    image: Mapped[Image | None] = relationship()
    articles: Mapped[list["StoryArticle"]] = relationship(
        back_populates="story", order_by="StoryArticle.position", cascade="all, delete-orphan"
    )


class StoryArticle(Base):
    """An article's place in a story, with its words as they stood at the cut-off.

    The copy is what makes an edition frozen: a feed may rewrite its article at any time.
    Position 0 is the lead.
    """

    __tablename__ = "story_article"
    __table_args__ = (
        UniqueConstraint("story_id", "position"),
        CheckConstraint("role IN ('lead', 'related')", name="role"),
    )

    story_id: Mapped[int] = mapped_column(ForeignKey("story.id", ondelete="CASCADE"), primary_key=True)
    article_id: Mapped[int] = mapped_column(
        ForeignKey("article.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    role: Mapped[str] = mapped_column(String(16))
    position: Mapped[int]
    title: Mapped[str] = mapped_column(Text)
    url: Mapped[str] = mapped_column(Text)
    source_name: Mapped[str] = mapped_column(String(200))
    excerpt: Mapped[str] = mapped_column(Text, default="")
    # Of its excerpt, as printed: one line, and what the story says when this article leads it.
    line: Mapped[str] = mapped_column(Text, default="", server_default="")
    summary: Mapped[str] = mapped_column(Text, default="", server_default="")
    published_at: Mapped[datetime] = mapped_column(Instant)

    story: Mapped[Story] = relationship(back_populates="articles")


class EditionFragment(Base):
    """An edition rendered once for one language and length: what issues are joined from.

    `packed` is as `mail.packing` makes it. A row that is not there is made up for when it is needed.
    """

    __tablename__ = "edition_fragment"

    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id", ondelete="CASCADE"), primary_key=True)
    language: Mapped[str] = mapped_column(String(16), primary_key=True)
    length: Mapped[str] = mapped_column(String(16), primary_key=True)
    packed: Mapped[bytes] = mapped_column(LargeBinary)
