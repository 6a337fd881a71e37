"""Text in lines of 78 characters."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.mail.wrapping import wrap


@given(st.lists(st.text(st.characters(codec="ascii", categories=["L"]), min_size=1, max_size=90)))
def test_wrapping_loses_no_letter_and_keeps_to_the_width(words: list[str]) -> None:
    lines = wrap(" ".join(words), 2, "- ").split("\n")
    assert max(map(len, lines)) <= 78
    assert lines[0].startswith("  - ")
    assert all(line.startswith("    ") for line in lines[1:])
    assert "".join(" ".join(lines)[4:].split()) == "".join(words)


def test_an_address_is_never_broken() -> None:
    address = "https://example.org/" + "a" * 100
    assert wrap(f"see {address} there") == f"see\n{address}\nthere"


_FRENCH = st.text(st.sampled_from("ab \u00a0\u202f:;!?«»\n"), max_size=300)


@given(_FRENCH)
def test_lines_are_only_broken_at_ordinary_spaces(text: str) -> None:
    together = max(map(len, re.split("[ \n]+", text)))
    lines = wrap(text).split("\n")
    if together <= 78:
        assert " ".join(lines) == re.sub("[ \n]+", " ", text.strip())
    assert max(map(len, lines)) <= 78


@pytest.mark.parametrize("tie", ["\u00a0", "\u202f"])
def test_no_line_begins_with_a_mark_that_french_sets_apart(tie: str) -> None:
    words = f"{'x' * 76} mot{tie}: oui{tie}!"
    assert wrap(words) == f"{'x' * 76}\nmot{tie}: oui{tie}!"
