"""Which topics an article belongs to, and why, in words an operator understands."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FiledSource:
    """A source with the topics everything of it belongs to (topic id to topic name)."""

    source_id: int
    name: str
    topics: Mapping[int, str]


@dataclass(frozen=True, slots=True)
class Assignment:
    """An article belongs to a topic, for a reason."""

    article_id: int
    topic_id: int
    reason: str


def classify(article_id: int, sources: Iterable[FiledSource]) -> list[Assignment]:
    """The topics of an article that stands in the feeds of `sources`, each once, by topic id.

    When several of its sources are filed under one topic, the first gives the reason.
    """
    reasons: dict[int, str] = {}
    for source in sources:
        for topic_id, topic in source.topics.items():
            reasons.setdefault(topic_id, f"source {source.name} is filed under {topic}")
    return [Assignment(article_id, topic_id, reason) for topic_id, reason in sorted(reasons.items())]
