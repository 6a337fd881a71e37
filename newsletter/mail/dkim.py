"""DKIM: a message signed with RSA and with Ed25519 side by side (RFC 6376, RFC 8463).

dkimpy canonicalises, folds and decides what is hashed (`dkim_field`); `cryptography` does the
arithmetic, which dkimpy does in Python, forty times slower, and leaves other threads free meanwhile.
"""

import base64
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.hashes import SHA256

from newsletter.mail.dkim_field import POLICY, Head

_END_OF_HEAD = b"\r\n\r\n"
_PADDING, _DIGEST = PKCS1v15(), Prehashed(SHA256())
_NO_HASH = base64.b64encode(bytes(32))


class PrivateKey(Protocol):
    """The arithmetic of one algorithm."""

    @property
    def algorithm(self) -> str:
        """As the tag `a=` names it."""

    @property
    def octets(self) -> int:
        """How long its signatures are."""

    def sign(self, digest: bytes) -> bytes:
        """The signature of a SHA-256 digest, always the same for the same digest."""


@dataclass(frozen=True, slots=True)
class RsaKey:
    """RSASSA-PKCS1-v1_5 (RFC 6376, section 3.3)."""

    key: RSAPrivateKey = field(repr=False)
    algorithm: str = "rsa-sha256"

    @property
    def octets(self) -> int:
        return self.key.key_size // 8

    def sign(self, digest: bytes) -> bytes:
        return self.key.sign(digest, _PADDING, _DIGEST)


@dataclass(frozen=True, slots=True)
class Ed25519Key:
    """PureEdDSA of the digest (RFC 8463, section 3)."""

    key: Ed25519PrivateKey = field(repr=False)
    algorithm: str = "ed25519-sha256"
    octets: int = 64

    def sign(self, digest: bytes) -> bytes:
        return self.key.sign(digest)


@dataclass(frozen=True, slots=True)
class Signer:
    """Signs for `domain` with each of `keys`, given with the selector its public half stands under."""

    domain: str
    keys: tuple[tuple[str, RsaKey | Ed25519Key], ...]

    def sign(self, message: bytes, written_at: datetime) -> bytes:
        """`message` with a signature of each key before it.

        `message` is CRLF bytes, as `build_message` makes them; `written_at` becomes the tag `t=`.
        The same message and moment give the same bytes.
        """
        head, _, body = message.partition(_END_OF_HEAD)
        body_hash = base64.b64encode(hashlib.sha256(POLICY.canonicalize_body(body)).digest())
        parsed = Head(head)
        fields = (parsed.field(tags, key.sign) for key, tags in self._tags(body_hash, written_at))
        return b"".join([*fields, message])

    def forms(self, message: bytes, written_at: datetime) -> Iterator[tuple[PrivateKey, bytes, bytes]]:
        """For each key, what is hashed of the message's head, and its field; nothing is signed.

        In place of the body's hash and of the signature stand others of their length.
        """
        parsed = Head(message.partition(_END_OF_HEAD)[0])
        for key, tags in self._tags(_NO_HASH, written_at):
            yield key, *parsed.form(tags, key.octets)

    def _tags(
        self, body_hash: bytes, written_at: datetime
    ) -> Iterator[tuple[PrivateKey, dict[bytes, bytes]]]:
        """Each key with the tags of its field (RFC 6376, section 3.5)."""
        for selector, key in self.keys:
            yield (
                key,
                {
                    b"v": b"1",
                    b"a": key.algorithm.encode("ascii"),
                    b"s": selector.encode("ascii"),
                    b"d": self.domain.encode("ascii"),
                    b"t": in_seconds(written_at),
                    b"bh": body_hash,
                },
            )


def in_seconds(moment: datetime) -> bytes:
    """A moment as the tag `t=` has it."""
    return b"%d" % int(moment.timestamp())
