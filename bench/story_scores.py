"""How good predicted stories are, against the labels; each part of the file apart."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import timedelta

from bench.headlines import Headline
from bench.story_predictions import Prediction

_MATES_WITHIN = timedelta(days=7)
Predicted = Sequence[tuple[Headline, Prediction]]


def score_parts(predicted: Predicted) -> dict[str, dict[str, float]]:
    """The figures of each part by name; all are shares from 0 to 1."""
    parts = sorted({headline.part for headline, _ in predicted})
    return {part: _score([pair for pair in predicted if pair[0].part == part]) for part in parts}


def _score(predicted: Predicted) -> dict[str, float]:
    figures = {**_b_cubed(predicted), **_related(predicted), **_copies(predicted)}
    if any(prediction.category for _, prediction in predicted):
        right = sum(prediction.category == headline.category for headline, prediction in predicted)
        figures["category_accuracy"] = right / len(predicted)
    return figures


def _b_cubed(predicted: Predicted) -> dict[str, float]:
    cells = Counter((headline.group, found.cluster) for headline, found in predicted)
    gold = Counter(headline.group for headline, _ in predicted)
    made = Counter(found.cluster for _, found in predicted)
    precision = sum(n * n / made[cluster] for (_, cluster), n in cells.items()) / len(predicted)
    recall = sum(n * n / gold[group] for (group, _), n in cells.items()) / len(predicted)
    return {"precision": precision, "recall": recall, "f1": 2 * precision * recall / (precision + recall)}


def _related(predicted: Predicted) -> dict[str, float]:
    """related@3 over articles with three mates; of shown ones, how many are right and who has some."""
    mates = defaultdict(list)
    for headline, _ in predicted:
        mates[headline.group].append(headline)
    group = {headline.id: headline.group for headline, _ in predicted}
    at_three, right, shown, with_mates, served = [], 0, 0, 0, 0
    for headline, found in predicted:
        near = sum(_near(headline, other) for other in mates[headline.group]) - 1
        if near >= 3:
            at_three.append(sum(group.get(one) == headline.group for one in found.related[:3]) / 3)
        right += sum(group.get(one) == headline.group for one in found.shown)
        shown += len(found.shown)
        with_mates += near > 0
        served += near > 0 and bool(found.shown)
    return {
        "related_at_3": sum(at_three) / max(len(at_three), 1),
        "shown_precision": right / max(shown, 1),
        "shown_coverage": served / max(with_mates, 1),
    }


def _near(one: Headline, other: Headline) -> bool:
    return abs(one.document.published_at - other.document.published_at) <= _MATES_WITHIN


def _copies(predicted: Predicted) -> dict[str, float]:
    group = {headline.id: headline.group for headline, _ in predicted}
    copies = [(headline, found.copy_of) for headline, found in predicted if found.copy_of]
    right = sum(group.get(original) == headline.group for headline, original in copies)
    return {"copy_precision": right / max(len(copies), 1), "copies_removed": len(copies) / len(predicted)}
