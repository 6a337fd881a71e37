"""Articles judged together: a story's mean, and what lies near it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.editions.topic_fits import NEAR, SHARE, judged_together, of_one_story
from newsletter.editions.topic_model import TopicModel, term_matrix

WORDS = tuple("abcdefgh")


def model() -> TopicModel:
    """Two topics: `a` speaks for the one, `b` for the other, all other words for neither."""
    weights = np.zeros((len(WORDS), 2), dtype=np.float32)
    weights[0, 0] = weights[1, 1] = 4.0
    ones, zeros = np.ones(2, dtype=np.float32), np.zeros(2, dtype=np.float32)
    terms = {word: place for place, word in enumerate(WORDS)}
    rarity = np.ones(len(WORDS), dtype=np.float32)
    return TopicModel(("one", "other"), terms, rarity, weights, ones, zeros, ones / 2, (1.0, 1.0))


def test_an_article_of_open_topic_goes_where_its_near_ones_go() -> None:
    told = [["c", "d"], ["a", "c", "d"], ["b", "e", "f"]]
    alone = model().fits(told)
    together = judged_together(model(), told, [1, 2, 3])
    assert alone[0, 0] == alone[0, 1]
    assert together[0, 0] > together[0, 1]
    assert together[2] == pytest.approx(alone[2])


def test_a_story_is_judged_as_one() -> None:
    told = [["a", "c"], ["d", "e"], ["f"]]
    fits = judged_together(model(), told, [7, 7, 9])
    assert fits[0] == pytest.approx(fits[1])
    assert fits[0, 0] > fits[2, 0]


@given(st.lists(st.lists(st.sampled_from(WORDS), max_size=5), min_size=1, max_size=12), st.data())
def test_it_is_what_adding_up_pair_by_pair_gives(told: list[list[str]], data: st.DataObject) -> None:
    stories = data.draw(st.lists(st.integers(0, 4), min_size=len(told), max_size=len(told)))
    own = of_one_story(model().fits(told), stories)
    rows = term_matrix(told, model().terms, model().rarity).toarray()
    expected = []
    for here, row in enumerate(rows):
        near = {at: float(row @ other) for at, other in enumerate(rows) if at != here and row @ other >= NEAR}
        around = sum((value * own[at] for at, value in near.items()), np.zeros(2))
        mean = around / sum(near.values()) if near else own[here]
        expected.append((own[here] + SHARE * mean) / (1 + SHARE))
    found = judged_together(model(), told, stories)
    assert found == pytest.approx(of_one_story(np.array(expected), stories), abs=1e-4)
    assert ((found >= 0) & (found <= 1)).all()
