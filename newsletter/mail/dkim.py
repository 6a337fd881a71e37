"""DKIM: a message signed with RSA and with Ed25519 side by side (RFC 6376, RFC 8463).

dkimpy canonicalises, folds and decides what is hashed; `cryptography` does the arithmetic, which
dkimpy does in Python, forty times slower.
"""

import base64
import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

import dkim
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.hashes import SHA256
from dkim.canonicalization import CanonicalizationPolicy

# Covered wherever a message has them: what a reader sees, and what their mail program acts upon.
# RFC 6376, section 5.4.1; RFC 8058, section 4 asks for the two of List-Unsubscribe.
COVERED = (
    b"from",
    b"to",
    b"reply-to",
    b"subject",
    b"date",
    b"message-id",
    b"mime-version",
    b"content-type",
    b"list-id",
    b"list-unsubscribe",
    b"list-unsubscribe-post",
    b"feedback-id",
    b"auto-submitted",
)
# Named once more than it stands there, so that a second one breaks the signature (section 8.15).
_OVERSIGNED = (b"from",)
_POLICY = CanonicalizationPolicy.from_c_value(b"relaxed/simple")
_END_OF_HEAD = b"\r\n\r\n"
# What dkimpy folds the field with before the signature is known: it gives `b=` a line of its own.
_NOT_YET_SIGNED = b"0" * 60


class PrivateKey(Protocol):
    """The arithmetic of one algorithm."""

    @property
    def algorithm(self) -> str:
        """As the tag `a=` names it."""

    def sign(self, digest: bytes) -> bytes:
        """The signature of a SHA-256 digest, always the same for the same digest."""


@dataclass(frozen=True, slots=True)
class RsaKey:
    """RSASSA-PKCS1-v1_5 (RFC 6376, section 3.3)."""

    key: RSAPrivateKey = field(repr=False)
    algorithm: str = "rsa-sha256"

    def sign(self, digest: bytes) -> bytes:
        return self.key.sign(digest, PKCS1v15(), Prehashed(SHA256()))


@dataclass(frozen=True, slots=True)
class Ed25519Key:
    """PureEdDSA of the digest (RFC 8463, section 3)."""

    key: Ed25519PrivateKey = field(repr=False)
    algorithm: str = "ed25519-sha256"

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
        body_hash = hashlib.sha256(_POLICY.canonicalize_body(body)).digest()
        form = dkim.DKIM(head, signature_algorithm=_HANDED_OVER)
        form.hasher = hashlib.sha256
        covered = _covered(form)
        common = {
            b"c": _POLICY.to_c_value(),
            b"d": self.domain.encode("ascii"),
            b"t": str(int(written_at.timestamp())).encode(),
            b"h": b" : ".join(covered),
            b"bh": base64.b64encode(body_hash),
            b"b": _NOT_YET_SIGNED,
        }
        fields = (_field(form, selector, key, covered, common) for selector, key in self.keys)
        return b"".join([*fields, message])


# For Ed25519 dkimpy asks the key's own `sign` with the digest; we take that way for RSA as well, so
# that nothing of dkimpy has to be replaced. The tag `a=` names the true algorithm.
_HANDED_OVER = b"ed25519-sha256"


@dataclass(frozen=True, slots=True)
class _Signed:
    signature: bytes


@dataclass(frozen=True, slots=True)
class _AsDkimpyAsks:
    """A key in the shape dkimpy expects of one for Ed25519."""

    key: PrivateKey

    def sign(self, digest: bytes) -> _Signed:
        return _Signed(self.key.sign(digest))


def _field(
    form: dkim.DKIM, selector: str, key: PrivateKey, covered: Sequence[bytes], common: dict[bytes, bytes]
) -> bytes:
    """One DKIM-Signature field, ended by CRLF (RFC 6376, section 3.5)."""
    tags = {b"v": b"1", b"a": key.algorithm.encode(), b"s": selector.encode("ascii"), **common}
    value: bytes = form.gen_header(
        list(tags.items()), covered, _POLICY, b"DKIM-Signature", _AsDkimpyAsks(key)
    )
    return b"DKIM-Signature: " + value


def _covered(form: dkim.DKIM) -> list[bytes]:
    """The names of the fields to be signed, each as often as the message has it."""
    present = Counter(name.lower() for name, _value in form.headers)
    named = [name for name in COVERED for _ in range(present[name])]
    return [*named, *_OVERSIGNED]
