"""Tokens: for one purpose, for one reader, across key rotation, and nothing else."""

import hashlib
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from itsdangerous import Signer

from newsletter.tokens import (
    InvalidToken,
    Purpose,
    TokenMaker,
    make_dated_token,
    make_token,
    read_dated_token,
    read_token,
)

OLD, NEW = "old-key-" + "0" * 32, "new-key-" + "1" * 32
TOKEN = make_token([NEW], Purpose.MANAGE, "reader-handle")


LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_"
handles = st.text(LETTERS, min_size=1, max_size=64)


@given(handles)
def test_a_token_names_its_reader(handle: str) -> None:
    assert read_token([NEW], Purpose.MANAGE, make_token([NEW], Purpose.MANAGE, handle)) == handle


@given(handles, st.sampled_from(Purpose))
def test_a_prepared_maker_makes_what_itsdangerous_signs(handle: str, purpose: Purpose) -> None:
    salt = f"newsletter.{purpose}"
    theirs = Signer([OLD, NEW], salt=salt, key_derivation="hmac", digest_method=hashlib.sha256)
    assert TokenMaker([NEW, OLD], purpose).make(handle) == theirs.sign(handle).decode()


@given(handles, handles)
def test_handles_of_one_length_make_tokens_of_one_shape(one: str, other: str) -> None:
    other = other.ljust(len(one), "x")[: len(one)]
    first, second = (make_token([NEW], Purpose.MANAGE, handle) for handle in (one, other))
    assert len(first) == len(second)
    assert (first.index("."), first.count(".")) == (second.index("."), second.count("."))


@given(st.text(max_size=80).filter(lambda text: not set(text) <= set(LETTERS) or not 1 <= len(text) <= 64))
def test_what_is_no_handle_gets_no_token(handle: str) -> None:
    with pytest.raises(ValueError, match="handle"):
        make_token([NEW], Purpose.MANAGE, handle)
    with pytest.raises(ValueError, match="handle"):
        make_dated_token([NEW], Purpose.CONFIRM, handle, datetime(2026, 11, 22, tzinfo=UTC))


@pytest.mark.parametrize("spare", [1, 2, 3])
def test_the_last_letters_spare_bits_are_no_second_spelling(spare: int) -> None:
    # 43 letters hold 258 bits, a signature 256.
    order = LETTERS[26:52] + LETTERS[:26] + LETTERS[52:]
    last = order.index(TOKEN[-1])
    respelt = TOKEN[:-1] + order[last ^ spare]
    with pytest.raises(InvalidToken):
        read_token([NEW], Purpose.MANAGE, respelt)


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
