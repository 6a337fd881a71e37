"""DKIM for the copies of one message: everything but the arithmetic is done once for all of them.

dkimpy canonicalises the head, chooses what is covered and folds the field; here it does so once, with
stand-ins for the values that differ, and its result is cut at them. `Signer.sign` gives the same bytes.
"""

import base64
import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from newsletter.mail.dkim import PrivateKey, Signer, in_seconds
from newsletter.mail.dkim_field import POLICY
from newsletter.mail.skeleton import MANAGE, Cut, Slot, body_slots, head_slots, start_of_body

# What a field holds beside the reader's values: the tags t= and bh=, and the signature itself.
_TIME, _BODY_HASH, _SIGNATURE = range(MANAGE + 1, MANAGE + 4)
_TIME_TAG = re.compile(rb";\s+t=([0-9]+);")
_BODY_HASH_TAG = re.compile(rb";\s+bh=([A-Za-z0-9+/=]+);")


@dataclass(frozen=True, slots=True)
class _Field:
    """One key's field: what it hashes of the head, and how it is written."""

    key: PrivateKey
    hashed: Cut
    written: Cut

    def signed(self, values: Sequence[bytes]) -> bytes:
        digest = hashlib.sha256(self.hashed.fill(values)).digest()
        signature = base64.b64encode(self.key.sign(digest))
        return self.written.fill((*values, signature))


class Presigner:
    """Signs the copies of the message it was made from."""

    def __init__(self, signer: Signer, message: bytes, marks: Sequence[bytes], written_at: datetime) -> None:
        """`message` was built with `marks` for its reader's tokens, as `skeleton.cut_message` takes it."""
        self._signer = signer
        self._digits = len(in_seconds(written_at))
        place = start_of_body(message)
        fixed = min((slot.start for slot in body_slots(message, marks)), default=len(message))
        self._begun = hashlib.sha256(message[place:fixed])
        # Heads differ in length, bodies do not: counted from the end, the place is the same.
        self._rest = len(message) - fixed
        self._as_is = POLICY.canonicalize_body(message[place:]) == message[place:]
        self._fields = [
            _Field(key, Cut(hashed, _hashed_slots(hashed, marks)), Cut(written, _written_slots(written)))
            for key, hashed, written in signer.forms(message, written_at)
        ]

    def sign(self, message: bytes, values: Sequence[bytes], written_at: datetime) -> bytes:
        """A copy, filled with `values`, with a signature of each key before it."""
        seconds = in_seconds(written_at)
        if not self._as_is or len(seconds) != self._digits:
            return self._signer.sign(message, written_at)
        body = self._begun.copy()
        body.update(memoryview(message)[len(message) - self._rest :])
        known = (*values, seconds, base64.b64encode(body.digest()))
        return b"".join([*(field.signed(known) for field in self._fields), message])


def _hashed_slots(hashed: bytes, marks: Sequence[bytes]) -> Iterator[Slot]:
    yield from head_slots(hashed, marks)
    yield from _tags(hashed, hashed.rindex(b"\r\n"))


def _written_slots(field: bytes) -> Iterator[Slot]:
    yield from _tags(field, 0)
    start = field.rindex(b"b=") + 2
    letter = 0
    for line in field[start:].removesuffix(b"\r\n").split(b"\r\n "):
        yield Slot(start, start + len(line), _SIGNATURE, letter, letter + len(line))
        start += len(line) + 3
        letter += len(line)


def _tags(octets: bytes, begin: int) -> Iterator[Slot]:
    """Where t= and bh= stand in a DKIM-Signature field that begins at `begin`."""
    for shape, value in ((_TIME_TAG, _TIME), (_BODY_HASH_TAG, _BODY_HASH)):
        found = shape.search(octets, begin)
        if found is None:
            raise ValueError("dkimpy wrote a signature's field without a tag it was given")
        yield Slot(*found.span(1), value)
