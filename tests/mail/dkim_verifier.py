"""Keys to sign with, the DNS that publishes them, and dkimpy as the verifier."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import lru_cache

import dkim

from newsletter.mail.dkim import Signer
from newsletter.mail.dkim_keys import Kind, make_key, read_key, record_name, record_value, selector_of

DOMAIN = "example.com"
# Long past wherever this runs: verifiers refuse what was signed in the future.
WRITTEN_AT = datetime(2026, 1, 5, 5, 0, tzinfo=UTC)
BOTH = [True, True]
NEITHER = [False, False]


@lru_cache
def signer() -> Signer:
    return Signer(DOMAIN, tuple((selector_of("news", kind), read_key(kind, make_key(kind))) for kind in Kind))


def records() -> dict[str, str]:
    """What the DNS would answer."""
    return {record_name(DOMAIN, selector): record_value(key) for selector, key in signer().keys}


def verified(mail: bytes) -> list[bool]:
    """What dkimpy, with its own arithmetic, says of each signature of a mail."""
    published = records()

    def look_up(name: bytes, timeout: int = 5) -> bytes:
        return published[name.decode().rstrip(".")].encode()

    count = mail.count(b"DKIM-Signature:")
    return [_holds(dkim.DKIM(mail), place, look_up) for place in range(count)]


def _holds(mail: dkim.DKIM, place: int, look_up: Callable[..., bytes]) -> bool:
    try:
        return bool(mail.verify(idx=place, dnsfunc=look_up))
    except dkim.ValidationError:
        return False
