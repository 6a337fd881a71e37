"""A finished message cut at what differs from reader to reader, so that a copy is a few replacements.

What differs are five values: the recipient in To, the Date, the Message-ID, and the two signed tokens
in the reader's links. A message is built once with tokens that stand in for a reader's (*marks*): as
long as theirs, of the same letters, with their dots in the same places. Then the quoted-printable
around a token is the same for all, soft line breaks within it too, and can be kept.
"""

import re
from binascii import a2b_qp
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import NamedTuple

from newsletter.mail.outgoing import crosses_as_it_is

# A reader's values, in this order.
TO, DATE, MESSAGE_ID, LEAVE, MANAGE = range(5)

# As they stand in a message, and as DKIM's relaxed form has them.
_FIELD = re.compile(rb"^(To|Date|Message-ID): ?([^\r\n]*)\r\n", re.IGNORECASE | re.MULTILINE)
_FIELDS = {b"to": TO, b"date": DATE, b"message-id": MESSAGE_ID}
_END_OF_HEAD = b"\r\n\r\n"
# A soft line break, and a dot that came to stand at a line's start.
_BREAK = re.compile(rb"(=\r\n(?:=2E)?)")


class Slot(NamedTuple):
    """Octets `start` to `end` are letters `first` to `last` of the value of this number."""

    start: int
    end: int
    value: int
    first: int = 0
    last: int | None = None


class Cut:
    """Octets with slots, ready to be filled."""

    __slots__ = ("_parts", "_pick", "_pieces")

    def __init__(self, octets: bytes, slots: Iterable[Slot]) -> None:
        """Raises `ValueError` when two slots overlap."""
        pieces: list[bytes] = []
        # Letters of values, each once however often they stand in the message; and what stands where.
        parts: dict[tuple[int, int, int | None], int] = {}
        order: list[tuple[bool, int]] = []
        done = 0
        for slot in sorted(slots):
            if slot.start < done:
                raise ValueError("two values of a message overlap")
            order += [(False, len(pieces)), (True, parts.setdefault(slot[2:], len(parts)))]
            pieces.append(octets[done : slot.start])
            done = slot.end
        order.append((False, len(pieces)))
        pieces.append(octets[done:])
        self._pieces, self._parts = pieces, tuple(parts)
        # Twice the last one, which is cut off again: of one place an item is picked, not a tuple of it.
        places = [len(pieces) + number if is_part else number for is_part, number in order]
        self._pick: Callable[[list[bytes]], tuple[bytes, ...]] = itemgetter(*places, places[-1])

    def fill(self, values: Sequence[bytes]) -> bytes:
        """The octets with these values in their slots."""
        parts = [values[value][first:last] for value, first, last in self._parts]
        return b"".join(self._pick(self._pieces + parts)[:-1])


@dataclass(frozen=True, slots=True)
class Skeleton:
    """A message without its reader. `ready` is said of every copy, `size` is its length in octets."""

    cut: Cut
    ready: bool
    size: int


def cut_message(message: bytes, marks: Sequence[bytes]) -> Skeleton:
    """Cut a message built with `marks`, the tokens that stand in for those of LEAVE and MANAGE.

    Raises `ValueError` when not every place of a mark can be found again.
    """
    place = start_of_body(message)
    slots = [*head_slots(message[:place], marks), *body_slots(message, marks)]
    return Skeleton(Cut(message, slots), crosses_as_it_is(message), len(message))


def start_of_body(message: bytes) -> int:
    """Where a message's body begins."""
    return message.index(_END_OF_HEAD) + len(_END_OF_HEAD)


def head_slots(head: bytes, marks: Sequence[bytes]) -> Iterator[Slot]:
    """The slots of a head, or of its canonical form."""
    for found in _FIELD.finditer(head):
        yield Slot(*found.span(2), _FIELDS[found[1].lower()])
    for value, mark in enumerate(marks, start=LEAVE):
        for found in re.finditer(re.escape(mark), head):
            yield Slot(*found.span(), value)


def body_slots(message: bytes, marks: Sequence[bytes]) -> list[Slot]:
    """The slots of a message's body, in their order."""
    place = start_of_body(message)
    found = [
        (place_of, value)
        for value, mark in enumerate(marks, start=LEAVE)
        for place_of in _broken(mark).finditer(message, place)
    ]
    words = a2b_qp(message[place:])
    if len(found) != sum(words.count(mark) for mark in marks):
        raise ValueError("a reader's link is written in a way that cannot be cut out")
    return sorted(slot for place_of, value in found for slot in _pieces(place_of, value))


def _broken(mark: bytes) -> re.Pattern[bytes]:
    """Finds a token with soft line breaks anywhere within it."""
    letters = (rb"(?:\.|=\r\n=2E)" if letter == ord(".") else b"%c" % letter for letter in mark)
    return re.compile(rb"(?:=\r\n)?".join(letters))


def _pieces(found: re.Match[bytes], value: int) -> Iterator[Slot]:
    """A slot for each stretch of a token between soft line breaks."""
    start, letter = found.start(), 0
    for odd, part in enumerate(_BREAK.split(found[0])):
        if odd % 2:
            letter += part.endswith(b"=2E")
        else:
            yield Slot(start, start + len(part), value, letter, letter + len(part))
            letter += len(part)
        start += len(part)
