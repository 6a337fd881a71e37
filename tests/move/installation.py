"""An installation with something in every table, and ways to look at all of it."""

from datetime import date, time
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from newsletter.db import Database
from newsletter.models import (
    AddressChange,
    Alert,
    Article,
    ArticleBand,
    ArticleSighting,
    ArticleTopic,
    ArticleVersion,
    AttemptCount,
    Comment,
    ConfirmationCount,
    ConsentRecord,
    Delivery,
    DeliveryEvent,
    Edition,
    Image,
    KeptLogo,
    LeavingReason,
    LinkRequest,
    MachineDay,
    MachineText,
    PreferenceChange,
    PushBrowser,
    SourceDay,
    SourceHub,
    SourceTopic,
    Story,
    StoryWords,
    Subscriber,
    Suppression,
    Thread,
    ThreadArticle,
    ThreadChange,
    Throttle,
    ThrottleShare,
    Topic,
    TopicCorrection,
    TopicModel,
    metadata,
)
from tests.delivery.cast import DAY, HOUR, NOW, SENT, a_delivery, a_reader, a_topic, an_edition


def fill(db: Database) -> None:
    """Something in every table, of every type of value, odd ones included."""
    with db.write() as session:
        topic = a_topic(session, "science")
        _news(session, topic, an_edition(session, topic))
        _audience(session, topic)
        _learnt(session, topic)
        _pages(session)
        session.add(Throttle(key="domain:example.org", held_until=NOW + HOUR, reason="421 slow down"))
        session.add(ThrottleShare(key="domain:example.org", worker="w1", connections=2, expires_at=NOW))
        session.add(Suppression(address_hash="f" * 64, reason="complaint", created_at=NOW - DAY))


def _news(session: Session, topic: Topic, edition: Edition) -> None:
    article = session.scalars(select(Article)).one()
    article.title = "Überschwemmung 洪水 \N{WATER WAVE} | \t \\N \\. “quoted”\nsecond line"
    article.categories = ["science", "Ünï", 'a "quote"', ""]
    article.updated_at = NOW.replace(microsecond=123_456)
    session.add(
        ArticleSighting(article_id=article.id, source_id=article.source_id, guid="g", url="u", seen_at=NOW)
    )
    session.add(ArticleTopic(article_id=article.id, topic_id=topic.id, reason="its source"))
    _source(session, article.source_id, topic)
    session.add(
        ArticleVersion(article_id=article.id, title="t", content_hash="c", seen_from=NOW, replaced_at=NOW)
    )
    session.add(ArticleBand(article_id=article.id, band=1, value="f" * 16))
    session.add(Image(name="a.jpg", width=600, height=400, body=bytes(range(256)), used_at=NOW))
    session.add(KeptLogo(source="e" * 64, image_name="a.jpg"))
    session.flush()
    session.add(Story(edition_id=edition.id, position=1, score=0.1 + 0.2, previous_id=1, image_name="a.jpg"))
    session.add(StoryWords(story_id=1, headline="uberschwemmung 洪 水", words="courier reports"))


def _source(session: Session, source_id: int, topic: Topic) -> None:
    session.add(SourceTopic(source_id=source_id, topic_id=topic.id))
    session.add(SourceDay(source_id=source_id, date=NOW.date(), polls=3, undated=1))
    session.add(SourceHub(source_id=source_id, hub="h", topic="t", key="k", secret="s", asked_at=NOW))


def _audience(session: Session, topic: Topic) -> None:
    a_reader(session, topic, name="ann", quiet_note=True, send_time=time(6, 30, 15))
    bob = a_reader(session, topic, name="bob", paused_until=date(2026, 12, 1), next_issue_at=None)
    session.add(ConsentRecord(subscriber_id=bob.id, kind="confirmed", at=NOW, via="web", wording="Yes."))
    delivery = a_delivery(session, bob, state=SENT, finished_at=NOW, handed_over_at=NOW)
    session.add(DeliveryEvent(delivery_id=delivery.id, at=NOW, kind="sent", detail="250 2.0.0 taken"))
    wish = {"address": "bob@example.net", "address_key": "bob@example.net", "requested_at": NOW}
    session.add(AddressChange(subscriber_id=bob.id, handle="wish", old_confirmed_at=NOW, **wish))
    session.add(LinkRequest(address_key="carol@example.org", requested_at=NOW))
    session.add(Alert(kind="feed", cause="source:1", facts='{"said": "ü"}', since=NOW - DAY))


def _learnt(session: Session, topic: Topic) -> None:
    article = session.scalars(select(Article)).one()
    old = Thread(handle="old", born_at=NOW - DAY, moved_at=NOW)
    session.add(old)
    session.flush()
    session.add(Thread(handle="young", born_at=NOW, moved_at=NOW, merged_into_id=old.id))
    session.add(ThreadArticle(article_id=article.id, thread_id=old.id, joined_at=NOW))
    session.add(ThreadChange(thread_id=old.id, kind="born", at=NOW - DAY))
    session.add(TopicModel(language="en", trained_at=NOW, articles=3, packed=bytes(range(256))))
    session.add(TopicCorrection(article_id=article.id, topic_id=topic.id, belongs=False, title="ü", at=NOW))
    said: dict[str, object] = {"sentences": ["“Ü”"], "sure": 0.5, "none": None}
    session.add(MachineText(key="a" * 64, kind="summary", model="m", language="en", text=said, at=NOW))
    session.add(MachineDay(date=NOW.date(), calls=2, tokens_in=10**12))


def _pages(session: Session) -> None:
    reader, thread = session.scalars(select(Subscriber)).first(), session.scalars(select(Thread)).first()
    assert reader
    assert thread
    session.add(PreferenceChange(subscriber_id=reader.id, handle="c", at=NOW, before={"send_time": "07:00"}))
    session.add(LeavingReason(on=NOW.date(), reason="other", words="Too “much”"))
    session.add(Comment(thread_id=thread.id, subscriber_id=reader.id, name="Ann", text="Ü\n1", at=NOW))
    keys = {"endpoint": "https://push.example.com/1", "p256dh": "k", "auth": "a"}
    session.add(PushBrowser(subscriber_id=reader.id, created_at=NOW, **keys))
    session.add(ConfirmationCount(address_hash="b" * 64, times=2, last_at=NOW))
    session.add(AttemptCount(what="sign-up", window_from=NOW, times=3))


def everything(db: Database) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table, by the table's name, in the order of its key."""
    with db.engine.connect() as connection:
        return {
            name: [tuple(row) for row in connection.execute(select(table).order_by(*table.primary_key))]
            for name, table in metadata.tables.items()
        }


def rows_in(db: Database) -> int:
    return sum(len(rows) for rows in everything(db).values())


def highest_id(db: Database, model: type[Delivery | Topic | Subscriber]) -> int:
    with db.read() as session:
        return session.scalar(select(func.max(model.id))) or 0
