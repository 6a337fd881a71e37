"""With sentence vectors, headlines of one event are found in other words too; without, nothing changes."""

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

from newsletter.editions.cluster import cluster
from newsletter.editions.documents import Document
from newsletter.editions.pair_meaning import Meaning, with_meaning
from newsletter.editions.pair_weights import MeaningWeights, pair_weights
from newsletter.editions.sentence_model import SentenceModel
from newsletter.editions.similarity import Pair
from tests.editions.newsroom import document
from tests.editions.sentence_models import vectors_of, write_model

WITHIN = timedelta(hours=36)
# What the day is full of; none of it is about a quake.
WORDS = ("rye", "trams", "goose", "tax")
OTHERS = [f"Story number {number} about {word}" for number, word in enumerate(WORDS * 10)]


@pytest.fixture
def model(tmp_path: Path) -> SentenceModel:
    more = {word: np.eye(16)[8 + place] for place, word in enumerate(WORDS)}
    return SentenceModel(write_model(tmp_path / "model", vectors_of() | more))


def day(*titles: str, hours: Sequence[int] = ()) -> list[Document]:
    told = [*titles, *OTHERS]
    ages = [*hours, *[1] * len(told)]
    return [document(number + 1, title, hours_ago=ages[number]) for number, title in enumerate(told)]


def scored(
    documents: Sequence[Document],
    pairs: Sequence[Pair],
    meaning: Meaning,
    weights: MeaningWeights | None = None,
    floor: float = 0.0,
) -> dict[tuple[int, int], float]:
    weights = weights or pair_weights().meaning
    return {pair[:2]: pair[2] for pair in with_meaning(documents, pairs, floor, WITHIN, meaning, weights)}


def doubtful(documents: list[Document], model: SentenceModel) -> float:
    """What becomes of the first two, which their words leave in doubt."""
    return scored(documents, [(0, 1, 0.3)], model)[0, 1]


def test_a_doubtful_pair_that_means_the_same_becomes_likely(model: SentenceModel) -> None:
    assert doubtful(day("Quake shakes port", "Tremor rattles harbour"), model) > 0.55


def test_a_doubtful_pair_that_means_something_else_becomes_less_likely(model: SentenceModel) -> None:
    assert doubtful(day("Quake shakes port", "Council raises fares"), model) < 0.15


def test_neighbours_by_meaning_are_looked_at_though_they_share_no_word(model: SentenceModel) -> None:
    assert (0, 1) in scored(day("Quake shakes port", "Tremor rattles harbour"), [], model)


def test_two_that_share_no_word_are_no_story_however_sure_a_model_is(model: SentenceModel) -> None:
    told = day("Quake shakes port", "Tremor rattles harbour")
    sure = MeaningWeights(words=0.5, beyond=9.0, neutral=1.0)
    assert 0.5 < scored(told, [], model, sure)[0, 1] < 0.55
    assert scored(told, [(0, 1, 0.3)], model, sure)[0, 1] > 0.9


def test_a_model_that_is_wrong_cannot_undo_what_words_make_sure(model: SentenceModel) -> None:
    told = day("Quake shakes port", "Council raises fares")
    against = MeaningWeights(words=1.0, beyond=9.0, neutral=6.0)
    assert scored(told, [(0, 1, 0.999)], model, against)[0, 1] > 0.9


def test_what_means_the_same_days_apart_is_no_neighbour(model: SentenceModel) -> None:
    told = day("Quake shakes port", "Tremor rattles harbour", hours=(1, 60))
    assert (0, 1) not in scored(told, [], model)


def test_articles_that_are_all_days_apart_make_no_pair(model: SentenceModel) -> None:
    told = [document(1, "Quake shakes port"), document(2, "Tremor rattles harbour", hours_ago=60)]
    assert scored(told, [], model) == {}


def test_vectors_that_say_nothing_leave_the_words_their_order() -> None:
    told = day("Quake shakes port", "Tremor rattles harbour")
    pairs = [(0, 1, 0.9), (2, 3, 0.4)]
    found = scored(told, pairs, lambda texts: np.ones((len(texts), 4)) / 2)
    assert found[0, 1] > found[2, 3]


def test_each_pair_comes_once_smaller_first_and_always_the_same(model: SentenceModel) -> None:
    told = day("Quake shakes port", "Tremor rattles harbour", "Council raises fares")
    weights = pair_weights().meaning
    once, twice = (list(with_meaning(told, [(0, 1, 0.3)], 0.0, WITHIN, model, weights)) for _ in range(2))
    assert once == twice
    assert all(one < other for one, other, _score in once)
    assert len({pair[:2] for pair in once}) == len(once)


def test_where_no_vectors_are_to_be_had_the_words_decide() -> None:
    told = day("Quake shakes port", "Tremor rattles harbour")
    pairs = [(0, 1, 0.7), (2, 3, 0.1)]
    assert scored(told, pairs, lambda _texts: None, floor=0.5) == {(0, 1): 0.7}


def test_groups_of_a_day_take_meaning_into_account(model: SentenceModel) -> None:
    told = day("Quake shakes port of Ostrel", "Tremor rattles harbour at Ostrel")
    assert [0, 1] in cluster(told, meaning=model)
    assert [0, 1] not in cluster(told)


def test_a_window_of_one_or_none_needs_no_vectors(model: SentenceModel) -> None:
    assert cluster([document(1, "Quake")], meaning=model) == [[0]]
    assert cluster([], meaning=model) == []
