"""A topic with its sources and articles in a real database, for the tests of closing."""

from datetime import datetime, time, timedelta

from sqlalchemy.orm import Session

from newsletter.mail.issue import EditionContent, Fragment, Part
from newsletter.models import Article, ArticleSighting, Source, Topic
from tests.editions.newsroom import DAY, MORNING, Told

WINDOW = timedelta(hours=36)


def render(edition: EditionContent, _language: str, _length: str) -> Fragment:
    """Stands for the mail room: nothing but the headlines, as the edition's head."""
    lines = [story.headline for story in edition.stories]
    return Fragment(Part(html="<br>".join(lines), text="\n".join(lines)), ())


def add_topic(
    session: Session,
    slug: str = "world",
    cutoff: time = time(5, 0),
    timezone: str = "UTC",
    sources: int = 5,
    polled: bool = True,
) -> Topic:
    """An active topic with `sources` sources, polled already unless said otherwise."""
    long_ago = MORNING - timedelta(days=30)
    topic = Topic(
        slug=slug, name=slug.title(), language="en", cutoff=cutoff, timezone=timezone, created_at=long_ago
    )
    topic.sources = [
        Source(
            url=f"https://news{number}.example.com/{slug}.xml",
            name=f"Source {number}",
            next_poll_at=MORNING,
            last_polled_at=MORNING if polled else None,
            created_at=long_ago,
        )
        for number in range(1, sources + 1)
    ]
    session.add(topic)
    session.flush()
    return topic


def add_article(
    session: Session,
    source: Source,
    title: str,
    excerpt: str = "",
    *,
    published: datetime = MORNING - timedelta(hours=4),
    seen: datetime | None = None,
    also_in: Source | None = None,
) -> Article:
    """An article of `source`, seen ten minutes after it was published unless said otherwise."""
    address = f"{source.url}/{title}"
    seen = seen or published + timedelta(minutes=10)
    article = Article(
        source_id=source.id,
        url=address,
        canonical_url=address,
        title=title,
        excerpt=excerpt,
        content_hash="0" * 64,
        published_at=published,
        first_seen_at=seen,
    )
    session.add(article)
    session.flush()
    for place in [source] + ([also_in] if also_in else []):
        session.add(
            ArticleSighting(
                article_id=article.id, source_id=place.id, guid=address, url=address, seen_at=seen
            )
        )
    session.flush()
    return article


def add_day(session: Session, topic: Topic, told: list[Told] = DAY, until: datetime = MORNING) -> None:
    """The invented news day as articles of the topic's sources, half an hour apart, before `until`."""
    for number, one in enumerate(told):
        published = until - timedelta(hours=20 - number / 2)
        add_article(session, topic.sources[one.source - 1], one.title, one.excerpt, published=published)
