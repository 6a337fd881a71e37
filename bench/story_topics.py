"""The category of each headline, for the labelled file: learnt from other headlines where given."""

from collections.abc import Sequence
from dataclasses import replace
from importlib import import_module
from typing import Any

from bench.headlines import Headline
from bench.report import CannotMeasure
from bench.story_predictions import Prediction

Predicted = list[tuple[Headline, Prediction]]


def decide_categories(predicted: Predicted, known: Sequence[Headline]) -> Predicted:
    """The predictions with their category: the topic that fits best, learnt from `known`.

    Without known headlines there is nothing to learn from, and the category stays empty. Raises
    `CannotMeasure` when this checkout has no topic model.
    """
    if not known:
        return predicted
    model = _trained(known)
    found = []
    for headline, prediction in predicted:
        document = headline.document
        decisions = model.decide(document.title, document.excerpt, document.source)
        best = max(decisions, key=lambda one: one.fit, default=None)
        found.append((headline, replace(prediction, category=best.topic if best else "")))
    return found


def _trained(known: Sequence[Headline]) -> Any:
    try:
        topic_model = import_module("newsletter.editions.topic_model")
    except ModuleNotFoundError as error:
        raise CannotMeasure("this version has no topic model to learn categories with") from error
    return topic_model.train(
        topic_model.Example(
            one.document.title, one.document.excerpt, one.document.source, frozenset({one.category})
        )
        for one in known
    )
