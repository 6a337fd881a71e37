"""What the pure parts of an edition work on: an article's words, where they come from, and when."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Document:
    """An article as it stands at the cut-off. `article_id` tells documents apart."""

    article_id: int
    source_id: int
    source: str
    title: str
    excerpt: str
    url: str
    published_at: datetime
    first_seen_at: datetime
    language: str | None = None
