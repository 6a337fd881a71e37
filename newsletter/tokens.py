"""Signed links: each token is for one purpose and one reader, and survives key rotation.

A token is `HANDLE.SIGNATURE`, or `HANDLE.SECONDS.SIGNATURE` when it knows when it was made: what
`itsdangerous.Signer` makes with HMAC-SHA256. It carries a subscriber's random `handle`, never a
number or an address. Keys are newest first in the settings; new tokens are signed with the newest,
old ones verify with any. Tokens come from values alone, never from the clock: a mail composed twice
is the same to the byte. Handles of one length make tokens of one length, with the dots in the same
places; mails are cut at their tokens and rely on it (`mail.skeleton`).
"""

import hashlib
import re
from binascii import b2a_base64
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import lru_cache

from itsdangerous import BadData, Signer
from itsdangerous.encoding import base64_decode, base64_encode

from newsletter.keyed import KeyedHash

MAX_LENGTH = 512
# So long a confirmation link works; after that the person who never confirmed is forgotten.
CONFIRM_WITHIN = timedelta(days=7)
# So long the links work that change a reader's address.
ADDRESS_WITHIN = timedelta(days=7)
# So long the link works that shows and erases all about a reader: the mail may take a day to arrive.
MINE_WITHIN = timedelta(days=2)

_HANDLE = re.compile(r"[A-Za-z0-9_-]{1,64}")
_TOKEN = re.compile(r"([A-Za-z0-9_-]{1,64})(?:\.([0-9]{1,11}))?\.([A-Za-z0-9_-]{43})")
_URL_SAFE = bytes.maketrans(b"+/", b"-_")


class Purpose(StrEnum):
    CONFIRM = "confirm"
    MANAGE = "manage"
    UNSUBSCRIBE = "unsubscribe"
    # To ask for another address, and to confirm it: from the mailbox that is left, from the new one.
    ADDRESS = "address"
    ADDRESS_OLD = "address_old"
    ADDRESS_NEW = "address_new"
    # To see, download and erase all that is kept about a reader.
    MINE = "mine"
    # To put back what was changed by an old link; it stands for the change, not for the reader.
    UNDO = "undo"
    # In the forms of pages that one of these opened (`web.link_guard`); it opens nothing itself.
    FORM = "form"


class InvalidToken(Exception):
    """The token is unknown, altered, meant for something else, or too old. Never say which."""


class TokenMaker:
    """Makes the tokens of one purpose; the key is prepared once, so that one takes microseconds."""

    __slots__ = ("_keyed",)

    def __init__(self, keys: Sequence[str], purpose: Purpose) -> None:
        self._keyed = KeyedHash(_signer(tuple(keys), purpose).derive_key())

    def make(self, handle: str) -> str:
        """A URL-safe token that lets its holder do the purpose for the subscriber `handle`, for ever.

        A handle is 1 to 64 letters of URL-safe base64. Raises `ValueError` for anything else.
        """
        if not _HANDLE.fullmatch(handle):
            raise ValueError("a handle is made of ASCII letters, digits, - and _")
        return self._signed(handle)

    def make_dated(self, handle: str, made_at: datetime) -> str:
        """A token that knows when it was made, for `read_dated_token` to refuse when it is too old."""
        if not _HANDLE.fullmatch(handle):
            raise ValueError("a handle is made of ASCII letters, digits, - and _")
        return self._signed(f"{handle}.{int(made_at.timestamp())}")

    def _signed(self, value: str) -> str:
        # 32 octets are 43 letters and one of padding.
        signature = b2a_base64(self._keyed.of(value.encode("ascii")), newline=False)
        return f"{value}.{signature.translate(_URL_SAFE)[:43].decode('ascii')}"


def make_token(keys: Sequence[str], purpose: Purpose, handle: str) -> str:
    """One token; see `TokenMaker.make`."""
    return _maker(tuple(keys), purpose).make(handle)


def make_dated_token(keys: Sequence[str], purpose: Purpose, handle: str, made_at: datetime) -> str:
    """One dated token; see `TokenMaker.make_dated`."""
    return _maker(tuple(keys), purpose).make_dated(handle, made_at)


def read_token(keys: Sequence[str], purpose: Purpose, token: str) -> str:
    """The handle a token without a date was made for. Raises `InvalidToken`."""
    handle, made_at = _read(keys, purpose, token)
    if made_at is not None:
        raise InvalidToken
    return handle


def read_lasting_token(keys: Sequence[str], purpose: Purpose, token: str) -> tuple[str, datetime | None]:
    """The handle of a token that never ends, and when it was made, if it tells. Raises `InvalidToken`."""
    return _read(keys, purpose, token)


def read_dated_token(
    keys: Sequence[str], purpose: Purpose, token: str, now: datetime, max_age: timedelta
) -> str:
    """The handle of a token made at most `max_age` before `now`. Raises `InvalidToken`."""
    return read_handle_and_date(keys, purpose, token, now, max_age)[0]


def read_handle_and_date(
    keys: Sequence[str], purpose: Purpose, token: str, now: datetime, max_age: timedelta
) -> tuple[str, datetime]:
    """Like `read_dated_token`, with the moment (whole seconds) the token was made. Raises `InvalidToken`."""
    handle, made_at = _read(keys, purpose, token)
    if made_at is None or now - made_at > max_age:
        raise InvalidToken
    return handle, made_at


def _read(keys: Sequence[str], purpose: Purpose, token: str) -> tuple[str, datetime | None]:
    """Handle and moment of a token whose signature holds. Raises `InvalidToken`."""
    parts = _TOKEN.fullmatch(token) if len(token) <= MAX_LENGTH else None
    if parts is None:
        raise InvalidToken
    handle, seconds, signature = parts.groups()
    try:
        _signer(tuple(keys), purpose).unsign(token)
    except BadData as error:
        raise InvalidToken from error
    # Base64 leaves bits of a last letter unused: of the spellings of a signature take only one.
    if base64_encode(base64_decode(signature)).decode() != signature:
        raise InvalidToken
    return handle, None if seconds is None else datetime.fromtimestamp(int(seconds), UTC)


@lru_cache(64)
def _maker(keys: tuple[str, ...], purpose: Purpose) -> TokenMaker:
    return TokenMaker(keys, purpose)


@lru_cache(64)
def _signer(keys: tuple[str, ...], purpose: Purpose) -> Signer:
    # itsdangerous signs with the last key of its list; ours are written newest first.
    return Signer(
        list(reversed(keys)),
        salt=f"newsletter.{purpose}",
        key_derivation="hmac",
        digest_method=hashlib.sha256,
    )
