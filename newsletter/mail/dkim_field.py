"""One DKIM-Signature field, as dkimpy writes it: what is covered, how it is canonicalised and folded.

RFC 6376. dkimpy decides; the hash and the arithmetic are handed in, so that nothing of it is replaced.
"""

import hashlib
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import dkim
from dkim.canonicalization import CanonicalizationPolicy

# Covered wherever a message has them: what a reader sees, and what their mail program acts upon.
# Section 5.4.1; RFC 8058, section 4 asks for the two of List-Unsubscribe.
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
_ORDER = (b"v", b"a", b"s", b"c", b"d", b"t", b"h", b"bh", b"b")
# How head and body are brought into the form that is hashed (section 3.4).
POLICY = CanonicalizationPolicy.from_c_value(b"relaxed/simple")
# What dkimpy folds the field with before the signature is known: it gives `b=` a line of its own.
_NOT_YET_SIGNED = b"0" * 60
# For Ed25519 dkimpy asks the key's own `sign` with the digest; we take that way for RSA as well. The
# tag `a=` names the true algorithm.
_HANDED_OVER = b"ed25519-sha256"

Tags = Mapping[bytes, bytes]


class Head:
    """The head of a message, without the empty line after it, about to be signed."""

    def __init__(self, head: bytes) -> None:
        self._form = dkim.DKIM(head, signature_algorithm=_HANDED_OVER)
        present = Counter(name.lower() for name, _value in self._form.headers)
        named = [name for name in COVERED for _ in range(present[name])]
        self._covered = [*named, *_OVERSIGNED]

    def field(self, tags: Tags, sign: Callable[[bytes], bytes]) -> bytes:
        """The field with these tags (v, a, s, d, t, bh), ended by CRLF; `sign` is given the digest."""
        return self._field(tags, hashlib.sha256, sign)

    def form(self, tags: Tags, octets: int) -> tuple[bytes, bytes]:
        """What would be hashed, and the field with zeros for a signature of so many octets."""
        hashed = _Hashed()
        field = self._field(tags, lambda: hashed, lambda _digest: bytes(octets))
        return bytes(hashed.octets), field

    def _field(self, tags: Tags, hasher: Callable[[], object], sign: Callable[[bytes], bytes]) -> bytes:
        every = {b"c": POLICY.to_c_value(), b"h": b" : ".join(self._covered), b"b": _NOT_YET_SIGNED, **tags}
        self._form.hasher = hasher
        value: bytes = self._form.gen_header(
            [(tag, every[tag]) for tag in _ORDER],
            self._covered,
            POLICY,
            b"DKIM-Signature",
            _AsDkimpyAsks(sign),
        )
        return b"DKIM-Signature: " + value


@dataclass(frozen=True, slots=True)
class _Signed:
    signature: bytes


@dataclass(frozen=True, slots=True)
class _AsDkimpyAsks:
    """What signs, in the shape dkimpy expects of a key for Ed25519."""

    signature_of: Callable[[bytes], bytes]

    def sign(self, digest: bytes) -> _Signed:
        return _Signed(self.signature_of(digest))


class _Hashed:
    """Keeps what dkimpy would have hashed."""

    name = "sha256"

    def __init__(self) -> None:
        self.octets = bytearray()

    def update(self, octets: bytes) -> None:
        self.octets += octets

    def digest(self) -> bytes:
        return b""
