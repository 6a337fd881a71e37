"""The delivery ledger: the only truth about what was, is and will be sent to whom.

`queued -> sending -> sent | deferred | failed | skipped | expired | uncertain`; a deferred row is
claimed again when its time comes; a sent one may later turn `bounced` or `complained`.
"""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from newsletter.models.audience import Subscriber
from newsletter.models.base import Base, Instant


class DeliveryState(StrEnum):
    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    DEFERRED = "deferred"
    FAILED = "failed"
    SKIPPED = "skipped"
    EXPIRED = "expired"
    UNCERTAIN = "uncertain"
    BOUNCED = "bounced"
    COMPLAINED = "complained"


class MailKind(StrEnum):
    """The mails there are. Each is a folder of templates; its value names it.

    Welcome issues are issues: they take the slot of their local date. So are the notes of quiet days
    (folder `quiet_day`): issues without editions, about the topics that have nothing new.
    """

    ISSUE = "issue"
    CONFIRM = "confirm"
    ALREADY = "already_subscribed"
    LINK = "preferences_link"
    PAUSED = "paused"
    RESUMED = "resumed"
    GOODBYE = "goodbye"
    ADDRESS_OLD = "address_old"
    ADDRESS_NEW = "address_new"
    ALERT = "alert"


class Delivery(Base):
    """One mail to one subscriber.

    `occasion` completes the key: the local date (`2026-11-22`) for an issue, so that one reader gets
    one issue a date whatever happens; for other mails the date of the request.
    `editions` holds the edition ids of an issue, comma-separated in the reader's order.
    `address` is where the mail goes when that is not the subscriber's own address.
    `about` is what the mail tells beside the subscriber's standing, as it was when the mail was entered:
    a JSON object (`delivery.about` names its keys), or empty.
    `lease_until` and `fence` guard a claim: who records an outcome must still hold the fence.
    `handed_over_at` is the mark *about to hand over*; see `docs/architecture.md`, The ledger.
    `refusal` is what kind of refusal a server gave last (`mail.replies.Refusal`), empty when none.
    """

    __tablename__ = "delivery"
    __table_args__ = (
        UniqueConstraint("subscriber_id", "kind", "occasion"),
        CheckConstraint(
            "state IN ('queued', 'sending', 'sent', 'deferred', 'failed', 'skipped', 'expired',"
            " 'uncertain', 'bounced', 'complained')",
            name="state",
        ),
        Index(None, "state", "next_attempt_at"),
        Index(None, "state", "expires_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    subscriber_id: Mapped[int] = mapped_column(ForeignKey("subscriber.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(32))
    occasion: Mapped[str] = mapped_column(String(32))
    welcome: Mapped[bool] = mapped_column(default=False)
    editions: Mapped[str] = mapped_column(Text, default="")
    address: Mapped[str | None] = mapped_column(String(320))
    about: Mapped[str] = mapped_column(Text, default="", server_default="")
    message_id: Mapped[str] = mapped_column(String(255), unique=True)
    state: Mapped[str] = mapped_column(String(16), default=DeliveryState.QUEUED)
    attempts: Mapped[int] = mapped_column(default=0)
    next_attempt_at: Mapped[datetime] = mapped_column(Instant)
    expires_at: Mapped[datetime] = mapped_column(Instant)
    lease_until: Mapped[datetime | None] = mapped_column(Instant)
    fence: Mapped[int] = mapped_column(default=0)
    handed_over_at: Mapped[datetime | None] = mapped_column(Instant)
    repeats: Mapped[int] = mapped_column(default=0)
    refusal: Mapped[str] = mapped_column(String(16), default="", server_default="")
    created_at: Mapped[datetime] = mapped_column(Instant)
    finished_at: Mapped[datetime | None] = mapped_column(Instant)

    subscriber: Mapped[Subscriber] = relationship()
    events: Mapped[list["DeliveryEvent"]] = relationship(
        back_populates="delivery", order_by="DeliveryEvent.id", cascade="all, delete-orphan"
    )


class DeliveryEvent(Base):
    """An append-only fact about a delivery: what happened, when, and what the server said."""

    __tablename__ = "delivery_event"

    id: Mapped[int] = mapped_column(primary_key=True)
    delivery_id: Mapped[int] = mapped_column(ForeignKey("delivery.id", ondelete="CASCADE"), index=True)
    at: Mapped[datetime] = mapped_column(Instant)
    kind: Mapped[str] = mapped_column(String(16))
    detail: Mapped[str] = mapped_column(Text, default="")

    delivery: Mapped[Delivery] = relationship(back_populates="events")


class Suppression(Base):
    """An address never to mail. Only its keyed hash is kept, so it outlives an erasure."""

    __tablename__ = "suppression"

    id: Mapped[int] = mapped_column(primary_key=True)
    address_hash: Mapped[str] = mapped_column(String(64), unique=True)
    reason: Mapped[str] = mapped_column(String(32))
    detail: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime] = mapped_column(Instant)


class Alert(Base):
    """Something the operator was told of, or is about to be; gone once it is over and that was told too.

    `kind` is one of `mail.alert.AlertKind`, `cause` what it is about (`source:12`), `facts` the JSON
    object its mail is written from.
    """

    __tablename__ = "alert"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(16))
    cause: Mapped[str] = mapped_column(String(64), unique=True)
    facts: Mapped[str] = mapped_column(Text)
    since: Mapped[datetime] = mapped_column(Instant)
    told_at: Mapped[datetime | None] = mapped_column(Instant)
