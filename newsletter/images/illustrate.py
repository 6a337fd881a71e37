"""Pictures for the leads of an edition that closes: fetched and copied before it is stored.

Nothing waits for them but the edition, and that only for a while: it goes out without those that are
late. The time is bounded for an edition, and for all editions that close together.
"""

import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

import structlog
from sqlalchemy import select

from newsletter.db import Database
from newsletter.editions.documents import LeadImage
from newsletter.images.gather import gather
from newsletter.images.keep import keep
from newsletter.images.reencode import ImageCopy
from newsletter.ingest.fetch import FetchPolicy
from newsletter.models import Article

EDITION_SECONDS = 15.0
ROUND_SECONDS = 60.0
# With less there is no use in starting.
_LEAST_SECONDS = 0.5

log = structlog.get_logger()

Illustrate = Callable[[Sequence[int], datetime], Mapping[int, LeadImage]]


class Illustrator:
    """Finds the pictures of the editions that close in one round."""

    def __init__(
        self,
        database: Database,
        policy: FetchPolicy,
        edition_seconds: float = EDITION_SECONDS,
        round_seconds: float = ROUND_SECONDS,
    ) -> None:
        self._database = database
        self._policy = policy
        self._edition_seconds = edition_seconds
        self._left = round_seconds

    def __call__(self, articles: Sequence[int], now: datetime) -> Mapping[int, LeadImage]:
        """The pictures of these articles, each kept in the database; by article. Raises database errors."""
        seconds = min(self._edition_seconds, self._left)
        if seconds < _LEAST_SECONDS:
            return {}
        offered = self._offered(articles)
        started = time.monotonic()
        copies = gather([url for url, _alt in offered.values()], self._policy, seconds)
        self._left -= time.monotonic() - started
        chosen = _telling({article: copies[url] for article, (url, _alt) in offered.items() if url in copies})
        self._keep(chosen, now)
        log.info("edition illustrated", offered=len(offered), images=len(chosen))
        return {article: LeadImage(copy.name, offered[article][1]) for article, copy in chosen.items()}

    def _offered(self, articles: Sequence[int]) -> dict[int, tuple[str, str]]:
        """Address and alternative text of the picture each article came with."""
        query = select(Article.id, Article.image_url, Article.image_alt).where(Article.id.in_(articles))
        with self._database.read() as session:
            return {number: (url, alt) for number, url, alt in session.execute(query) if url}

    def _keep(self, chosen: Mapping[int, ImageCopy], now: datetime) -> None:
        if chosen:
            with self._database.write() as session:
                keep(session, {copy.name: copy for copy in chosen.values()}.values(), now)


def no_images(_articles: Sequence[int], _now: datetime) -> Mapping[int, LeadImage]:
    """For an installation without pictures."""
    return {}


def _telling(found: Mapping[int, ImageCopy]) -> dict[int, ImageCopy]:
    """Without pictures that several stories came with: those show the source's sign, not the story."""
    times = Counter(copy.name for copy in found.values())
    return {article: copy for article, copy in found.items() if times[copy.name] == 1}
