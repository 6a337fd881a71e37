"""The skeletons at hand: those used last, limited in number and in octets."""

from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from newsletter.mail.clock import Clock
from newsletter.mail.skeleton import Skeleton

if TYPE_CHECKING:
    from newsletter.mail.presign import Presigner

# What a skeleton takes beside its octets: pieces, slots, the forms that are signed.
_AROUND = 8192


class Words(NamedTuple):
    """All that changes an issue's words or their places: readers who agree in it share a skeleton.

    `send_time` is the reader's where the issue tells it, else empty. Tokens are as long as the handle
    in them makes them. `muted` are those of the reader's muted sources that the editions hold.
    """

    editions: str
    occasion: str
    welcome: bool
    language: str
    length: str
    send_time: str
    handle_length: int
    clock: Clock
    muted: frozenset[int] = frozenset()
    about: str = ""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A skeleton, and what signs its copies, if they are signed."""

    skeleton: Skeleton
    presigner: "Presigner | None"


class Skeletons:
    """Skeletons by their words; the one longest unused goes first when there is no more room."""

    def __init__(self, room: int, octets: int) -> None:
        self._room, self._octets = room, octets
        self._used = 0
        self._kept: OrderedDict[Words, Prepared] = OrderedDict()

    def __len__(self) -> int:
        return len(self._kept)

    def get(self, words: Words) -> Prepared | None:
        """The skeleton of these words, when it is at hand."""
        found = self._kept.get(words)
        if found is not None:
            self._kept.move_to_end(words)
        return found

    def keep(self, words: Words, prepared: Prepared) -> None:
        """Keep a new skeleton; even one that is too large, until the next."""
        self._kept[words] = prepared
        self._used += _size(prepared)
        while len(self._kept) > 1 and (len(self._kept) > self._room or self._used > self._octets):
            _, gone = self._kept.popitem(last=False)
            self._used -= _size(gone)

    def forget(self) -> None:
        """Forget them all."""
        self._kept.clear()
        self._used = 0


def _size(prepared: Prepared) -> int:
    return prepared.skeleton.size + _AROUND
