"""The topics on offer with their newest headlines, as every form shows them: read once a second at most."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from time import monotonic

from flask import current_app

from newsletter.db import Database
from newsletter.subscribers import offered_topics
from newsletter.web.headlines import TopicNews, newest_news

# So long the same list stands for all who ask: they change by the day.
SECONDS = 1.0
# Its name among an application's extensions.
OFFERS = "newsletter.offers"


@dataclass
class Offers:
    """The topics on offer, read from the database once in `seconds`."""

    database: Database
    seconds: float = SECONDS
    _read: Sequence[TopicNews] = ()
    _number: int = 0
    _until: float = -1.0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __call__(self) -> Sequence[TopicNews]:
        if monotonic() < self._until:
            return self._read
        with self._lock:
            if monotonic() >= self._until:
                with self.database.read() as session:
                    news = tuple(newest_news(session, offered_topics(session)))
                if news != self._read:
                    self._read, self._number = news, self._number + 1
                self._until = monotonic() + self.seconds
            return self._read

    def number(self) -> int:
        """Another one whenever the list has changed."""
        self()
        return self._number


def offers() -> Sequence[TopicNews]:
    """The topics readers may follow, in their printed order, with headlines of their newest editions."""
    found = current_app.extensions[OFFERS]
    assert isinstance(found, Offers)  # noqa: S101 - narrows the type; create_app put it there
    return found()
