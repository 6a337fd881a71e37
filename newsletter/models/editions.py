"""What is made of articles: editions and their stories.

An edition is `held` (waits for the operator) or `published` (frozen, may go out).
"""

from datetime import date, datetime
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
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from newsletter.models.base import Base, Instant
from newsletter.models.images import Image
from newsletter.models.sources import Topic


class EditionStatus(StrEnum):
    HELD = "held"
    PUBLISHED = "published"


class StoryRole(StrEnum):
    LEAD = "lead"
    RELATED = "related"


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
    # A few sentences at its head, by the model named beside it; empty without one.
    brief: Mapped[str] = mapped_column(Text, default="", server_default="")
    brief_by: Mapped[str | None] = mapped_column(String(120))

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
    # What is new since the story it continues, when that was more than can be seen.
    news: Mapped[str] = mapped_column(Text, default="", server_default="")
    key_points: Mapped[list[str]] = mapped_column(JSON, default=list, server_default="[]")
    # The model that wrote its summary; None when it is taken from the articles themselves.
    written_by: Mapped[str | None] = mapped_column(String(120))
    reading_seconds: Mapped[int] = mapped_column(default=0, server_default="0")
    score: Mapped[float] = mapped_column(default=0.0)
    # What each factor added to its score, by name.
    factors: Mapped[dict[str, float]] = mapped_column(JSON, default=dict, server_default="{}")
    # Near-identical tellings that were counted and not listed.
    copies: Mapped[int] = mapped_column(default=0, server_default="0")
    # A thread is kept as long as a story of it.
    thread_id: Mapped[int | None] = mapped_column(ForeignKey("thread.id"), index=True)
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
