"""What the pure parts of an edition work on: articles' words, and how they come to be a story."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class Document:
    """An article as it stands at the cut-off. `article_id` tells documents apart.

    `page_text` is how the text of its page begins, where that was read: to group by and to sum up, never
    printed as it stands. `also_in` are the other sources it stands in.
    """

    article_id: int
    source_id: int
    source: str
    title: str
    excerpt: str
    url: str
    published_at: datetime
    first_seen_at: datetime
    language: str | None = None
    page_text: str = ""
    also_in: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class PrintedStory:
    """A story of an earlier edition: its documents with the words readers saw."""

    story_id: int
    edition_date: date
    documents: tuple[Document, ...]
    thread_id: int | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """Documents about one event to be printed; `continues` is the printed story that they move on.

    `news` says what is new since then, in their own sentences.
    """

    documents: tuple[Document, ...]
    continues: int | None = None
    news: str = ""


@dataclass(frozen=True, slots=True)
class RankedStory:
    """A story as an edition prints it. `source_count` counts every source it stands in, shown or not.

    `factors` add up to its score; `copies` counts near-identical tellings, which are not listed.
    """

    lead: Document
    related: tuple[Document, ...]
    source_count: int
    score: float
    continues: int | None = None
    news: str = ""
    factors: Mapping[str, float] = field(default_factory=dict)
    copies: int = 0


@dataclass(frozen=True, slots=True)
class LeadImage:
    """Our copy of the picture a story's lead came with; `alt` may be empty."""

    name: str
    alt: str = ""


@dataclass(frozen=True, slots=True)
class StoryWords:
    """What a model wrote of a story, checked against its articles; `by` is the model's name."""

    summary: str
    by: str
    key_points: tuple[str, ...] = ()
    news: str = ""


@dataclass(frozen=True, slots=True)
class EditionWords:
    """What a model wrote of an edition: of its stories, by the article that leads each, and of the day."""

    stories: Mapping[int, StoryWords] = field(default_factory=dict)
    brief: str = ""
    brief_by: str = ""
