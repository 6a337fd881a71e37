"""Return paths: the delivery is read back, whatever relays do to letters, and nobody can make one up."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.mail.mailbox import read_mailbox
from newsletter.mail.verp import read_return_path, return_path

OLD, NEW = "old-key-" + "0" * 32, "new-key-" + "1" * 32
BOUNCES = "bounces@example.com"
RELAYS = st.sampled_from([str.lower, str.upper, str.title, str.swapcase])
numbers = st.integers(0, 2**63 - 1)


@given(numbers, RELAYS)
def test_the_delivery_is_read_back_in_any_case(number: int, relayed: Callable[[str], str]) -> None:
    assert read_return_path(relayed(return_path(BOUNCES, number, [NEW])), [NEW]) == number


@given(numbers)
def test_it_is_an_address_of_the_bounce_addresses_domain(number: int) -> None:
    path = return_path(f"{'b' * 34}@example.com", number, [NEW])
    local, _, domain = path.rpartition("@")

    assert domain == "example.com"
    assert len(local) <= 64
    assert read_mailbox(path).address == path
    assert local.rpartition("+")[2].isalnum()


def test_a_bounce_address_without_room_for_a_tag_is_refused() -> None:
    with pytest.raises(ValueError, match="too long"):
        return_path(f"{'b' * 60}@example.com", 1, [NEW])


def test_the_newest_key_signs_and_any_is_believed() -> None:
    old = return_path(BOUNCES, 7, [OLD])
    assert read_return_path(old, [NEW, OLD]) == 7
    assert read_return_path(return_path(BOUNCES, 7, [NEW, OLD]), [NEW]) == 7
    with pytest.raises(ValueError, match="not made here"):
        read_return_path(old, [NEW])


def test_a_tag_reads_the_same_under_a_bounce_address_that_has_changed() -> None:
    tag = return_path(BOUNCES, 7, [NEW]).partition("@")[0].partition("+")[2]
    assert read_return_path(f"back+of+the+shop+{tag}@example.net", [NEW]) == 7


PATH = return_path(BOUNCES, 123_456, [NEW])
TAG_AT = PATH.index("+") + 1


@given(st.integers(TAG_AT, PATH.index("@") - 1), st.sampled_from("0189afguvz_-+. é\u0660ſK"))
def test_no_altered_tag_is_believed(position: int, letter: str) -> None:
    altered = PATH[:position] + letter + PATH[position + 1 :]
    if altered.isascii() and altered.lower() == PATH:
        return
    with pytest.raises(ValueError, match="return path"):
        read_return_path(altered, [NEW])


@pytest.mark.parametrize("padded", ["0", "00", "_"])
def test_a_number_has_one_spelling(padded: str) -> None:
    with pytest.raises(ValueError, match="return path"):
        read_return_path(PATH[:TAG_AT] + padded + PATH[TAG_AT:], [NEW])


@given(st.text(max_size=100) | st.from_regex(r"[a-z+]{0,5}[0-9a-v]{16,30}@x"))
def test_any_other_text_is_refused(address: str) -> None:
    with pytest.raises(ValueError, match="return path"):
        read_return_path(address, [NEW])
