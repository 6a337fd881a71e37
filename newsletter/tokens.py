"""Signed links: each token is for one purpose and one reader, and survives key rotation.

Keys are newest first in the settings; new tokens are signed with the newest, old ones verify with
any. A token carries a subscriber's random `handle`, never a number or an address.
"""

from collections.abc import Sequence
from datetime import timedelta
from enum import StrEnum

from itsdangerous import BadSignature, SignatureExpired, URLSafeTimedSerializer

MAX_LENGTH = 512


class Purpose(StrEnum):
    CONFIRM = "confirm"
    MANAGE = "manage"
    UNSUBSCRIBE = "unsubscribe"


class InvalidToken(Exception):
    """The token is unknown, altered, meant for something else, or too old. Never say which."""


def make_token(keys: Sequence[str], purpose: Purpose, handle: str) -> str:
    """A URL-safe token that lets its holder do `purpose` for the subscriber `handle`."""
    return str(_serializer(keys, purpose).dumps(handle))


def read_token(keys: Sequence[str], purpose: Purpose, token: str, max_age: timedelta | None = None) -> str:
    """The handle a token was made for; `max_age` None means it never expires.

    Raises `InvalidToken`.
    """
    if len(token) > MAX_LENGTH:
        raise InvalidToken
    seconds = None if max_age is None else int(max_age.total_seconds())
    try:
        handle = _serializer(keys, purpose).loads(token, max_age=seconds)
    except (BadSignature, SignatureExpired, ValueError) as error:
        raise InvalidToken from error
    if not isinstance(handle, str):
        raise InvalidToken
    return handle


def _serializer(keys: Sequence[str], purpose: Purpose) -> URLSafeTimedSerializer:
    # itsdangerous signs with the last key of its list; ours are written newest first.
    return URLSafeTimedSerializer(list(reversed(keys)), salt=f"newsletter.{purpose}")
