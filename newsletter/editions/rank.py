"""Which stories an edition prints, in which order; each with its lead and its related coverage."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from math import ceil

from newsletter.editions.coverage import NOTHING_SCORED, choose_related, count_copies
from newsletter.editions.documents import Document, Group, RankedStory
from newsletter.editions.novelty import facts_of
from newsletter.editions.related import Scores
from newsletter.editions.score import NOTHING_KNOWN, SUBSTANCE, Standing, all_sources, factors_of
from newsletter.editions.words import overlap

LEADS_PER_SOURCE = 2
# What a story's score has to reach: where one source tells everything, and where twenty and more do.
# Between them it rises evenly: a small topic prints what one source has, in a large one that must be
# fresh and well told, so that a quiet day there makes a short edition.
FLOOR_OF_ONE, FLOOR_OF_MANY, MANY_SOURCES = 2.6, 4.4, 20
# Stories on nearly the same are spread: words shared beyond this share cost, four points a whole.
NEAR, NEAR_COSTS, NEAR_AT_MOST = 0.06, 4.0, 1.0
# So many of the best are looked at for their nearness to others, for each that may be printed.
_LOOKED_AT = 6
# Texts of fewer words share them by chance.
_FEWEST_WORDS = 5


@dataclass(frozen=True, slots=True)
class Limits:
    """How much an edition holds at most."""

    stories: int = 10
    related: int = 3


STANDARD = Limits()


@dataclass(frozen=True, slots=True)
class _Scored:
    """A group with what speaks for it, its words, and what its nearness to chosen stories costs."""

    group: Group
    factors: dict[str, float]
    words: frozenset[str]
    near: float = 0.0

    @property
    def score(self) -> float:
        return sum(self.factors.values()) - self.near


def rank(
    groups: Sequence[Group],
    until: datetime,
    limits: Limits = STANDARD,
    standing: Standing = NOTHING_KNOWN,
    scores: Scores = NOTHING_SCORED,
) -> list[RankedStory]:
    """The stories of an edition, best first, at most `limits.stories`; only those worth it.

    A story's score is the sum of its factors (`score`), less what its nearness to better stories
    costs, and has to reach `floor`. One source leads at most two stories, or its even share where
    there are few sources: a story it may not lead is led by another of its sources, or left out.
    """
    most, least = _leads_per_source(groups, limits), floor(groups)
    leads: Counter[int] = Counter()
    stories: list[RankedStory] = []
    for scored in _best_first(_promising(groups, until, standing, least), limits):
        if len(stories) == limits.stories:
            break
        free = [one for one in scored.group.documents if leads[one.source_id] < most]
        if free and scored.score >= least:
            lead = choose_lead(free)
            leads[lead.source_id] += 1
            stories.append(_story(scored, lead, limits, scores))
    return stories


def floor(groups: Sequence[Group]) -> float:
    """The score below which nothing is printed, by how many sources there are to tell things."""
    sources = len(all_sources([one for group in groups for one in group.documents]))
    share = min(sources, MANY_SOURCES) / MANY_SOURCES
    return FLOOR_OF_ONE + (FLOOR_OF_MANY - FLOOR_OF_ONE) * share


def choose_lead(documents: Sequence[Document]) -> Document:
    """The earliest document with substance; without any, the one with the longest excerpt."""
    telling = [one for one in documents if len(one.excerpt) >= SUBSTANCE]
    if telling:
        return min(telling, key=lambda one: (one.published_at, one.article_id))
    return min(documents, key=lambda one: (-len(one.excerpt), one.published_at, one.article_id))


def _promising(
    groups: Sequence[Group], until: datetime, standing: Standing, least: float
) -> Iterator[tuple[Group, dict[str, float]]]:
    """Groups that reach the floor, the best first."""
    factors = [factors_of(group, until, standing) for group in groups]
    places = [place for place in range(len(groups)) if sum(factors[place].values()) >= least]
    places.sort(key=lambda place: (-sum(factors[place].values()), groups[place].documents[0].article_id))
    return ((groups[place], factors[place]) for place in places)


def _best_first(promising: Iterator[tuple[Group, dict[str, float]]], limits: Limits) -> Iterator[_Scored]:
    """Each time the best of those left, less what its nearness to those given before costs.

    Only the best few are weighed anew each time; further ones move up as these are given.
    """
    left: list[_Scored] = []
    given: list[_Scored] = []
    while True:
        while len(left) < _LOOKED_AT * limits.stories and (found := next(promising, None)) is not None:
            group, factors = found
            left.append(_weighed(_Scored(group, factors, facts_of(group.documents[:3]).words), given))
        if not left:
            return
        best = max(left, key=lambda one: (one.score, -one.group.documents[0].article_id))
        left = [_weighed(one, [best]) for one in left if one is not best]
        given.append(best)
        yield best


def _weighed(scored: _Scored, given: Sequence[_Scored]) -> _Scored:
    nearest = max((_nearness(scored.words, one.words) for one in given), default=0.0)
    costs = min(max(nearest - NEAR, 0.0) * NEAR_COSTS, NEAR_AT_MOST)
    return replace(scored, near=round(costs, 3)) if costs > scored.near else scored


def _nearness(one: frozenset[str], other: frozenset[str]) -> float:
    return overlap(one, other) if min(len(one), len(other)) >= _FEWEST_WORDS else 0.0


def _story(scored: _Scored, lead: Document, limits: Limits, scores: Scores) -> RankedStory:
    group = scored.group
    return RankedStory(
        lead=lead,
        related=choose_related(lead, group.documents, limits.related, scores),
        source_count=len(all_sources(group.documents)),
        score=round(scored.score, 3),
        continues=group.continues,
        news=group.news,
        factors=scored.factors | ({"near": -scored.near} if scored.near else {}),
        copies=count_copies(group.documents),
    )


def _leads_per_source(groups: Sequence[Group], limits: Limits) -> int:
    sources = {one.source_id for group in groups for one in group.documents}
    return max(LEADS_PER_SOURCE, ceil(limits.stories / max(len(sources), 1)))
