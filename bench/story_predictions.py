"""What the live path makes of a day of headlines: stories, related articles, near-identical copies."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bench.headlines import Headline, by_day
from newsletter.editions.alike import reprints
from newsletter.editions.cluster import WITHIN, grouped
from newsletter.editions.coverage import told_alike
from newsletter.editions.pair_meaning import Meaning
from newsletter.editions.pair_score import scored_pairs
from newsletter.editions.pair_weights import PairWeights
from newsletter.editions.related import Scores, by_document, related_to

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
    inside = told_alike(
        day[index].document, [day[at].document for at in group], _by_article(day, index, table)
    )
    ids = {headline.document.article_id: headline.id for headline in (day[at] for at in group)}
    return Prediction(
        cluster=f"{day[0].day}-{group[0]}",
        related=tuple(day[one.index].id for one in anywhere[:_LISTED]),
        shown=tuple(ids[one.article_id] for one in inside[:_MOST_SHOWN]),
    )


def _by_article(day: Sequence[Headline], index: int, table: dict[int, dict[int, float]]) -> Scores:
    """One document's scores by the articles' numbers, as an edition has them."""
    scores = {day[at].document.article_id: score for at, score in table.get(index, {}).items()}
    return {day[index].document.article_id: scores}
