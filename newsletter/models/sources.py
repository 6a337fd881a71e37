"""Where news comes from: topics, the sources of each, and how sources have been doing.

A source is `active` (polled), `suspended` (failing for long, tried daily) or `gone` (answered 410).
"""

from datetime import date, datetime, time
from enum import StrEnum

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, String, Text, Time, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from newsletter.models.base import Base, Instant


class SourceStatus(StrEnum):
    ACTIVE = "active"
    SUSPENDED = "suspended"
    GONE = "gone"


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
    # The shortest interval, in seconds, that the feed or its server asks for.
    asked_interval: Mapped[int | None]
    next_poll_at: Mapped[datetime] = mapped_column(Instant)
    last_polled_at: Mapped[datetime | None] = mapped_column(Instant)
    last_success_at: Mapped[datetime | None] = mapped_column(Instant)
    last_new_at: Mapped[datetime | None] = mapped_column(Instant)
    # Health: failures in a row, and the last reason in words an operator understands.
    failures: Mapped[int] = mapped_column(default=0)
    failure: Mapped[str | None] = mapped_column(Text)
    missing_since: Mapped[datetime | None] = mapped_column(Instant)
    # Where its server says it has moved for good, and how many answers in a row said so.
    moved_to: Mapped[str | None] = mapped_column(Text)
    moved_times: Mapped[int] = mapped_column(default=0, server_default="0")
    # Whether the pages of its articles are fetched, because the feed gives only teasers.
    full_text: Mapped[bool] = mapped_column(default=False, server_default=false())
    created_at: Mapped[datetime] = mapped_column(Instant)

    topics: Mapped[list[Topic]] = relationship(secondary="source_topic", back_populates="sources")


class SourceTopic(Base):
    """Everything of this source belongs to this topic."""

    __tablename__ = "source_topic"

    source_id: Mapped[int] = mapped_column(ForeignKey("source.id", ondelete="CASCADE"), primary_key=True)
    topic_id: Mapped[int] = mapped_column(
        ForeignKey("topic.id", ondelete="CASCADE"), primary_key=True, index=True
    )


class SourceDay(Base):
    """What a source did on one date (UTC): what its habits, and a change of them, are told from.

    `entries` counts those read, again at each poll; `undated` and `churned` (known by their address
    under another guid) are of them.
    """

    __tablename__ = "source_day"

    source_id: Mapped[int] = mapped_column(ForeignKey("source.id", ondelete="CASCADE"), primary_key=True)
    date: Mapped[date] = mapped_column(Date, primary_key=True)
    polls: Mapped[int] = mapped_column(default=0, server_default="0")
    failures: Mapped[int] = mapped_column(default=0, server_default="0")
    new: Mapped[int] = mapped_column(default=0, server_default="0")
    changed: Mapped[int] = mapped_column(default=0, server_default="0")
    entries: Mapped[int] = mapped_column(default=0, server_default="0")
    undated: Mapped[int] = mapped_column(default=0, server_default="0")
    churned: Mapped[int] = mapped_column(default=0, server_default="0")


class SourceHub(Base):
    """A source's hub, which tells us of new entries at once (WebSub, W3C Recommendation).

    `key` is the unguessable part of our callback's address, `secret` what the hub signs with. `state` is
    `asked`, `verified` or `refused`.
    """

    __tablename__ = "source_hub"
    __table_args__ = (CheckConstraint("state IN ('asked', 'verified', 'refused')", name="state"),)

    source_id: Mapped[int] = mapped_column(ForeignKey("source.id", ondelete="CASCADE"), primary_key=True)
    hub: Mapped[str] = mapped_column(Text)
    topic: Mapped[str] = mapped_column(Text)
    key: Mapped[str] = mapped_column(String(64), unique=True)
    secret: Mapped[str] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(String(16), default="asked")
    asked_at: Mapped[datetime] = mapped_column(Instant)
    lease_until: Mapped[datetime | None] = mapped_column(Instant)
    told_at: Mapped[datetime | None] = mapped_column(Instant)
    failure: Mapped[str | None] = mapped_column(Text)
