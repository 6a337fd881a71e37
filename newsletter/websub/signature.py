"""The signature under what a hub sends: an HMAC of the body with our secret (WebSub, section 7.1). Pure."""

import hmac
from collections.abc import Iterable

# SHA-1 is broken for collisions, not in an HMAC; most hubs know no other.
_METHODS = frozenset(("sha1", "sha256", "sha384", "sha512"))
_LONGEST = 200


def is_genuine(body: Iterable[bytes], header: str, secret: str) -> bool:
    """Whether `header`, as `method=hex`, signs the body that comes in these pieces; in constant time.

    The body is not touched where the header can be no signature.
    """
    method, _, told = header[:_LONGEST].strip().partition("=")
    if method.lower() not in _METHODS or not told.isascii():
        return False
    counted = hmac.new(secret.encode(), digestmod=method.lower())
    for piece in body:
        counted.update(piece)
    return hmac.compare_digest(counted.hexdigest(), told.strip().lower())
