"""Where a bounce of one mail comes back to: the bounce address with a signed tag of the delivery.

Variable envelope return path (VERP): `bounces+TAG@example.com`. The tag is the delivery's number in
base 32 and a keyed code, so that nobody can make up a bounce of a mail they did not get. Relays may
change the case of letters, so the tag has only lower-case letters and digits, and is read in any case.
"""

import hashlib
import hmac
import re
from collections.abc import Sequence
from functools import lru_cache

# RFC 5321, section 4.5.3.1.1.
_LONGEST_LOCAL = 64
# What always leaves room for a tag: a plus sign, thirteen digits at most, sixteen of the code.
LONGEST_LOCAL_PART = 34
_DIGITS = "0123456789abcdefghijklmnopqrstuv"
# Hexadecimal: 64 bits.
_CODE_LENGTH = 16
_TAG = re.compile(rf"(0|[1-9a-v][0-9a-v]{{0,12}})([0-9a-f]{{{_CODE_LENGTH}}})")
_MOST = 2**63


class ReturnPaths:
    """Makes the return paths of one bounce address; prepared once, one takes microseconds."""

    __slots__ = ("_after", "_before", "_keyed", "_room")

    def __init__(self, bounce_address: str, keys: Sequence[str]) -> None:
        local, at, domain = bounce_address.rpartition("@")
        if not at:
            raise ValueError("a bounce address has an @ sign")
        self._keyed = _keyed(tuple(keys))[0]
        self._before, self._after = f"{local}+", f"@{domain}"
        self._room = _LONGEST_LOCAL - len(self._before.encode())

    def of(self, delivery_id: int) -> str:
        """The return path of a delivery's mail.

        Raises `ValueError` when the part before the @ would be longer than 64 octets; up to 34 of the
        bounce address's own always have room.
        """
        tag = _in_base_32(delivery_id) + _code(self._keyed, delivery_id)
        if len(tag) > self._room:
            raise ValueError("the bounce address is too long before the @ to add a delivery's tag")
        return f"{self._before}{tag}{self._after}"


def return_path(bounce_address: str, delivery_id: int, keys: Sequence[str]) -> str:
    """The return path of one delivery, signed with the newest key; see `ReturnPaths.of`."""
    return ReturnPaths(bounce_address, keys).of(delivery_id)


def read_return_path(address: str, keys: Sequence[str]) -> int:
    """The number of the delivery whose bounce came to `address`, whichever of the keys signed it.

    Raises `ValueError` when the address has no tag, or one that we did not make.
    """
    local = address.rpartition("@")[0]
    _, plus, ending = local.rpartition("+")
    tag = _TAG.fullmatch(ending.lower()) if plus and ending.isascii() else None
    if tag is None:
        raise ValueError("no return path of a delivery")
    number, code = int(tag[1], 32), tag[2]
    if number >= _MOST or not any(
        hmac.compare_digest(code, _code(key, number)) for key in _keyed(tuple(keys))
    ):
        raise ValueError("a return path that was not made here")
    return number


def _in_base_32(number: int) -> str:
    if not 0 <= number < _MOST:
        raise ValueError("no number of a delivery")
    digits = ""
    while number >= 32:
        number, digit = divmod(number, 32)
        digits = _DIGITS[digit] + digits
    return _DIGITS[number] + digits


def _code(keyed: hmac.HMAC, number: int) -> str:
    mac = keyed.copy()
    mac.update(b"%d" % number)
    return mac.hexdigest()[:_CODE_LENGTH]


@lru_cache(maxsize=4)
def _keyed(keys: tuple[str, ...]) -> tuple[hmac.HMAC, ...]:
    """For each key, newest first, an HMAC ready to be copied; a key of its own for this purpose."""
    derived = (hmac.digest(key.encode(), b"newsletter.return-path", "sha256") for key in keys)
    return tuple(hmac.new(key, digestmod=hashlib.sha256) for key in derived)
