"""Which topics an article belongs to, and why, in words an operator understands.

The operator's own word counts most; then the topics a source is filed under; then a feed's category that
is called as a topic; then what was learnt from the installation's own articles.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from newsletter.editions.topic_model import Decision
from newsletter.editions.words import stems


class DecidedBy(StrEnum):
    OPERATOR = "operator"
    SOURCE = "source"
    CATEGORY = "category"
    CLASSIFIER = "classifier"


@dataclass(frozen=True, slots=True)
class FiledSource:
    """A source with the topics everything of it belongs to (topic id to topic name)."""

    source_id: int
    name: str
    topics: Mapping[int, str]


@dataclass(frozen=True, slots=True)
class Subject:
    """A topic as articles are judged for it."""

    topic_id: int
    slug: str
    name: str


@dataclass(frozen=True, slots=True)
class Assignment:
    """An article belongs to a topic or does not, for a reason; `fit` is how sure that is, 0 to 1."""

    article_id: int
    topic_id: int
    reason: str
    decided_by: str = DecidedBy.SOURCE
    fit: float = 1.0
    belongs: bool = True


def classify(article_id: int, sources: Iterable[FiledSource]) -> list[Assignment]:
    """The topics of an article that stands in the feeds of `sources`, each once, by topic id.

    When several of its sources are filed under one topic, the first gives the reason.
    """
    reasons: dict[int, str] = {}
    for source in sources:
        for topic_id, topic in source.topics.items():
            reasons.setdefault(topic_id, f"source {source.name} is filed under {topic}")
    return [Assignment(article_id, topic_id, reason) for topic_id, reason in sorted(reasons.items())]


def judge(
    article_id: int, subject: Subject, categories: Sequence[str], decision: Decision | None
) -> Assignment:
    """Whether an article of a source filed elsewhere, or nowhere, belongs to a topic."""
    named = next((name for name in categories if _calls(name, subject)), None)
    if named is not None:
        reason = f"its feed files it under {named}"
        return Assignment(article_id, subject.topic_id, reason, DecidedBy.CATEGORY)
    if decision is None:
        reason = f"nothing speaks for {subject.name}"
        return Assignment(article_id, subject.topic_id, reason, DecidedBy.CLASSIFIER, 0.0, belongs=False)
    words = ", ".join(decision.words) or "no word it knows"
    reason = f"fits {subject.name} by {decision.fit:.0%} ({words})"
    return Assignment(
        article_id, subject.topic_id, reason, DecidedBy.CLASSIFIER, decision.fit, decision.belongs
    )


def _calls(category: str, subject: Subject) -> bool:
    words = stems(category)
    return bool(words) and words in (stems(subject.name), stems(subject.slug.replace("-", " ")))
