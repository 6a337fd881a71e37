"""The learned score of two headlines, and the same for an article that has just come."""

from datetime import timedelta

import numpy as np
import pytest

from newsletter.editions.arriving import ArrivalWindow, likely_pair
from newsletter.editions.pair_features import AROUND, DIRECT, EVIDENCE, make_window, pair_features
from newsletter.editions.pair_score import likely, scored_pairs
from newsletter.editions.pair_weights import pair_weights
from newsletter.editions.wording import Names, wording
from tests.editions.newsroom import document

WITHIN = timedelta(hours=36)
TITLES = [
    "Senate passes harbour bill after 14 hours of debate",
    "After 14 hours, Senate approves the harbour bill",
    "Port Elden chess champion retires at 91",
    "Harbour bill: what the Senate decided",
    "Glacier lake drains overnight above Vallorn",
]


def _features() -> np.ndarray:
    told = [wording(document(number, title, source=number)) for number, title in enumerate(TITLES)]
    names = Names()
    for title in TITLES:
        names.learn(title)
    window = make_window(told, names, pair_weights())
    return np.asarray(pair_features(window, np.array([0, 0]), np.array([1, 2])))


def test_headlines_of_one_event_have_more_in_common_than_others() -> None:
    close, far = _features()
    named = dict(zip((*DIRECT, *AROUND), zip(close, far, strict=True), strict=True))
    for name in ("words", "grams", "shared", "rarest", "count", "contained", "numbers", "widened"):
        assert named[name][0] > named[name][1], name


def test_nothing_in_common_counts_for_nothing() -> None:
    _, far = _features()
    assert [far[DIRECT.index(name)] for name in ("words", "pairs", "shared", "numbers")] == [0, 0, 0, 0]


def test_no_evidence_was_learnt_to_count_against_a_pair() -> None:
    for model in (pair_weights().whole, pair_weights().direct):
        weights = dict(zip(model.names, model.weights, strict=True))
        assert all(weight >= 0 for name, weight in weights.items() if name in EVIDENCE)


def test_one_pair_and_an_array_of_pairs_get_the_same_score() -> None:
    features = _features()[:, : len(DIRECT)]
    model = pair_weights().direct
    assert likely(features, model) == pytest.approx([likely_pair(list(row), model) for row in features])


def test_articles_published_too_far_apart_make_no_pair() -> None:
    told = [document(1, TITLES[0]), document(2, TITLES[1], hours_ago=80)]
    assert list(scored_pairs(told, 0.0, WITHIN)) == []


def test_an_arriving_article_joins_the_group_that_tells_of_its_event() -> None:
    window = ArrivalWindow(WITHIN)
    first = window.assign(document(1, TITLES[0], source=1))
    other = window.assign(document(3, TITLES[2], source=3))

    assert window.assign(document(2, TITLES[1], source=2)) == first != other
    assert window.assign(document(2, TITLES[1], source=2)) == first


def test_what_was_forgotten_is_joined_no_more() -> None:
    window = ArrivalWindow(WITHIN)
    first = window.assign(document(1, TITLES[0]), group=7)
    window.forget([1, 99])

    assert first == 7
    assert window.assign(document(2, TITLES[0], source=2)) == 8
    assert window.assign(document(3, TITLES[0], hours_ago=80, source=3)) == 9
