"""Addresses: the short way for plain ones gives what the validator gives."""

import email_validator
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from newsletter.mail.mailbox import Mailbox, read_mailbox


def by_the_validator(value: str) -> Mailbox | None:
    """What email-validator makes of the value; None when it refuses."""
    if any(letter in value for letter in "\r\n\0"):
        return None
    try:
        found = email_validator.validate_email(
            value, check_deliverability=False, globally_deliverable=False, allow_display_name=True
        )
    except email_validator.EmailNotValidError:
        return None
    return Mailbox(found.display_name or "", f"{found.local_part}@{found.ascii_domain}")


def by_us(value: str) -> Mailbox | None:
    try:
        return read_mailbox(value)
    except ValueError:
        return None


atoms = st.text("abzAZ09!#$%&'*+/=?^_`{|}~-", min_size=1, max_size=8)
names = st.lists(atoms, min_size=1, max_size=3).map(".".join)
special = st.sampled_from(["Postmaster", "NEWS", "news", "Ann", "abuse", "a..b", ".a", "a.", '"a b"', "jörg"])
labels = st.text("abzAZ09-", min_size=1, max_size=6) | st.sampled_from(
    ["xn--bcher-kva", "a--b", "x" * 63, "x" * 64]
)
endings = st.sampled_from(
    ["org", "COM", "test", "local", "Localhost", "arpa", "invalid", "1", "onion", "a_b", "é"]
)
domains = st.builds(lambda front, end: ".".join([*front, end]), st.lists(labels, max_size=4), endings)
addresses = st.builds("{}@{}".format, names | special, domains)


@given(addresses | st.text("ab@.-<> ", max_size=12))
@example(f"{'a' * 64}@{'b' * 63}.{'c' * 63}.{'d' * 61}")
@example(f"{'a' * 65}@{'b' * 63}.{'c' * 63}.{'d' * 61}")
@example("ann@example.org\n")
@example("Ann <ann@example.org>")
def test_every_address_is_read_as_the_validator_reads_it(value: str) -> None:
    assert by_us(value) == by_the_validator(value)


@pytest.mark.parametrize("value", ["ann@example.org", "first.last+tag@mail.Example.ORG", "o'neil_9@a.b"])
def test_a_plain_address_never_meets_the_validator(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = by_the_validator(value)
    monkeypatch.setattr("newsletter.mail.mailbox.validate_email", None)

    assert read_mailbox(value) == expected
