"""What limits sending, shared by all workers: rates, counts of the hour and day, and who is on hold."""

from datetime import datetime

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from newsletter.models.base import Base, Instant


class Throttle(Base):
    """The state of one limit; `key` names what it limits: `relay:HOST:PORT`, `domain:NAME`, `warm-up`.

    `next_at` is when the next mail may leave under a rate (the theoretical arrival time of GCRA).
    `hour_use` and `day_use` count mails by slices of time, as `delivery/throttle/windows.py` writes them.
    `line_at` is the moment up to which turns are promised to mails that were put back.
    `held_until` and `strikes` are the back-off after a server asked us to slow down, `reason` its words.
    """

    __tablename__ = "throttle"

    key: Mapped[str] = mapped_column(String(320), primary_key=True)
    next_at: Mapped[datetime | None] = mapped_column(Instant)
    hour_use: Mapped[str] = mapped_column(Text, default="")
    day_use: Mapped[str] = mapped_column(Text, default="")
    line_at: Mapped[datetime | None] = mapped_column(Instant)
    held_until: Mapped[datetime | None] = mapped_column(Instant)
    strikes: Mapped[int] = mapped_column(default=0)
    reason: Mapped[str] = mapped_column(String(500), default="")


class ThrottleShare(Base):
    """How many connections of a limit one worker process holds, and wants, until it renews or loses them."""

    __tablename__ = "throttle_share"

    key: Mapped[str] = mapped_column(String(320), primary_key=True)
    worker: Mapped[str] = mapped_column(String(64), primary_key=True)
    connections: Mapped[int] = mapped_column(default=0)
    wanted: Mapped[int] = mapped_column(default=0)
    expires_at: Mapped[datetime] = mapped_column(Instant)
