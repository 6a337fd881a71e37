"""What the live path makes of a day of headlines: stories, related articles, near-identical copies."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bench.headlines import Headline, by_day
from newsletter.editions.alike import reprints
from newsletter.editions.cluster import WITHIN, grouped
from newsletter.editions.pair_meaning import Meaning
from newsletter.editions.pair_score import scored_pairs
from newsletter.editions.pair_weights import PairWeights
from newsletter.editions.related import SHOWN, by_document, related_to

_LISTED = 8
_MOST_SHOWN = 3
_FLOOR = 0.02


@dataclass(frozen=True, slots=True)
class Prediction:
    """Ids throughout. `related` may be any near article, `shown` are those a reader would see.

    `copy_of` is the id of the article that this one is a near-identical copy of, or empty.
    """

    cluster: str
    related: tuple[str, ...]
    shown: tuple[str, ...]
    copy_of: str = ""
    category: str = ""


def predict(
    headlines: Sequence[Headline], meaning: Meaning | None = None
) -> list[tuple[Headline, Prediction]]:
    """Predictions of all headlines, a window for each day as an edition has one."""
    return [pair for day in by_day(headlines).values() for pair in predict_day(day, meaning=meaning)]


def predict_day(
    day: Sequence[Headline], weights: PairWeights | None = None, meaning: Meaning | None = None
) -> list[tuple[Headline, Prediction]]:
    """Predictions of one day's headlines, by the very functions that close an edition."""
    documents = [one.document for one in day]
    pairs = list(scored_pairs(documents, _FLOOR, WITHIN, weights, meaning))
    groups = grouped(documents, pairs)
    table = by_document(pairs)
    copies = reprints(documents, pairs)
    found: dict[int, Prediction] = {}
    for group in groups:
        for index in group:
            found[index] = _prediction(day, index, group, table)
    for index, original in copies.items():
        found[index] = replace(found[index], copy_of=day[original].id)
    return [(headline, found[index]) for index, headline in enumerate(day)]


def _prediction(
    day: Sequence[Headline], index: int, group: Sequence[int], table: dict[int, dict[int, float]]
) -> Prediction:
    anywhere = related_to(index, table.get(index, {}), table)
    inside = related_to(index, group, table)
    shown = [one.index for one in inside if one.confidence >= SHOWN][:_MOST_SHOWN]
    return Prediction(
        cluster=f"{day[0].day}-{group[0]}",
        related=tuple(day[one.index].id for one in anywhere[:_LISTED]),
        shown=tuple(day[at].id for at in shown),
    )
