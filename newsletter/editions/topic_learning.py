"""Learning topics from the installation's own articles, and keeping what was learnt.

Articles of sources filed under one topic alone are the examples; the operator's corrections count most.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

import structlog
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from newsletter.editions.topic_model import Example, SpoiltModel, TopicModel, unpack
from newsletter.models import Article, ArticleTopic, SourceTopic, Topic, TopicCorrection
from newsletter.models import TopicModel as StoredModel

# Of every language together, where none has enough for a model of its own.
ANY_LANGUAGE = "*"
LEARNT_DAYS = timedelta(days=60)
MOST_EXAMPLES = 20_000
# What the operator says once weighs as much as so many articles.
CORRECTION_WEIGHT = 20.0
# An installation learns anew once a day.
EVERY = timedelta(hours=23)
# Longer than any edition looks back.
REFUSED_DAYS = timedelta(days=10)

log = structlog.get_logger()


def examples_of(session: Session, language: str, now: datetime) -> list[Example]:
    """The newest examples of one language, or of all; topics are their numbers as text."""
    alone = (
        select(SourceTopic.source_id, func.min(SourceTopic.topic_id).label("topic_id"))
        .group_by(SourceTopic.source_id)
        .having(func.count() == 1)
        .subquery()
    )
    corrected = select(TopicCorrection.article_id).where(TopicCorrection.article_id.is_not(None))
    wanted = (
        select(Article.title, Article.excerpt, Article.categories, alone.c.topic_id)
        .join(alone, alone.c.source_id == Article.source_id)
        .join(Topic, Topic.id == alone.c.topic_id)
        .where(Topic.active, Article.published_at > now - LEARNT_DAYS, Article.id.not_in(corrected))
        .order_by(Article.published_at.desc(), Article.id)
        .limit(MOST_EXAMPLES)
    )
    if language != ANY_LANGUAGE:
        wanted = wanted.where(Article.language == language)
    found = [
        Example(title, excerpt, frozenset({str(topic)}), tuple(categories))
        for title, excerpt, categories, topic in session.execute(wanted)
    ]
    return [*_corrected(session, language), *found]


def _corrected(session: Session, language: str) -> Iterator[Example]:
    wanted = select(TopicCorrection).order_by(TopicCorrection.id)
    if language != ANY_LANGUAGE:
        wanted = wanted.where(TopicCorrection.language == language)
    for one in session.scalars(wanted):
        topic, nothing = frozenset({str(one.topic_id)}), frozenset[str]()
        topics, apart = (topic, nothing) if one.belongs else (nothing, topic)
        yield Example(one.title, one.excerpt, topics, apart=apart, weight=CORRECTION_WEIGHT)


def languages_to_learn(session: Session) -> list[str]:
    """The languages of the topics, and all together."""
    spoken = session.scalars(select(Topic.language).where(Topic.active).distinct().order_by(Topic.language))
    return [*spoken, ANY_LANGUAGE]


def is_due(session: Session, now: datetime) -> bool:
    """Whether nothing was learnt for a day, and there is anything to learn from."""
    newest = session.scalar(select(func.max(StoredModel.trained_at)))
    topics = session.scalar(select(func.count(func.distinct(SourceTopic.topic_id)))) or 0
    return topics > 1 and (newest is None or newest <= now - EVERY)


def keep_models(session: Session, models: Mapping[str, tuple[TopicModel, int]], now: datetime) -> None:
    """Store what was learnt, by language, with how many examples taught it; what was stored before goes.

    Where nothing could be learnt, that is stored, too: it is tried again a day later.
    """
    session.execute(delete(StoredModel))
    if not models:
        session.add(StoredModel(language=ANY_LANGUAGE, trained_at=now, articles=0, packed=b""))
    session.add_all(
        StoredModel(language=language, trained_at=now, articles=count, packed=model.pack())
        for language, (model, count) in models.items()
    )
    session.flush()


def model_for(session: Session, language: str) -> TopicModel | None:
    """The model for a topic's language, else the one of all languages; None when nothing was learnt."""
    for wanted in (language, ANY_LANGUAGE):
        packed = session.scalar(select(StoredModel.packed).where(StoredModel.language == wanted))
        if packed:
            try:
                return unpack(packed)
            except SpoiltModel as error:
                log.warning("topic model is spoilt", language=wanted, reason=str(error))
    return None


def forget_refusals(session: Session, now: datetime) -> None:
    """Let go of what was found not to belong, once no edition looks at it any more."""
    old = select(Article.id).where(Article.first_seen_at < now - REFUSED_DAYS)
    session.execute(
        delete(ArticleTopic)
        .where(~ArticleTopic.belongs, ArticleTopic.decided_by != "operator", ArticleTopic.article_id.in_(old))
        .execution_options(synchronize_session=False)
    )
