"""Weights are learnt from labelled headlines: by words alone, and with a sentence model beside them."""

from datetime import timedelta
from typing import Any

import numpy as np
import pytest

from bench.headlines import Headline
from newsletter.editions.pair_features import EVIDENCE
from newsletter.editions.pair_score import scored_pairs
from newsletter.editions.pair_weights import read_weights
from newsletter.editions.sentence_model import SentenceModel
from scripts.pair_learning import learn
from scripts.regression import fit, fit_meaning
from scripts.train_pairs import blocks, remembered
from tests.editions.newsroom import document
from tests.editions.sentence_models import MEANINGS, write_model

PLACES = ("Ostrel", "Vallorn", "Elden", "Linnow", "Hagstone", "Quarn", "Tessel", "Brack")
QUAKE = ("{} quake shakes port", "Tremor rattles {} harbour", "{} docks: quake hits port")
FARES = ("{} council raises fares", "{} town lifts ticket prices")


@pytest.fixture(scope="module")
def days() -> list[list[Headline]]:
    """Two events in each of eight places, on each of three days."""
    events = [(f"{told[0]} {place}", told, place) for place in PLACES for told in (QUAKE, FARES)]
    headlines = [
        Headline(f"{name} {at}", "stream", name, "b", _document(number * 4 + at, title.format(place), at))
        for number, (name, told, place) in enumerate(events)
        for at, title in enumerate(told)
    ]
    return [headlines] * 3


def _document(number: int, title: str, at: int) -> Any:
    return document(number, title, source=at + 1, hours_ago=at + 1)


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> SentenceModel:
    chance = np.random.default_rng(5)
    rows = {word: row for meaning in MEANINGS for row in [chance.standard_normal(16)] for word in meaning}
    places = {place.lower(): 2 * chance.standard_normal(16) for place in PLACES}
    return SentenceModel(write_model(tmp_path_factory.mktemp("learning") / "model", rows | places))


def score(stored: dict[str, Any], day: list[Headline], pair: tuple[int, int], meaning: Any = None) -> float:
    told = [one.document for one in day]
    found = scored_pairs(told, 0.0, timedelta(days=1), read_weights(stored), meaning)
    return next((value for one, other, value in found if (one, other) == pair), 0.0)


def test_what_is_learnt_tells_events_apart(days: list[list[Headline]]) -> None:
    stored = learn(days)
    assert score(stored, days[0], (0, 2)) > score(stored, days[0], (0, 3)) + 0.2
    assert learn(days) == stored


def test_no_evidence_is_learnt_to_count_against_a_pair(days: list[list[Headline]]) -> None:
    whole = learn(days)["whole"]
    weights = dict(zip(whole["names"], whole["weights"], strict=True))
    assert all(weights[name] >= 0 for name in EVIDENCE)


def test_with_a_model_other_words_for_the_same_count(
    days: list[list[Headline]], model: SentenceModel
) -> None:
    stored = learn(days, remembered(model))
    assert stored["meaning"]["beyond"] > 0
    assert score(stored, days[0], (0, 1), model) > score(stored, days[0], (0, 3), model) + 0.3


def test_evidence_that_misleads_weighs_nothing() -> None:
    chance = np.random.default_rng(1)
    labels = chance.integers(0, 2, 500).astype(float)
    features = np.column_stack([labels + chance.standard_normal(500), -labels])
    found = fit(features, labels, np.ones(500), ("words", "names"))
    assert found["weights"][0] > 0.3
    assert found["weights"][1] == 0


def test_how_much_vectors_count_is_found_again() -> None:
    chance = np.random.default_rng(2)
    odds, beyond = chance.normal(-1, 2, 40_000), chance.normal(2, 1.5, 40_000)
    likely = 1 / (1 + np.exp(-(0.6 * odds + 0.8 * (beyond - 3))))
    labels = (chance.random(40_000) < likely).astype(float)
    found = fit_meaning(odds, beyond, labels, np.ones(40_000))
    assert found == pytest.approx({"words": 0.6, "beyond": 0.8, "neutral": 3.0}, abs=0.08)


def test_each_day_is_left_out_once_and_the_crowded_ones_apart() -> None:
    names = [f"2014-03-{day:02}" for day in range(1, 20)]
    left_out = blocks(names)
    assert sorted(name for block in left_out for name in block) == names
    assert len(left_out) == 5
    assert not any({names[0], names[1]} <= block for block in left_out)


def test_a_text_is_asked_for_once() -> None:
    asked: list[str] = []

    def counting(texts: Any) -> Any:
        asked.extend(texts)
        return np.array([[len(text)] for text in texts])

    ask = remembered(counting)
    assert ask(["one", "three", "one"]).tolist() == [[3], [5], [3]]
    assert ask(["three", "four"]).tolist() == [[5], [4]]
    assert asked == ["one", "three", "four"]
