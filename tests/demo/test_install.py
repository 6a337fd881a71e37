"""The demo's topics and sources in a database."""

from datetime import datetime, time

from sqlalchemy import func, select

from newsletter.db import Database
from newsletter.demo.install import install
from newsletter.demo.world import load_sources, load_topics
from newsletter.models import Source, SourceTopic, Topic

BASE = "http://127.0.0.1:8801"


def test_installing_adds_every_topic_and_source_once(any_db: Database, now: datetime) -> None:
    for added in (len(load_sources()), 0):
        with any_db.write() as session:
            assert install(session, BASE, now, time(5), "Europe/Berlin") == added
    with any_db.read() as session:
        topics = session.scalars(select(Topic).order_by(Topic.position)).all()
        assert [topic.slug for topic in topics] == [topic.slug for topic in load_topics()]
        assert {(topic.cutoff, topic.timezone) for topic in topics} == {(time(5), "Europe/Berlin")}
        assert session.scalar(select(func.count()).select_from(SourceTopic)) == len(load_sources())
        for source in session.scalars(select(Source)):
            assert source.next_poll_at == now
            assert len(source.topics) == 1


def test_a_missing_source_is_put_back_and_an_existing_topic_kept(db: Database, now: datetime) -> None:
    with db.write() as session:
        install(session, BASE, now, time(5), "UTC")
        session.delete(session.scalars(select(Source).where(Source.name == "Гавань")).one())
    with db.write() as session:
        assert install(session, BASE, now, time(9), "UTC") == 1
        assert set(session.scalars(select(Topic.cutoff))) == {time(5)}
