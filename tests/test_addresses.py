import json
import os
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.addresses import InvalidAddress, masked, read_address

_DEFAULT = Path(__file__).resolve().parents[1].parent / "shared" / "data"
CORPUS = Path(os.environ.get("SHARED_DATA", _DEFAULT)) / "addresses" / "addresses.json"


def corpus(expect: str | None = None) -> list[str]:
    """The shared addresses with this expectation; skips loudly without them, fails under CI."""
    if not CORPUS.is_file():
        if os.environ.get("CI"):
            pytest.fail(f"the shared addresses are missing: {CORPUS}")
        pytest.skip(f"NOT TESTED: the shared addresses are missing: {CORPUS}")
    rows = json.loads(CORPUS.read_text(encoding="utf-8"))
    return [row["address"] for row in rows if expect in (None, row["expect"])]


def accepts(text: str) -> bool:
    try:
        read_address(text)
    except InvalidAddress:
        return False
    return True


def test_an_ordinary_address_is_taken_as_typed() -> None:
    address = read_address("Ann.Reader@Example.COM")
    assert address.display == "Ann.Reader@example.com"
    assert address.key == "ann.reader@example.com"
    assert not address.needs_smtputf8


def test_spaces_around_an_address_do_not_matter() -> None:
    assert read_address("  ann@example.com ").display == "ann@example.com"


def test_an_internationalised_address_is_accepted_and_keyed_by_its_dns_name() -> None:
    address = read_address("Jürgen@BÜCHER.example.org")
    assert address.display == "Jürgen@bücher.example.org"
    assert address.ascii_domain == "xn--bcher-kva.example.org"
    assert address.key == "jürgen@xn--bcher-kva.example.org"
    assert address.needs_smtputf8


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ann@example.com", "ANN@EXAMPLE.COM"),
        ("jürgen@example.com", "ju\u0308rgen@example.com"),
        ("ann@bücher.example.org", "ann@xn--bcher-kva.example.org"),
        ("straße@example.com", "STRASSE@example.com"),
    ],
)
def test_two_spellings_of_one_mailbox_have_one_key(one: str, other: str) -> None:
    assert read_address(one).key == read_address(other).key


@pytest.mark.parametrize(
    ("typed", "hint"),
    [
        ("", "enter your"),
        ("   ", "enter your"),
        ("ann.example.com", "@ sign"),
        ("ann@bob@example.com", "@ sign"),
        ("ann@example", "example.com"),
        ("ann@192.0.2.1", "example.com"),
        ("ann@example.com\r\nBcc: bob@example.com", "invisible"),
        ("ann\x00@example.com", "invisible"),
        ("ann\u200b@example.com", "invisible"),
        ("a" * 250 + "@example.com", "longer"),
        ("a" * 65 + "@example.com", "typing errors"),
        ("ann..reader@example.com", "typing errors"),
        ("Ann <ann@example.com>", "typing errors"),
    ],
)
def test_a_wrong_address_is_refused_in_words_that_help(typed: str, hint: str) -> None:
    with pytest.raises(InvalidAddress, match=hint):
        read_address(typed)


@given(st.text())
def test_any_text_is_accepted_or_refused_and_what_is_accepted_can_stand_in_a_header(text: str) -> None:
    try:
        address = read_address(text)
    except InvalidAddress:
        return
    assert not any(unicodedata.category(c).startswith("C") for c in address.display)
    assert len(address.key) <= 320


@given(st.from_regex(r"[a-zA-Z0-9]{1,20}@[a-z]{1,20}\.(com|org|net)", fullmatch=True))
def test_reading_an_address_twice_changes_nothing(text: str) -> None:
    once = read_address(text)
    assert read_address(once.display) == once


def test_nearly_every_valid_address_of_the_corpus_is_accepted() -> None:
    valid = corpus("valid")
    assert sum(map(accepts, valid)) >= 0.98 * len(valid), [a for a in valid if not accepts(a)]


def test_nearly_every_invalid_address_of_the_corpus_is_refused() -> None:
    invalid = corpus("invalid")
    assert sum(map(accepts, invalid)) <= 0.02 * len(invalid), [a for a in invalid if accepts(a)]


def test_no_address_of_the_corpus_brings_a_control_character_through() -> None:
    for text in corpus():
        if any(unicodedata.category(c) == "Cc" for c in text):
            assert not accepts(text), repr(text)


def test_a_masked_address_shows_two_letters_and_the_ending() -> None:
    assert masked("ann@example.com") == "a…@e….com"
