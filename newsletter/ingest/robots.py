"""Whether a site lets us read its pages: robots.txt, fetched by the same guard and kept for a day.

RFC 9309: a site without one allows everything; one that cannot be had now forbids everything for now.
"""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock
from urllib.parse import urlsplit

from protego import Protego

from newsletter.ingest.fetch import Fetched, FetchError

# Section 2.4 of the RFC: no longer than a day. What could not be had is asked for again sooner.
KEPT = timedelta(days=1)
KEPT_AFTER_FAILURE = timedelta(hours=1)
# Section 2.5: at least 500 KiB are read.
MAX_BYTES = 512 * 1024
AGENT = "DailyEdition"
_MOST_SITES = 2_000


@dataclass(frozen=True, slots=True)
class _Rules:
    until: datetime
    rules: Protego | None
    allows: bool

    def allow(self, url: str) -> bool:
        return self.allows if self.rules is None else bool(self.rules.can_fetch(url, AGENT))


class Robots:
    """The rules of the sites asked about lately; may be used by several threads at once.

    `fetch` gets an address and gives what stands there, or raises `FetchError`.
    """

    def __init__(self, fetch: Callable[[str], Fetched]) -> None:
        self._fetch = fetch
        self._known: OrderedDict[str, _Rules] = OrderedDict()
        self._lock = Lock()

    def allow(self, url: str, now: datetime) -> bool:
        """Whether the page at `url` may be fetched."""
        parts = urlsplit(url)
        site = f"{parts.scheme}://{parts.netloc}"
        with self._lock:
            known = self._known.get(site)
        if known is None or known.until <= now:
            known = self._ask(site, now)
            self._remember(site, known)
        return known.allow(url)

    def _ask(self, site: str, now: datetime) -> _Rules:
        try:
            told = self._fetch(f"{site}/robots.txt").body[:MAX_BYTES]
        except FetchError as error:
            none_there = error.missing or error.gone
            return _Rules(now + (KEPT if none_there else KEPT_AFTER_FAILURE), None, none_there)
        return _Rules(now + KEPT, Protego.parse(told.decode("utf-8", "replace")), allows=True)

    def _remember(self, site: str, rules: _Rules) -> None:
        with self._lock:
            self._known[site] = rules
            self._known.move_to_end(site)
            while len(self._known) > _MOST_SITES:
                self._known.popitem(last=False)
