"""The editions an issue may be made of: the newest published one of each active topic."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter.models import Edition, EditionStatus, Topic


@dataclass(frozen=True, slots=True)
class Shelved:
    """An edition on the shelf; `visible_at` is when it became ready to go out."""

    edition_id: int
    visible_at: datetime


@dataclass(frozen=True, slots=True)
class Shelf:
    """The newest edition of each topic that has one, in the order of topics."""

    newest: dict[int, Shelved]

    def pick(self, topics: Iterable[int], after: datetime | None) -> tuple[int, ...]:
        """The editions for a reader of these topics, in their order, who had everything up to `after`."""
        found = (self.newest[topic] for topic in topics if topic in self.newest)
        return tuple(one.edition_id for one in found if after is None or one.visible_at > after)


def load_shelf(session: Session, now: datetime, max_age: timedelta) -> Shelf:
    """Every active topic's newest published edition closed within `max_age` before `now`.

    An edition the operator held becomes visible when it is published, however long ago it closed:
    counted from its closing, readers served in between would never get it.
    """
    rows = session.execute(
        select(Edition.topic_id, Edition.id, Edition.closed_at, Edition.published_at)
        .join(Topic)
        .where(
            Topic.active,
            Edition.status == EditionStatus.PUBLISHED,
            Edition.closed_at.between(now - max_age, now),
        )
        .order_by(Topic.position, Topic.id, Edition.closed_at)
    )
    newest = {}
    for topic_id, edition_id, closed_at, published_at in rows:
        visible_at = max(closed_at, published_at or closed_at)
        if visible_at <= now:
            newest[topic_id] = Shelved(edition_id, visible_at)
    return Shelf(newest)
