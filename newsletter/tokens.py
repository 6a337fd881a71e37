"""Signed links: each token is for one purpose and one reader, and survives key rotation.

Keys are newest first in the settings; new tokens are signed with the newest, old ones verify with
any. A token carries a subscriber's random `handle`, never a number or an address. Tokens come from
values alone, never from the clock: a mail composed twice is the same to the byte.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from itsdangerous import BadData, URLSafeSerializer
from itsdangerous.encoding import base64_decode, base64_encode

MAX_LENGTH = 512
# So long a confirmation link works; after that the person who never confirmed is forgotten.
CONFIRM_WITHIN = timedelta(days=7)


class Purpose(StrEnum):
    CONFIRM = "confirm"
    MANAGE = "manage"
    UNSUBSCRIBE = "unsubscribe"


class InvalidToken(Exception):
    """The token is unknown, altered, meant for something else, or too old. Never say which."""


def make_token(keys: Sequence[str], purpose: Purpose, handle: str) -> str:
    """A URL-safe token that lets its holder do `purpose` for the subscriber `handle`, for ever."""
    return str(_serializer(keys, purpose).dumps(handle))


def make_dated_token(keys: Sequence[str], purpose: Purpose, handle: str, made_at: datetime) -> str:
    """A token that knows when it was made, for `read_dated_token` to refuse when it is too old."""
    return str(_serializer(keys, purpose).dumps([handle, int(made_at.timestamp())]))


def read_token(keys: Sequence[str], purpose: Purpose, token: str) -> str:
    """The handle a token without a date was made for. Raises `InvalidToken`."""
    match _load(keys, purpose, token):
        case str(handle):
            return handle
    raise InvalidToken


def read_dated_token(
    keys: Sequence[str], purpose: Purpose, token: str, now: datetime, max_age: timedelta
) -> str:
    """The handle of a token made at most `max_age` before `now`. Raises `InvalidToken`."""
    match _load(keys, purpose, token):
        case [str(handle), int(made_at)] if now - datetime.fromtimestamp(made_at, UTC) <= max_age:
            return handle
    raise InvalidToken


def _load(keys: Sequence[str], purpose: Purpose, token: str) -> object:
    if len(token) > MAX_LENGTH:
        raise InvalidToken
    try:
        value = _serializer(keys, purpose).loads(token)
        # Base64 leaves bits of a last letter unused: of the spellings of a signature take only one.
        if any(base64_encode(base64_decode(part)).decode() != part for part in token.split(".")):
            raise InvalidToken
    except (BadData, ValueError) as error:
        raise InvalidToken from error
    return value


def _serializer(keys: Sequence[str], purpose: Purpose) -> URLSafeSerializer:
    # itsdangerous signs with the last key of its list; ours are written newest first.
    return URLSafeSerializer(list(reversed(keys)), salt=f"newsletter.{purpose}")
