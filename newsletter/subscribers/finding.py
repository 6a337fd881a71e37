"""Looking subscribers and topics up."""

from collections.abc import Iterable, Sequence

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from newsletter.models import Subscriber, Topic

# Made once: every page of a reader's asks for it.
_BY_HANDLE = select(Subscriber).where(Subscriber.handle == bindparam("handle"))


class UnknownSubscriber(LookupError):
    """There is no such subscriber (any more)."""


class UnknownTopic(LookupError):
    """There is no such topic, or it is not offered; `slug` says which was asked for."""

    def __init__(self, slug: str) -> None:
        super().__init__(f"there is no topic {slug!r}")
        self.slug = slug


def find_by_address(session: Session, key: str) -> Subscriber | None:
    """The subscriber whose address compares equal to `key` (`addresses.Address.key`)."""
    return session.scalar(select(Subscriber).where(Subscriber.address_key == key))


def find_by_handle(session: Session, handle: str) -> Subscriber:
    """The subscriber a link's handle stands for. Raises `UnknownSubscriber`."""
    found = session.scalars(_BY_HANDLE, {"handle": handle}).one_or_none()
    if found is None:
        raise UnknownSubscriber
    return found


def offered_topics(session: Session) -> Sequence[Topic]:
    """The topics readers may follow, in their printed order."""
    return session.scalars(select(Topic).where(Topic.active).order_by(Topic.position, Topic.id)).all()


def topics_named(session: Session, slugs: Iterable[str]) -> list[Topic]:
    """The offered topics with these slugs, in their printed order. Raises `UnknownTopic`."""
    wanted = set(slugs)
    found = [topic for topic in offered_topics(session) if topic.slug in wanted]
    missing = wanted - {topic.slug for topic in found}
    if missing:
        raise UnknownTopic(min(missing))
    return found
