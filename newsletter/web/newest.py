"""The newest stories, as feeds and sitemaps tell of them."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from newsletter.models import Edition, EditionStatus, Story, Topic

MOST_IN_FEED = 60


def newest_stories(session: Session, topic: Topic | None, most: int = MOST_IN_FEED) -> Sequence[Story]:
    """The first stories of the newest published editions, of one topic or of all."""
    newest = select(Edition.id).where(Edition.status == EditionStatus.PUBLISHED)
    if topic is not None:
        newest = newest.where(Edition.topic_id == topic.id)
    # As many editions as could be needed: a join over all stories ever would be sorted whole.
    editions = session.scalars(newest.order_by(Edition.date.desc(), Edition.id.desc()).limit(most)).all()
    return session.scalars(
        select(Story)
        .join(Edition)
        .where(Edition.id.in_(editions))
        .order_by(Edition.date.desc(), Edition.published_at.desc(), Edition.id, Story.position)
        .limit(most)
        .options(
            joinedload(Story.edition).joinedload(Edition.topic),
            joinedload(Story.image),
            selectinload(Story.articles),
        )
    ).all()


def last_change(session: Session, topic: Topic | None) -> datetime | None:
    """When an edition was published last, of one topic or of all."""
    query = select(func.max(Edition.published_at)).where(Edition.status == EditionStatus.PUBLISHED)
    return session.scalar(query if topic is None else query.where(Edition.topic_id == topic.id))
