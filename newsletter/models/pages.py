"""What readers' pages keep: changes to undo, reasons for leaving, comments, browsers to notify, limits."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import JSON, CheckConstraint, Date, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from newsletter.models.base import Base, Instant


class CommentState(StrEnum):
    WAITING = "waiting"
    SHOWN = "shown"
    REFUSED = "refused"


class PreferenceChange(Base):
    """Choices changed by an old link, as they were before: told in the next issue, to be undone from there.

    `handle` stands for it in the link; `before` holds the choices that were changed, by name: what each
    `was`, and what it `became`.
    """

    __tablename__ = "preference_change"

    id: Mapped[int] = mapped_column(primary_key=True)
    subscriber_id: Mapped[int] = mapped_column(ForeignKey("subscriber.id", ondelete="CASCADE"), index=True)
    handle: Mapped[str] = mapped_column(String(32), unique=True)
    at: Mapped[datetime] = mapped_column(Instant)
    before: Mapped[dict[str, object]] = mapped_column(JSON)
    told_at: Mapped[datetime | None] = mapped_column(Instant)
    undone_at: Mapped[datetime | None] = mapped_column(Instant)


class LeavingReason(Base):
    """Why somebody left, if they said so; who it was is not kept."""

    __tablename__ = "leaving_reason"

    id: Mapped[int] = mapped_column(primary_key=True)
    on: Mapped[date] = mapped_column(Date)
    reason: Mapped[str] = mapped_column(String(32))
    words: Mapped[str] = mapped_column(Text, default="", server_default="")
    topic_id: Mapped[int | None] = mapped_column(ForeignKey("topic.id", ondelete="SET NULL"))


class Comment(Base):
    """What a reader wrote about a thread: plain text, shown once the operator has let it through."""

    __tablename__ = "comment"
    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'shown', 'refused')", name="state"),
        Index(None, "thread_id", "state", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    thread_id: Mapped[int] = mapped_column(ForeignKey("thread.id", ondelete="CASCADE"))
    subscriber_id: Mapped[int] = mapped_column(ForeignKey("subscriber.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(60))
    text: Mapped[str] = mapped_column(Text)
    language: Mapped[str] = mapped_column(String(16), default="en")
    state: Mapped[str] = mapped_column(String(16), default=CommentState.WAITING)
    at: Mapped[datetime] = mapped_column(Instant)
    decided_at: Mapped[datetime | None] = mapped_column(Instant)


class PushBrowser(Base):
    """A browser that a reader allowed us to notify (RFC 8030): its push service's address, and its keys."""

    __tablename__ = "push_browser"

    id: Mapped[int] = mapped_column(primary_key=True)
    subscriber_id: Mapped[int] = mapped_column(ForeignKey("subscriber.id", ondelete="CASCADE"), index=True)
    endpoint: Mapped[str] = mapped_column(Text, unique=True)
    p256dh: Mapped[str] = mapped_column(String(120))
    auth: Mapped[str] = mapped_column(String(40))
    language: Mapped[str] = mapped_column(String(16), default="en")
    created_at: Mapped[datetime] = mapped_column(Instant)
    told_until: Mapped[datetime | None] = mapped_column(Instant)
    failures: Mapped[int] = mapped_column(default=0, server_default="0")


class ConfirmationCount(Base):
    """Confirmations ever sent to one address, known by a keyed hash: outlives the pending person."""

    __tablename__ = "confirmation_count"

    address_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    times: Mapped[int] = mapped_column(default=0, server_default="0")
    last_at: Mapped[datetime] = mapped_column(Instant, index=True)


class AttemptCount(Base):
    """How often something was tried in one window of time, shared by all web processes.

    `what` names the limit and, hashed, who is limited.
    """

    __tablename__ = "attempt_count"

    what: Mapped[str] = mapped_column(String(120), primary_key=True)
    window_from: Mapped[datetime] = mapped_column(Instant, primary_key=True, index=True)
    times: Mapped[int] = mapped_column(default=0, server_default="0")
