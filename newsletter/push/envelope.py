"""A notice made ready for a browser's push service: encrypted for the browser alone, signed by us.

Encryption is RFC 8291 (aes128gcm), the signature RFC 8292 (VAPID): the service can neither read the notice
nor take one that is not ours. `cryptography` and `pywebpush` are loaded when they are needed.
"""

import base64
import binascii
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from urllib.parse import urlsplit

# The order of the curve P-256: a private key is a number below it (FIPS 186-5).
_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
# A push service keeps a notice for so long; a morning's is of no use in the evening.
KEEP = timedelta(hours=10)
# RFC 8292, section 2: at most a day.
_SIGNED_FOR = timedelta(hours=12)
LONGEST_ENDPOINT = 500
_POINT_OCTETS, _AUTH_OCTETS = 65, 16


class NotASubscription(ValueError):
    """What a browser sent is no push subscription."""


@dataclass(frozen=True, slots=True)
class Subscription:
    """Where a browser is told, and the keys it alone can read with, in URL-safe base64."""

    endpoint: str
    p256dh: str = field(repr=False)
    auth: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Envelope:
    """What is posted to `url`."""

    url: str
    headers: Mapping[str, str]
    body: bytes = field(repr=False)


def new_key() -> str:
    """A private key of ours, in URL-safe base64."""
    return _encoded((secrets.randbelow(_ORDER - 1) + 1).to_bytes(32, "big"))


@lru_cache(maxsize=4)
def public_key(private: str) -> str:
    """The public key that browsers are given (`applicationServerKey`), in URL-safe base64."""
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    key = ec.derive_private_key(int.from_bytes(_decoded(private), "big"), ec.SECP256R1())
    return _encoded(key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint))


def read_subscription(endpoint: str, p256dh: str, auth: str) -> Subscription:
    """What a browser sent, if it can be one. Raises `NotASubscription`."""
    parts = urlsplit(endpoint)
    if len(endpoint) > LONGEST_ENDPOINT or parts.scheme != "https" or not parts.hostname or parts.username:
        raise NotASubscription("no address of a push service")
    try:
        point, secret = _decoded(p256dh), _decoded(auth)
    except (ValueError, binascii.Error) as error:
        raise NotASubscription("no keys") from error
    if len(point) != _POINT_OCTETS or point[0] != 4 or len(secret) != _AUTH_OCTETS:
        raise NotASubscription("no keys")
    return Subscription(endpoint, _encoded(point), _encoded(secret))


def seal(notice: Mapping[str, str], to: Subscription, private: str, contact: str, now: datetime) -> Envelope:
    """The notice for this browser. Raises `NotASubscription` for keys that are no point of the curve.

    `contact` (as `mailto:news@example.com`) is whom the push service may ask about us.
    """
    from py_vapid import Vapid02
    from pywebpush import WebPusher

    parts = urlsplit(to.endpoint)
    claims = {
        "aud": f"{parts.scheme}://{parts.netloc}",
        "exp": int((now + _SIGNED_FOR).timestamp()),
        "sub": contact,
    }
    info = {"endpoint": to.endpoint, "keys": {"p256dh": to.p256dh, "auth": to.auth}}
    try:
        body = WebPusher(info).encode(json.dumps(notice, ensure_ascii=False).encode())["body"]
        signature = Vapid02.from_raw(private.encode()).sign(claims)
    except Exception as error:  # whatever the libraries call it: what the browser sent is no good
        raise NotASubscription("no keys, or no address") from error
    headers = {
        "Content-Encoding": "aes128gcm",
        "Content-Type": "application/octet-stream",
        "TTL": str(int(KEEP.total_seconds())),
        "Urgency": "normal",
        **signature,
    }
    return Envelope(to.endpoint, headers, body)


def _encoded(octets: bytes) -> str:
    return base64.urlsafe_b64encode(octets).decode().rstrip("=")


def _decoded(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
