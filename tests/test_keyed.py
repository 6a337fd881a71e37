"""Our prepared HMAC against the standard library's."""

import hmac

from hypothesis import given
from hypothesis import strategies as st

from newsletter.keyed import KeyedHash


@given(st.binary(max_size=200), st.binary(max_size=80), st.binary(max_size=200))
def test_it_is_hmac_sha256_of_prefix_and_message(key: bytes, prefix: bytes, message: bytes) -> None:
    assert KeyedHash(key, prefix).of(message) == hmac.digest(key, prefix + message, "sha256")


def test_one_may_be_asked_again_and_again() -> None:
    keyed = KeyedHash(b"key")

    assert keyed.of(b"one") == keyed.of(b"one") != keyed.of(b"two")
