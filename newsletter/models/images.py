"""Our own copies of pictures: beside stories, and the publication's logo.

They live in the database, so that every machine that serves pages has them.
"""

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from newsletter.models.base import Base, Instant


class Image(Base):
    """A picture as we made it; `name` is a hash of its bytes with an ending, so it never changes.

    `width` and `height` are what it is shown at, in CSS pixels. `used_at` is when an edition or a start
    last wanted it.
    """

    __tablename__ = "image"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    width: Mapped[int]
    height: Mapped[int]
    # Read for serving only, never along with a story.
    body: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    used_at: Mapped[datetime] = mapped_column(Instant, index=True)


class KeptLogo(Base):
    """Which copy was made of a logo; `source` is the hash of the operator's file, or of its address."""

    __tablename__ = "kept_logo"

    source: Mapped[str] = mapped_column(String(64), primary_key=True)
    image_name: Mapped[str] = mapped_column(ForeignKey("image.name", ondelete="CASCADE"), index=True)
