import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.mutes import MOST, TooManyMutes, read_mutes, with_mute, without_mute, write_mutes


def test_a_source_is_added_once_at_the_end_and_taken_out_again() -> None:
    assert with_mute("", 7) == "7"
    assert with_mute("7", 3) == "7,3"
    assert with_mute("7,3", 7) == "7,3"
    assert without_mute("7,3", 7) == "3"
    assert without_mute("3", 9) == "3"


def test_there_is_room_for_fifty_and_who_is_among_them_may_be_named_again() -> None:
    full = write_mutes(tuple(range(1, MOST + 1)))
    assert with_mute(full, 50) == full
    with pytest.raises(TooManyMutes):
        with_mute(full, 51)
    assert with_mute(without_mute(full, 1), 51).endswith(",50,51")


@given(st.text(max_size=300))
def test_any_text_is_read_and_what_is_written_reads_the_same(text: str) -> None:
    ids = read_mutes(text)
    assert len(ids) <= MOST
    assert read_mutes(write_mutes(ids)) == ids


def test_what_is_no_number_is_passed_over() -> None:
    assert read_mutes("1, x,,2,2,-3,٤,99999999999,5") == (1, 2, 5)
