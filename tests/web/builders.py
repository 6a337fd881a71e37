"""A small newsroom for tests of pages: topics, editions and readers, put straight into the database."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy.orm import Session

from newsletter.addresses import read_address
from newsletter.models import (
    Article,
    Edition,
    Source,
    Story,
    StoryArticle,
    StoryRole,
    Subscriber,
    SubscriberStatus,
    Topic,
)
from newsletter.subscribers import SignUp, confirm, find_by_handle, sign_up, who_has

SECRET = "a-signing-key-for-tests-only-32-bytes"


def add_topic(session: Session, slug: str, name: str | None = None, position: int = 0) -> Topic:
    """A topic whose edition closes at 05:00 UTC."""
    topic = Topic(
        slug=slug,
        name=name or slug.title(),
        cutoff=time(5, 0),
        timezone="UTC",
        position=position,
        created_at=datetime(2026, 1, 1, tzinfo=UTC),
    )
    session.add(topic)
    session.flush()
    return topic


def add_source(session: Session, name: str) -> Source:
    """A source that is never polled."""
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    url = f"https://{name.lower().replace(' ', '-')}.example.com/feed"
    source = Source(url=url, name=name, next_poll_at=moment, created_at=moment)
    session.add(source)
    session.flush()
    return source


def add_edition(
    session: Session,
    topic: Topic,
    day: date,
    stories: Sequence[Sequence[tuple[Source, str]]],
    status: str = "published",
) -> Edition:
    """An edition whose stories are lists of (source, title): the first is the lead, the rest related."""
    closed_at = datetime.combine(day, time(5, 0), tzinfo=UTC)
    edition = Edition(
        topic=topic, date=day, status=status, language="en", closed_at=closed_at, published_at=closed_at
    )
    for place, told in enumerate(stories):
        articles = [_place(session, source, title, closed_at, i) for i, (source, title) in enumerate(told)]
        edition.stories.append(
            Story(
                position=place,
                summary=f"What is known so far about this: {told[0][1].lower()}.",
                source_count=len(told),
                articles=articles,
            )
        )
    session.add(edition)
    session.flush()
    return edition


def _place(session: Session, source: Source, title: str, closed_at: datetime, position: int) -> StoryArticle:
    published_at = closed_at - timedelta(hours=position + 1)
    number = session.query(Article).count() + 1
    url = f"https://{source.url.split('/')[2]}/{number}"
    article = Article(
        source_id=source.id,
        url=url,
        canonical_url=url,
        title=title,
        content_hash=str(number),
        published_at=published_at,
        first_seen_at=published_at,
    )
    session.add(article)
    session.flush()
    return StoryArticle(
        article_id=article.id,
        role=StoryRole.RELATED if position else StoryRole.LEAD,
        position=position,
        title=title,
        url=url,
        source_name=source.name,
        excerpt=f"{source.name} reports.",
        published_at=published_at,
    )


def add_news(session: Session, day: date) -> list[Topic]:
    """Four topics; three with an edition of `day`, one still without any."""
    herald, courier, wire = (add_source(session, name) for name in ("Harbour Herald", "Courier", "The Wire"))
    told: dict[str, list[list[tuple[Source, str]]]] = {
        "world": [
            [
                (herald, "Storm closes the northern ports for a second day"),
                (wire, "Ports shut as storm stays"),
            ],
            [(wire, "Talks on the river treaty resume after eleven years")],
            [(courier, "Island votes to move its capital inland")],
            [(wire, "Night trains return to the southern line")],
        ],
        "technology": [
            [(wire, "Browser makers agree on one way to sign in"), (courier, "Signing in gets simpler")],
            [(courier, "A chip that sleeps between keystrokes")],
        ],
        "science": [
            [(herald, "Old ice core shows a warm century nobody had recorded")],
            [(courier, "Bees count landmarks on the way home, a study finds")],
        ],
    }
    topics = [
        add_topic(session, slug, position=place)
        for place, slug in enumerate(("world", "technology", "science", "sport"))
    ]
    for topic in topics[:3]:
        add_edition(session, topic, day, told[topic.slug])
    return topics


def add_subscriber(
    session: Session,
    address: str,
    now: datetime,
    topics: Sequence[str] = ("world",),
    status: str = SubscriberStatus.ACTIVE,
    timezone: str = "Europe/Berlin",
) -> Subscriber:
    """Somebody who signed up for 07:00, and confirmed unless they are to be pending."""
    request = SignUp(read_address(address), tuple(topics), time(7, 0), timezone, wording="Yes, please.")
    known = who_has(session, request.address.key)
    subscriber = find_by_handle(session, sign_up(session, request, known, now).handle)
    if status != SubscriberStatus.PENDING:
        confirm(session, subscriber.handle, "Confirm.", now)
        subscriber.status = status
    session.flush()
    return subscriber
