"""What happens over days: threads, the articles that tell of one event as it goes on.

A thread is what stays the same when tomorrow's story continues today's. One that was joined to another
points there, always the younger to the older, so that its old address still leads on.
"""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from newsletter.models.base import Base, Instant


class ThreadChangeKind(StrEnum):
    BORN = "born"
    MERGED = "merged"
    SPLIT = "split"


class Thread(Base):
    """One event and what became of it. `handle` stands for it in addresses; `title` is its newest lead's."""

    __tablename__ = "thread"

    id: Mapped[int] = mapped_column(primary_key=True)
    handle: Mapped[str] = mapped_column(String(32), unique=True)
    title: Mapped[str] = mapped_column(Text, default="", server_default="")
    born_at: Mapped[datetime] = mapped_column(Instant)
    moved_at: Mapped[datetime] = mapped_column(Instant, index=True)
    merged_into_id: Mapped[int | None] = mapped_column(
        ForeignKey("thread.id", ondelete="SET NULL"), index=True
    )


class ThreadArticle(Base):
    """An article tells of a thread's event, since the moment it was put there."""

    __tablename__ = "thread_article"

    article_id: Mapped[int] = mapped_column(ForeignKey("article.id", ondelete="CASCADE"), primary_key=True)
    thread_id: Mapped[int] = mapped_column(ForeignKey("thread.id", ondelete="CASCADE"), index=True)
    joined_at: Mapped[datetime] = mapped_column(Instant)


class ThreadChange(Base):
    """A thread began, was joined to another, or a part of it went its own way (`other_id`)."""

    __tablename__ = "thread_change"
    __table_args__ = (CheckConstraint("kind IN ('born', 'merged', 'split')", name="kind"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    thread_id: Mapped[int] = mapped_column(ForeignKey("thread.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(String(16))
    other_id: Mapped[int | None] = mapped_column(ForeignKey("thread.id", ondelete="SET NULL"), index=True)
    at: Mapped[datetime] = mapped_column(Instant)
