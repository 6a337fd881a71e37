"""A reader as their own page shows them, read straight from the driver: it is opened more than any other."""

from datetime import date, datetime, time
from typing import Any, NamedTuple

from newsletter.direct import Direct
from newsletter.subscribers.finding import UnknownSubscriber

_PROFILE = """
SELECT subscriber.id, subscriber.handle, subscriber.address, subscriber.status, subscriber.language,
       subscriber.length, subscriber.timezone, subscriber.send_time, subscriber.weekdays,
       subscriber.quiet_note, subscriber.paused_until, subscriber.next_issue_at, subscriber.muted_sources,
       (SELECT count(*) FROM push_browser WHERE push_browser.subscriber_id = subscriber.id) AS browsers,
       topic.slug
FROM subscriber
LEFT JOIN subscription ON subscription.subscriber_id = subscriber.id
LEFT JOIN topic ON topic.id = subscription.topic_id
WHERE subscriber.handle = :handle
ORDER BY topic.position, topic.id"""


class Profile(NamedTuple):
    """What a reader has chosen; the columns of `models.Subscriber` say more.

    `browsers` is how many of theirs are told of an issue, `topics` are slugs in their printed order.
    """

    id: int
    handle: str
    address: str
    status: str
    language: str
    length: str
    timezone: str
    send_time: time
    weekdays: int
    quiet_note: bool
    paused_until: date | None
    next_issue_at: datetime | None
    muted_sources: str
    browsers: int
    topics: tuple[str, ...]


def look_at(direct: Direct, handle: str) -> Profile:
    """The profile of the subscriber a link's handle stands for. Raises `UnknownSubscriber`."""
    rows = direct.rows(_PROFILE, handle=handle)
    if not rows:
        raise UnknownSubscriber
    topics = tuple(row[-1] for row in rows if row[-1] is not None)
    return _profile(direct, rows[0], topics)


def _profile(direct: Direct, row: Any, topics: tuple[str, ...]) -> Profile:
    found = Profile._make((*row[:-1], topics))
    return found._replace(
        send_time=direct.time(found.send_time),
        quiet_note=bool(found.quiet_note),
        paused_until=direct.date(found.paused_until),
        next_issue_at=found.next_issue_at and direct.instant(found.next_issue_at),
    )
