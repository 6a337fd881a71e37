"""Tokens: for one purpose, for one reader, across key rotation, and nothing else."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.tokens import (
    InvalidToken,
    Purpose,
    make_dated_token,
    make_token,
    read_dated_token,
    read_token,
)

OLD, NEW = "old-key-" + "0" * 32, "new-key-" + "1" * 32
TOKEN = make_token([NEW], Purpose.MANAGE, "reader-handle")


@given(st.text(min_size=1, max_size=40))
def test_a_token_names_its_reader(handle: str) -> None:
    assert read_token([NEW], Purpose.MANAGE, make_token([NEW], Purpose.MANAGE, handle)) == handle


@pytest.mark.parametrize("purpose", [p for p in Purpose if p is not Purpose.MANAGE])
def test_a_token_serves_no_other_purpose(purpose: Purpose) -> None:
    with pytest.raises(InvalidToken):
        read_token([NEW], purpose, TOKEN)


def test_a_token_survives_the_rotation_of_keys_and_new_ones_use_the_newest() -> None:
    old = make_token([OLD], Purpose.UNSUBSCRIBE, "r")
    assert read_token([NEW, OLD], Purpose.UNSUBSCRIBE, old) == "r"
    fresh = make_token([NEW, OLD], Purpose.UNSUBSCRIBE, "r")
    assert read_token([NEW], Purpose.UNSUBSCRIBE, fresh) == "r"
    with pytest.raises(InvalidToken):
        read_token([NEW], Purpose.UNSUBSCRIBE, old)


def test_a_dated_token_dies_when_its_time_is_over() -> None:
    made_at = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)
    week = timedelta(days=7)
    token = make_dated_token([NEW], Purpose.CONFIRM, "r", made_at)
    assert read_dated_token([NEW], Purpose.CONFIRM, token, made_at + week, week) == "r"
    with pytest.raises(InvalidToken):
        read_dated_token([NEW], Purpose.CONFIRM, token, made_at + week + timedelta(seconds=1), week)


def test_a_token_with_a_date_and_one_without_do_not_stand_for_each_other() -> None:
    now = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)
    with pytest.raises(InvalidToken):
        read_token([NEW], Purpose.CONFIRM, make_dated_token([NEW], Purpose.CONFIRM, "r", now))
    with pytest.raises(InvalidToken):
        read_dated_token([NEW], Purpose.MANAGE, TOKEN, now, timedelta(days=7))


def test_the_same_values_make_the_same_token() -> None:
    assert make_token([NEW], Purpose.MANAGE, "reader-handle") == TOKEN


@given(st.integers(0, len(TOKEN) - 1), st.sampled_from("ABCxyz019-_.=/ \x00é"))
def test_no_altered_token_is_accepted(position: int, letter: str) -> None:
    altered = TOKEN[:position] + letter + TOKEN[position + 1 :]
    if altered == TOKEN:
        return
    with pytest.raises(InvalidToken):
        read_token([NEW], Purpose.MANAGE, altered)


@given(st.text(max_size=2000))
def test_any_text_is_refused_in_the_one_way(text: str) -> None:
    with pytest.raises(InvalidToken):
        read_token([NEW], Purpose.MANAGE, text)
