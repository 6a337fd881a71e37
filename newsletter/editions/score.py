"""How much a story has to say for itself: factors that add up, each kept so that it can be shown."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from math import log2

from newsletter.editions.alike import is_copy
from newsletter.editions.documents import Document, Group

# An excerpt from this many characters on tells enough to lead a story.
SUBSTANCE = 80
HALF_LIFE = timedelta(hours=12)
# A story grows by the newsrooms that told it within this time.
GROWING = timedelta(hours=6)
# What a source is worth that nothing is known of, 0 to 1.
UNKNOWN_WEIGHT = 0.5
# The most that a factor adds; sources add 2 for one, 3.2 for two, 4 for three, and so on.
SOURCES, FRESHNESS, WEIGHT, FIT, GROWTH, IMAGE, TEXT, CONTINUES = 2.0, 1.0, 0.5, 1.0, 0.6, 0.2, 0.3, 0.8
_FULL_GROWTH = 4


@dataclass(frozen=True, slots=True)
class Standing:
    """What is known of articles and sources besides their words.

    `weights` are sources' track records and `fits` how well articles fit the topic, both 0 to 1;
    `pictured` are articles that came with a picture.
    """

    weights: Mapping[int, float] = field(default_factory=dict)
    fits: Mapping[int, float] = field(default_factory=dict)
    pictured: frozenset[int] = frozenset()


NOTHING_KNOWN = Standing()


def factors_of(group: Group, until: datetime, standing: Standing = NOTHING_KNOWN) -> dict[str, float]:
    """What each factor adds to the group's score at `until`, by name."""
    told = group.documents
    age = max(until - max(one.published_at for one in told), timedelta(0))
    late = [one for one in told if one.published_at > until - GROWING]
    growth = min(len({one.source_id for one in late}) - 1, _FULL_GROWTH) / _FULL_GROWTH
    weights = [standing.weights.get(source, UNKNOWN_WEIGHT) for source in all_sources(told)]
    fits = [standing.fits.get(one.article_id, 1.0) for one in told]
    found = {
        "sources": SOURCES * log2(1 + independent_sources(told)),
        "freshness": FRESHNESS * 0.5 ** (age / HALF_LIFE),
        "weight": WEIGHT * max(weights),
        "fit": FIT * sum(fits) / len(fits),
        "growth": GROWTH * max(growth, 0.0),
        "image": IMAGE * any(one.article_id in standing.pictured for one in told),
        "text": TEXT * min(max(len(one.excerpt) for one in told) / SUBSTANCE, 1.0),
        "continues": CONTINUES * (group.continues is not None),
    }
    return {name: round(value, 3) for name, value in found.items() if value}


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
