"""What the archive is searched by."""

from sqlalchemy import ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column

from newsletter.models.base import Base


class StoryWords(Base):
    """A story's words, folded for finding (`editions.search_words`): its lead's headline, and all the rest.

    The database keeps an index over them by itself (migration 0009), which no model knows: rows that
    come, change or go are found, or not found any more, from then on. Also those that are moved here.
    """

    __tablename__ = "story_words"

    story_id: Mapped[int] = mapped_column(ForeignKey("story.id", ondelete="CASCADE"), primary_key=True)
    headline: Mapped[str] = mapped_column(Text)
    words: Mapped[str] = mapped_column(Text)


# What stands in the database beside the tables of the models, by the beginning of its name.
INDEX = "story_words_index"
