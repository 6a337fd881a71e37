"""Which articles of a story are near enough to another to stand below it as its related coverage."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

# A headline is shown below another only from this score on. What few tell of must be surer: to be one of
# many that are alike is evidence of its own.
SHOWN, SHOWN_IN_A_CROWD = 0.988, 0.94
CROWD = 16
# For each document its neighbours, with how likely they are one story.
Scores = Mapping[int, Mapping[int, float]]


@dataclass(frozen=True, slots=True)
class Relation:
    """Another document, by its number, and how likely it tells of the same event."""

    index: int
    confidence: float


def related_to(lead: int, group: Iterable[int], scores: Scores) -> list[Relation]:
    """The other documents of `group`, the most likely first; those never scored are left out."""
    near = scores.get(lead, {})
    found = [Relation(index, near[index]) for index in group if index != lead and index in near]
    return sorted(found, key=lambda one: (-one.confidence, one.index))


def shown_from(group: int) -> float:
    """The least score with which a headline is shown, in a group of so many documents."""
    return SHOWN_IN_A_CROWD if group >= CROWD else SHOWN


def by_document(pairs: Iterable[tuple[int, int, float]]) -> dict[int, dict[int, float]]:
    """Scored pairs as a table: each document with its neighbours and their scores."""
    table: defaultdict[int, dict[int, float]] = defaultdict(dict)
    for first, second, value in pairs:
        table[first][second] = table[second][first] = value
    return dict(table)
