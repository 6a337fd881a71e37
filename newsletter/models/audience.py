"""Who reads: subscribers, what they follow, and the proof that they asked for it.

A subscriber is `pending` (signed up, not confirmed), `active`, `paused` (by choice, until a date
or until they come back) or `unsubscribed`.
"""

from datetime import date, datetime, time
from enum import StrEnum

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, String, Text, Time, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from newsletter.models.base import Base, Instant
from newsletter.models.sources import Topic

EVERY_DAY = 0b1111111
# The handle of the one row that is no reader: what is written to the operator is entered under it, each
# mail with an address of its own. Readers' handles are random and longer.
OPERATOR = "operator"


class SubscriberStatus(StrEnum):
    PENDING = "pending"
    ACTIVE = "active"
    PAUSED = "paused"
    UNSUBSCRIBED = "unsubscribed"


class Length(StrEnum):
    HEADLINES = "headlines"
    STANDARD = "standard"
    FULL = "full"
    # The standard one, as text alone.
    TEXT = "text"


class ConsentKind(StrEnum):
    REQUESTED = "requested"
    CONFIRMED = "confirmed"
    WITHDRAWN = "withdrawn"
    RESTORED = "restored"


class Subscriber(Base):
    """A person's address and choices. `handle` stands for them in links, so no number leaks.

    `address` is written as the person wrote it; `address_key` is the form addresses are compared in.
    `weekdays` is a bit mask, Monday the lowest bit. `next_issue_at` is when the next issue is due
    (empty unless active); `editions_until` is the instant up to which editions were put in an issue,
    so that no edition comes twice. `muted_sources` are the sources left out (`newsletter.mutes`).
    """

    __tablename__ = "subscriber"
    __table_args__ = (
        CheckConstraint("status IN ('pending', 'active', 'paused', 'unsubscribed')", name="status"),
        CheckConstraint("length IN ('headlines', 'standard', 'full', 'text')", name="length"),
        CheckConstraint("weekdays BETWEEN 0 AND 127", name="weekdays"),
        Index(None, "status", "next_issue_at"),
        # Who waits for a welcome issue, and whose pause ends: few among many, asked for every minute.
        # Without `status` as first column SQLite prefers the index above, and reads every subscriber.
        Index(
            "ix_subscriber_unwelcomed",
            "status",
            "next_issue_at",
            sqlite_where=text("welcomed_at IS NULL AND status = 'active'"),
            postgresql_where=text("welcomed_at IS NULL AND status = 'active'"),
        ),
        Index(
            "ix_subscriber_paused",
            "status",
            "paused_until",
            "timezone",
            sqlite_where=text("status = 'paused'"),
            postgresql_where=text("status = 'paused'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    handle: Mapped[str] = mapped_column(String(32), unique=True)
    address: Mapped[str] = mapped_column(String(320))
    address_key: Mapped[str] = mapped_column(String(320), unique=True)
    status: Mapped[str] = mapped_column(String(16), default=SubscriberStatus.PENDING)
    send_time: Mapped[time] = mapped_column(Time)
    timezone: Mapped[str] = mapped_column(String(64))
    weekdays: Mapped[int] = mapped_column(default=EVERY_DAY)
    length: Mapped[str] = mapped_column(String(16), default=Length.STANDARD)
    language: Mapped[str] = mapped_column(String(16), default="en")
    # Numbers of sources, divided by commas, at most 50: their articles are left out.
    muted_sources: Mapped[str] = mapped_column(Text, default="", server_default="")
    quiet_note: Mapped[bool] = mapped_column(default=False)
    paused_until: Mapped[date | None] = mapped_column(Date)
    next_issue_at: Mapped[datetime | None] = mapped_column(Instant)
    editions_until: Mapped[datetime | None] = mapped_column(Instant)
    welcomed_at: Mapped[datetime | None] = mapped_column(Instant)
    created_at: Mapped[datetime] = mapped_column(Instant)
    confirmed_at: Mapped[datetime | None] = mapped_column(Instant)
    unsubscribed_at: Mapped[datetime | None] = mapped_column(Instant)

    topics: Mapped[list[Topic]] = relationship(secondary="subscription", order_by=Topic.position)


class Subscription(Base):
    """A subscriber follows a topic."""

    __tablename__ = "subscription"

    subscriber_id: Mapped[int] = mapped_column(
        ForeignKey("subscriber.id", ondelete="CASCADE"), primary_key=True
    )
    topic_id: Mapped[int] = mapped_column(
        ForeignKey("topic.id", ondelete="CASCADE"), primary_key=True, index=True
    )


class ConsentRecord(Base):
    """Proof of a decision: when, how, and the very words that were shown (GDPR article 7 (1))."""

    __tablename__ = "consent_record"
    __table_args__ = (
        CheckConstraint("kind IN ('requested', 'confirmed', 'withdrawn', 'restored')", name="kind"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    subscriber_id: Mapped[int] = mapped_column(ForeignKey("subscriber.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(String(16))
    at: Mapped[datetime] = mapped_column(Instant)
    via: Mapped[str] = mapped_column(String(32))
    wording: Mapped[str] = mapped_column(Text)
    language: Mapped[str] = mapped_column(String(16), default="en")
    # Where it came from, if the operator wishes that to be kept.
    network: Mapped[str | None] = mapped_column(String(64))


class AddressChange(Base):
    """A reader's wish to be written to at another address, until both addresses have confirmed it.

    `handle` stands for it in the two links. `ended_at` is when nothing more could come of it: carried
    out, stopped, or replaced by a newer wish.
    """

    __tablename__ = "address_change"

    id: Mapped[int] = mapped_column(primary_key=True)
    subscriber_id: Mapped[int] = mapped_column(ForeignKey("subscriber.id", ondelete="CASCADE"), index=True)
    handle: Mapped[str] = mapped_column(String(32), unique=True)
    address: Mapped[str] = mapped_column(String(320))
    address_key: Mapped[str] = mapped_column(String(320), index=True)
    requested_at: Mapped[datetime] = mapped_column(Instant)
    old_confirmed_at: Mapped[datetime | None] = mapped_column(Instant)
    new_confirmed_at: Mapped[datetime | None] = mapped_column(Instant)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)


class LinkRequest(Base):
    """Somebody asked for the link of this address; kept until the planner has looked whether it reads us.

    The page does the same for every address, so that neither its answer nor its time tells more.
    """

    __tablename__ = "link_request"

    id: Mapped[int] = mapped_column(primary_key=True)
    address_key: Mapped[str] = mapped_column(String(320))
    requested_at: Mapped[datetime] = mapped_column(Instant)
