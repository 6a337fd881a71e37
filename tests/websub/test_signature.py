"""Signatures under messages, against values known from elsewhere."""

from collections.abc import Iterator

import pytest

from newsletter.websub.signature import is_genuine

FOX = [b"The quick brown fox ", b"jumps over the lazy dog"]
SHA1 = "de7c9b85b8b78aa6bc8a7a36f70a90701c9db4d9"
SHA256 = "f7bc83f430538424b13298e6aa6fb143ef4d59a14946175997479dbc2d1a3cd8"


@pytest.mark.parametrize(
    ("header", "genuine"),
    [
        (f"sha1={SHA1}", True),
        (f"sha256={SHA256}", True),
        (f" SHA256={SHA256.upper()} ", True),
        (f"sha1={SHA256}", False),
        (f"sha256={SHA256[:-1]}0", False),
        (f"sha256={SHA256}0", False),
        (SHA256, False),
        ("sha256=", False),
        ("sha256", False),
        ("", False),
        ("=" * 1_000, False),
        (f"md5={SHA1}", False),
        ("sha256=é", False),
    ],
)
def test_only_the_right_signature_of_a_known_kind_is_genuine(header: str, genuine: bool) -> None:
    assert is_genuine(FOX, header, "key") == genuine


def test_the_secret_and_the_whole_body_count() -> None:
    assert not is_genuine(FOX, f"sha256={SHA256}", "Key")
    assert not is_genuine(FOX[:1], f"sha256={SHA256}", "key")


def test_a_body_nobody_signed_is_not_read() -> None:
    read = []

    def body() -> Iterator[bytes]:
        read.append("begun")
        yield b""

    assert not is_genuine(body(), "", "key")
    assert not is_genuine(body(), "crc32=00", "key")
    assert not read
