"""Doing without a source, and taking it back; the next issue that is composed goes by it."""

from sqlalchemy.orm import Session

from newsletter.models import Source, Subscriber
from newsletter.mutes import with_mute, without_mute
from newsletter.subscribers.finding import find_by_handle


class UnknownSource(LookupError):
    """There is no such source."""


def mute_source(session: Session, handle: str, source_id: int) -> Subscriber:
    """Leave a source out of a reader's issues; one that is left out already stays so.

    Raises `UnknownSubscriber`, `UnknownSource`, and `newsletter.mutes.TooManyMutes`.
    """
    if session.get(Source, source_id) is None:
        raise UnknownSource
    subscriber = _held(session, handle)
    subscriber.muted_sources = with_mute(subscriber.muted_sources, source_id)
    return subscriber


def unmute_source(session: Session, handle: str, source_id: int) -> Subscriber:
    """Take a source into a reader's issues again. Raises `UnknownSubscriber`."""
    subscriber = _held(session, handle)
    subscriber.muted_sources = without_mute(subscriber.muted_sources, source_id)
    return subscriber


def _held(session: Session, handle: str) -> Subscriber:
    # Read under a lock: of two buttons pressed at once, on PostgreSQL, neither may undo the other.
    subscriber = find_by_handle(session, handle)
    session.refresh(subscriber, with_for_update=True)
    return subscriber
