"""The cast of the delivery tests: topics, editions with stories, readers, and short ways to look."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from newsletter.db import Database
from newsletter.editions.content import edition_content, keep_fragments, render_all
from newsletter.models import (
    Article,
    Delivery,
    DeliveryEvent,
    DeliveryState,
    Edition,
    EditionFragment,
    EditionStatus,
    MailKind,
    Source,
    Story,
    StoryArticle,
    StoryRole,
    Subscriber,
    SubscriberStatus,
    Subscription,
    Topic,
)

NOW = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)
FRESH = timedelta(hours=12)
LEASE = timedelta(minutes=15)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
DOMAIN = "news.example.com"


def a_topic(session: Session, slug: str = "science", position: int = 0, active: bool = True) -> Topic:
    topic = Topic(
        slug=slug,
        name=slug.title(),
        cutoff=time(5),
        timezone="UTC",
        position=position,
        active=active,
        created_at=NOW - 30 * DAY,
    )
    session.add(topic)
    session.flush()
    return topic


def an_edition(
    session: Session,
    topic: Topic,
    closed_at: datetime = NOW - HOUR,
    headline: str = "Rain at last",
    **values: Any,
) -> Edition:
    """An edition of one story, published when it closed, and rendered."""
    edition = Edition(
        **{
            "topic_id": topic.id,
            "date": closed_at.date(),
            "status": EditionStatus.PUBLISHED,
            "language": "en",
            "closed_at": closed_at,
            "published_at": closed_at,
            **values,
        }
    )
    edition.stories = [Story(position=0)]
    session.add(edition)
    session.flush()
    edition.stories[0].articles = [_article(session, edition, headline, 0)]
    keep_fragments(session, edition.id, list(render_all(edition_content(session, edition))))
    return edition


def _article(session: Session, edition: Edition, headline: str, place: int) -> StoryArticle:
    """An article with a source of its own; place 0 is the lead."""
    number = session.scalar(select(func.count(Article.id)))
    first = len(edition.stories) == 1 and edition.stories[0].articles == []
    paper = "The Paper" if first else f"The Paper {number}"
    url = f"https://paper.example.org/{edition.id}" + ("" if first else f"/{number}")
    source = Source(url=f"{url}/feed", name=paper, next_poll_at=NOW, created_at=NOW)
    title = f"{headline}, as told by {paper}" if place else headline
    article = Article(
        source=source,
        url=url,
        canonical_url=url,
        title=title,
        content_hash="0" * 64,
        published_at=edition.closed_at - HOUR,
        first_seen_at=edition.closed_at,
    )
    session.add(article)
    session.flush()
    return StoryArticle(
        article_id=article.id,
        role=StoryRole.RELATED if place else StoryRole.LEAD,
        position=place,
        title=title,
        url=url,
        source_name=paper,
        line=f"{paper} says it in a line.",
        summary=f"{paper} says it in a line. And in another.",
        published_at=article.published_at,
    )


def add_story(session: Session, edition: Edition, headline: str, related: int = 2) -> Story:
    """One more story of an edition, which is rendered anew; each of its articles has a source of its own."""
    story = Story(edition_id=edition.id, position=len(edition.stories), source_count=1 + related + 2)
    story.articles = [_article(session, edition, headline, place) for place in range(1 + related)]
    edition.stories.append(story)
    session.query(EditionFragment).filter_by(edition_id=edition.id).delete()
    session.flush()
    keep_fragments(session, edition.id, list(render_all(edition_content(session, edition))))
    return story


def a_reader(session: Session, *topics: Topic, name: str = "ann", **values: Any) -> Subscriber:
    """An active reader, long since welcomed, whose slot is at 06:00 UTC each day: now."""
    subscriber = Subscriber(
        **{
            "handle": f"handle-{name}",
            "address": f"{name}@example.org",
            "address_key": f"{name}@example.org",
            "status": SubscriberStatus.ACTIVE,
            "send_time": time(6),
            "timezone": "UTC",
            "next_issue_at": NOW,
            "welcomed_at": NOW - 10 * DAY,
            "created_at": NOW - 10 * DAY,
            "confirmed_at": NOW - 10 * DAY,
            **values,
        }
    )
    session.add(subscriber)
    session.flush()
    session.add_all(Subscription(subscriber_id=subscriber.id, topic_id=topic.id) for topic in topics)
    session.flush()
    return subscriber


def a_delivery(session: Session, subscriber: Subscriber, **values: Any) -> Delivery:
    """A queued issue that is due now."""
    occasion = values.get("occasion", "2026-11-22")
    delivery = Delivery(
        **{
            "subscriber_id": subscriber.id,
            "kind": MailKind.ISSUE,
            "occasion": occasion,
            "message_id": f"<issue.{occasion}.{subscriber.handle}@{DOMAIN}>",
            "next_attempt_at": NOW,
            "expires_at": NOW + FRESH,
            "created_at": NOW,
            **values,
        }
    )
    session.add(delivery)
    session.flush()
    return delivery


def some_deliveries(db: Database, count: int) -> list[int]:
    """As many readers of one topic, each with a queued issue of its edition; the deliveries' numbers."""
    with db.write() as session:
        topic = a_topic(session)
        edition = an_edition(session, topic)
        readers = [a_reader(session, topic, name=f"reader{number}") for number in range(count)]
        return [a_delivery(session, reader, editions=str(edition.id)).id for reader in readers]


def deliveries(db: Database) -> list[Delivery]:
    with db.read() as session:
        return list(session.scalars(select(Delivery).order_by(Delivery.id)))


def only_delivery(db: Database) -> Delivery:
    (delivery,) = deliveries(db)
    return delivery


def state_of(db: Database, delivery_id: int) -> str:
    with db.read() as session:
        return session.get_one(Delivery, delivery_id).state


def events_of(db: Database, delivery_id: int) -> list[tuple[str, str]]:
    """What happened to a delivery: kind and detail, in order."""
    with db.read() as session:
        rows = session.scalars(
            select(DeliveryEvent).where(DeliveryEvent.delivery_id == delivery_id).order_by(DeliveryEvent.id)
        )
        return [(row.kind, row.detail) for row in rows]


def states(db: Database) -> list[str]:
    return [delivery.state for delivery in deliveries(db)]


def day(text: str) -> date:
    return date.fromisoformat(text)


QUEUED, SENDING, SENT, DEFERRED, FAILED, SKIPPED, EXPIRED, UNCERTAIN = (
    DeliveryState.QUEUED,
    DeliveryState.SENDING,
    DeliveryState.SENT,
    DeliveryState.DEFERRED,
    DeliveryState.FAILED,
    DeliveryState.SKIPPED,
    DeliveryState.EXPIRED,
    DeliveryState.UNCERTAIN,
)
