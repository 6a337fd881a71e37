"""The nearest by meaning are found in slices, as if every pair had been looked at."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.editions.near_meaning import NEIGHBOURS, find_near, likeness, once

WITHIN = 50.0


def unit_rows(seed: int, count: int) -> Any:
    rows = np.random.default_rng(seed).standard_normal((count, 12))
    return rows / np.linalg.norm(rows, axis=1)[:, None]


@given(st.integers(0, 10_000), st.integers(1, 700), st.floats(-0.2, 0.8))
def test_slices_find_what_looking_at_every_pair_finds(seed: int, count: int, least: float) -> None:
    rows = unit_rows(seed, count)
    seconds = np.random.default_rng(seed + 1).integers(0, 100, count).astype(float)
    alike = rows @ rows.T
    alike[(abs(seconds[:, None] - seconds[None]) > WITHIN) | np.eye(count, dtype=bool)] = -2
    nearest = np.argsort(-alike, axis=1)[:, :NEIGHBOURS]
    expected = {
        (min(one, other), max(one, other))
        for one, found in enumerate(nearest.tolist())
        for other in found
        if alike[one, other] >= least
    }
    ones, others = find_near(rows, seconds, WITHIN, least)
    assert list(zip(ones.tolist(), others.tolist(), strict=True)) == sorted(expected)


def test_none_are_near_where_all_are_days_apart() -> None:
    ones, others = find_near(unit_rows(1, 3), np.array([0.0, 100.0, 200.0]), WITHIN, -1.0)
    assert len(ones) == len(others) == 0


def test_a_pair_named_both_ways_comes_once() -> None:
    ones, others = once(np.array([3, 1, 3]), np.array([1, 3, 0]), 4)
    assert (ones.tolist(), others.tolist()) == ([0, 1], [3, 3])


def test_the_likeness_of_many_pairs_is_that_of_each() -> None:
    rows = unit_rows(2, 40)
    ones, others = np.arange(10_000) % 40, np.arange(10_000) % 37
    told = likeness(rows, ones, others)
    assert told[9_999] == pytest.approx(rows[9_999 % 40] @ rows[9_999 % 37])
    assert len(told) == 10_000
    assert len(likeness(rows, ones[:0], others[:0])) == 0
