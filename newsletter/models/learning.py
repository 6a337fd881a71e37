"""What was learnt and what machines wrote: topic models, the operator's corrections, a model's texts."""

from datetime import date, datetime

from sqlalchemy import JSON, BigInteger, Date, ForeignKey, Index, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from newsletter.models.base import Base, Instant


class TopicModel(Base):
    """The newest classifier of a language: `packed` is plain numbers and words, never a pickle."""

    __tablename__ = "topic_model"

    language: Mapped[str] = mapped_column(String(16), primary_key=True)
    trained_at: Mapped[datetime] = mapped_column(Instant)
    articles: Mapped[int]
    packed: Mapped[bytes] = mapped_column(LargeBinary)


class TopicCorrection(Base):
    """The operator says that an article belongs to a topic, or does not. It counts more than anything.

    The title is kept, so that what was learnt from it outlives the article.
    """

    __tablename__ = "topic_correction"
    __table_args__ = (Index(None, "article_id", "topic_id", unique=True),)

    id: Mapped[int] = mapped_column(primary_key=True)
    article_id: Mapped[int | None] = mapped_column(ForeignKey("article.id", ondelete="SET NULL"))
    topic_id: Mapped[int] = mapped_column(ForeignKey("topic.id", ondelete="CASCADE"), index=True)
    belongs: Mapped[bool]
    title: Mapped[str] = mapped_column(Text)
    excerpt: Mapped[str] = mapped_column(Text, default="", server_default="")
    language: Mapped[str | None] = mapped_column(String(16))
    at: Mapped[datetime] = mapped_column(Instant)


class MachineText(Base):
    """What a model wrote, and passed the check, for one version of a story: asked for once.

    `key` is a hash of the kind, the model, the language, and the words it was given; `text` is JSON.
    """

    __tablename__ = "machine_text"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    kind: Mapped[str] = mapped_column(String(32))
    model: Mapped[str] = mapped_column(String(120))
    language: Mapped[str] = mapped_column(String(16))
    text: Mapped[dict[str, object]] = mapped_column(JSON)
    at: Mapped[datetime] = mapped_column(Instant, index=True)


class MachineDay(Base):
    """What models were asked on one date (UTC), in tokens and millionths of the operator's money."""

    __tablename__ = "machine_day"

    date: Mapped[date] = mapped_column(Date, primary_key=True)
    calls: Mapped[int] = mapped_column(default=0, server_default="0")
    refused: Mapped[int] = mapped_column(default=0, server_default="0")
    tokens_in: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")
    tokens_out: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")
    millionths: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")
