"""HMAC-SHA256 with the key's work done once: a morning's mail asks for several a reader.

`hmac.HMAC.copy` costs three times as much as the two hashes it is made of.
"""

import hashlib

_BLOCK = 64
_INNER = bytes(octet ^ 0x36 for octet in range(256))
_OUTER = bytes(octet ^ 0x5C for octet in range(256))


class KeyedHash:
    """HMAC-SHA256 under one key (RFC 2104), of messages that begin with `prefix`."""

    __slots__ = ("_inner", "_outer")

    def __init__(self, key: bytes, prefix: bytes = b"") -> None:
        key = hashlib.sha256(key).digest() if len(key) > _BLOCK else key
        padded = key.ljust(_BLOCK, b"\0")
        self._inner = hashlib.sha256(padded.translate(_INNER) + prefix)
        self._outer = hashlib.sha256(padded.translate(_OUTER))

    def of(self, message: bytes) -> bytes:
        """The 32 octets of the prefix and this message."""
        inner, outer = self._inner.copy(), self._outer.copy()
        inner.update(message)
        outer.update(inner.digest())
        return outer.digest()
