"""The truth to measure a grouping by."""

import pytest

from newsletter.demo.marks import bcubed_f1, event_marks, event_of
from newsletter.demo.world import load_entries

BASE = "http://127.0.0.1:8801"


def test_every_address_a_reader_may_meet_is_marked() -> None:
    marks = event_marks(BASE)
    assert len(marks) == len(load_entries()) - 1
    assert marks[f"{BASE}/articles/tern-home/chain-bridge-1"] == "chain-bridge"
    assert all(event_of(f"{url}?utm_source=feed") == event for url, event in marks.items())
    assert event_of(f"{BASE}/articles/tern-home/none") is None


def test_marks_can_be_of_some_days_and_one_language() -> None:
    newest = event_marks(BASE, days=[0], language="en")
    assert 0 < len(newest) < len(event_marks(BASE, days=[0])) < len(event_marks(BASE))
    assert not any("/havan/" in url for url in newest)


def test_a_perfect_grouping_scores_one_and_others_less() -> None:
    marks = {"a": "x", "b": "x", "c": "y", "d": "y"}
    assert bcubed_f1([["a", "b"], ["c", "d"]], marks) == 1.0
    assert bcubed_f1([["a"], ["b"], ["c"], ["d"]], marks) == pytest.approx(2 / 3)
    assert bcubed_f1([["a", "b", "c", "d"]], marks) == pytest.approx(2 / 3)
    assert bcubed_f1([["a", "b", "stranger"], ["c", "d"]], marks) == 1.0


def test_a_grouping_without_marked_addresses_cannot_be_scored() -> None:
    with pytest.raises(ValueError, match="mark"):
        bcubed_f1([["stranger"]], {"a": "x"})
