"""Pages kept in memory for a while, the longest unused going first."""

import threading
from collections import OrderedDict
from collections.abc import Hashable
from time import monotonic
from typing import Generic, Protocol, TypeVar

# Together: a sitemap of 50,000 addresses has some 7 MB.
MOST_BYTES = 32 * 2**20


class Keepable(Protocol):
    """A page: its size in octets, and until when it may be given out, on the monotonic clock."""

    @property
    def size(self) -> int: ...

    @property
    def until(self) -> float: ...


P = TypeVar("P", bound=Keepable)


class PageStore(Generic[P]):
    """Pages by their keys; at most `most_bytes` of them."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._most, self._bytes = most_bytes, 0
        self._pages: OrderedDict[Hashable, P] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Hashable) -> P | None:
        with self._lock:
            page = self._pages.get(key)
            if page is None:
                return None
            if page.until < monotonic():
                self._drop(key)
                return None
            self._pages.move_to_end(key)
            return page

    def put(self, key: Hashable, page: P) -> None:
        with self._lock:
            self._drop(key)
            self._pages[key] = page
            self._bytes += page.size
            while self._bytes > self._most:
                self._drop(next(iter(self._pages)))

    def _drop(self, key: Hashable) -> None:
        page = self._pages.pop(key, None)
        self._bytes -= page.size if page else 0
