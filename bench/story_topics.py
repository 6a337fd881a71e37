"""The category of each headline, for the labelled file: learnt from other headlines, by the live model.

A headline's publisher stands in for the categories its feed would name.

    python -m bench.story_topics FILE.csv.gz     learn from all of FILE, and keep that as `TAUGHT`
"""

import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from bench.headlines import Headline, read_headlines
from bench.story_predictions import Prediction
from newsletter.editions.topic_fits import judged_together
from newsletter.editions.topic_model import Example, TopicModel, terms_of, unpack
from newsletter.editions.topic_training import train

Predicted = list[tuple[Headline, Prediction]]

FOLDS = 4
# What was learnt from the development days, for files that come without anything to learn from.
TAUGHT = Path(__file__).with_name("headline_topics.bin")
_KEPT_TERMS = 15_000


def decide_categories(predicted: Predicted, known: Sequence[Headline]) -> Predicted:
    """The predictions with their category: the topic that fits best, as its whole story is judged.

    Learnt from `known`; where these are the headlines asked about, each day's are judged by what the days
    of the other folds teach. Without known headlines it is what `TAUGHT` says.
    """
    if not known:
        return _judged(predicted, unpack(TAUGHT.read_bytes()))
    asked = {one.id for one, _ in predicted}
    if not asked & {one.id for one in known}:
        return _decided(predicted, known)
    days = sorted({one.day for one in known})
    found: dict[str, Prediction] = {}
    for fold in range(FOLDS):
        held = set(days[fold * len(days) // FOLDS : (fold + 1) * len(days) // FOLDS])
        mine = [(one, prediction) for one, prediction in predicted if one.day in held]
        others = [one for one in known if one.day not in held]
        found |= {one.id: prediction for one, prediction in _decided(mine, others)}
    return [(one, found.get(one.id, prediction)) for one, prediction in predicted]


def _decided(predicted: Predicted, known: Sequence[Headline]) -> Predicted:
    model = train([_example(one) for one in known])
    return _judged(predicted, model) if model and predicted else predicted


def _judged(predicted: Predicted, model: TopicModel) -> Predicted:
    best = _best_topics(model, predicted)
    return [
        (headline, replace(prediction, category=topic))
        for (headline, prediction), topic in zip(predicted, best, strict=True)
    ]


def _best_topics(model: TopicModel, predicted: Predicted) -> list[str]:
    stories = {label: number for number, label in enumerate({one.cluster for _, one in predicted})}
    told = [_terms(headline) for headline, _ in predicted]
    fits: Any = judged_together(model, told, [stories[one.cluster] for _, one in predicted])
    return [model.topics[place] for place in fits.argmax(axis=1)]


def _example(headline: Headline) -> Example:
    document = headline.document
    return Example(document.title, "", frozenset({headline.category}), (document.source,))


def _terms(headline: Headline) -> list[str]:
    return terms_of(headline.document.title, "", (headline.document.source,))


def _shortened(model: TopicModel) -> TopicModel:
    """The model with its most telling terms only."""
    import numpy as np

    telling = np.abs(model.weights).max(axis=1) * model.rarity
    kept = np.sort(np.argsort(-telling)[:_KEPT_TERMS])
    names = list(model.terms)
    terms = {names[place]: number for number, place in enumerate(kept)}
    return replace(model, terms=terms, rarity=model.rarity[kept], weights=model.weights[kept])


if __name__ == "__main__":
    learnt = train([_example(one) for one in read_headlines(Path(sys.argv[1]))])
    if learnt is not None:
        TAUGHT.write_bytes(_shortened(learnt).pack())
