"""Which stories an edition prints, in which order; each with its lead and its related coverage."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from newsletter.editions.alike import is_copy, same_title
from newsletter.editions.documents import Document, Group, RankedStory

# An excerpt from this many characters on tells enough to lead a story.
SUBSTANCE = 80
HALF_LIFE = timedelta(hours=12)
LEADS_PER_SOURCE = 2


@dataclass(frozen=True, slots=True)
class Limits:
    """How much an edition holds."""

    stories: int = 10
    related: int = 3


STANDARD = Limits()


def rank(groups: Sequence[Group], until: datetime, limits: Limits = STANDARD) -> list[RankedStory]:
    """The stories of an edition, best first, at most `limits.stories`.

    A story's score is its number of independent sources plus its freshness at `until`, 0 to 1.
    One source leads at most two stories, or its even share where there are few sources: a story it
    may not lead is led by another of its sources, or left out.
    """
    most = _leads_per_source(groups, limits)
    scored = sorted(
        ((_score(group, until), group) for group in groups),
        key=lambda pair: (-pair[0], pair[1].documents[0].article_id),
    )
    leads: Counter[int] = Counter()
    stories: list[RankedStory] = []
    for score, group in scored:
        free = [one for one in group.documents if leads[one.source_id] < most]
        if free and len(stories) < limits.stories:
            lead = choose_lead(free)
            leads[lead.source_id] += 1
            stories.append(_story(group, lead, score, limits))
    return stories


def choose_lead(documents: Sequence[Document]) -> Document:
    """The earliest document with substance; without any, the one with the longest excerpt."""
    telling = [one for one in documents if len(one.excerpt) >= SUBSTANCE]
    if telling:
        return min(telling, key=lambda one: (one.published_at, one.article_id))
    return min(documents, key=lambda one: (-len(one.excerpt), one.published_at, one.article_id))


def choose_related(lead: Document, documents: Sequence[Document], most: int) -> tuple[Document, ...]:
    """Up to `most` other tellings, none by the lead's source, no title near-identical to another's.

    Each from another source as far as that goes; those with an excerpt first, then the newest.
    """
    others = sorted(
        (one for one in documents if one.source_id != lead.source_id),
        key=lambda one: (not one.excerpt, -one.published_at.timestamp(), one.article_id),
    )
    chosen: list[Document] = []
    for again in (False, True):
        for one in others:
            heard = one.source_id in {shown.source_id for shown in chosen}
            if len(chosen) < most and heard is again and not _seen(one, [lead, *chosen]):
                chosen.append(one)
    return tuple(chosen)


def independent_sources(documents: Sequence[Document]) -> int:
    """How many sources tell the event in words of their own: copies of one text count once."""
    originals: list[Document] = []
    for one in documents:
        if not any(one.source_id == other.source_id or is_copy(one, other) for other in originals):
            originals.append(one)
    return len(originals)


def all_sources(documents: Sequence[Document]) -> frozenset[int]:
    """Every source that these stand in, whoever wrote them."""
    return frozenset().union(*({one.source_id, *one.also_in} for one in documents))


def _story(group: Group, lead: Document, score: float, limits: Limits) -> RankedStory:
    return RankedStory(
        lead=lead,
        related=choose_related(lead, group.documents, limits.related),
        source_count=len(all_sources(group.documents)),
        score=score,
        continues=group.continues,
    )


def _score(group: Group, until: datetime) -> float:
    age = max(until - max(one.published_at for one in group.documents), timedelta(0))
    freshness: float = 0.5 ** (age / HALF_LIFE)
    return independent_sources(group.documents) + freshness


def _leads_per_source(groups: Sequence[Group], limits: Limits) -> int:
    sources = {one.source_id for group in groups for one in group.documents}
    return max(LEADS_PER_SOURCE, ceil(limits.stories / max(len(sources), 1)))


def _seen(document: Document, shown: Sequence[Document]) -> bool:
    return any(document.article_id == one.article_id or same_title(document, one) for one in shown)
