"""Tokens: for one purpose, for one reader, across key rotation, and nothing else."""

from datetime import timedelta

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st

from newsletter.tokens import InvalidToken, Purpose, make_token, read_token

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


def test_a_token_dies_when_its_time_is_over_unless_it_never_does() -> None:
    with time_machine.travel("2026-11-22T06:00Z"):
        token = make_token([NEW], Purpose.CONFIRM, "r")
    with time_machine.travel("2026-11-29T05:59Z"):
        assert read_token([NEW], Purpose.CONFIRM, token, timedelta(days=7)) == "r"
    with time_machine.travel("2026-11-29T06:01Z"), pytest.raises(InvalidToken):
        read_token([NEW], Purpose.CONFIRM, token, timedelta(days=7))
    with time_machine.travel("2036-11-29T06:01Z"):
        assert read_token([NEW], Purpose.CONFIRM, token) == "r"


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
