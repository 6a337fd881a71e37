"""Deciding which of the articles that arrived belong to a topic, from what the database knows of them."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from newsletter.editions.classify import Assignment, DecidedBy, Subject, classify, judge
from newsletter.editions.documents import Document
from newsletter.editions.gather import filed_sources
from newsletter.editions.store import replace_assignment
from newsletter.editions.topic_fits import judged_together
from newsletter.editions.topic_learning import model_for
from newsletter.editions.topic_model import Decision, TopicModel, terms_of
from newsletter.models import Article, ArticleTopic, ThreadArticle, Topic, TopicCorrection
from newsletter.models import TopicModel as StoredModel

_AT_A_TIME = 500


def judges_all(session: Session) -> bool:
    """Whether articles of sources filed elsewhere are judged, too: once something was learnt."""
    return bool(session.scalar(select(exists().where(StoredModel.articles > 0))))


def assign(session: Session, topic_id: int, arrived: Sequence[Document]) -> list[Assignment]:
    """For each article whether it belongs to the topic, and why."""
    if not arrived:
        return []
    topic = session.get_one(Topic, topic_id)
    corrected = _corrections(session, topic_id)
    sources = filed_sources(session, arrived)
    by_source = {
        one.article_id: one
        for document in arrived
        for one in classify(document.article_id, sources[document.article_id])
        if one.topic_id == topic_id
    }
    open_ones = [one for one in arrived if one.article_id not in by_source]
    judged = {one.article_id: one for one in _judged(session, topic, open_ones)}
    found = by_source | judged
    return [_as_corrected(found[one.article_id], corrected) for one in arrived]


def _judged(session: Session, topic: Topic, documents: Sequence[Document]) -> Iterator[Assignment]:
    subject = Subject(topic.id, topic.slug, topic.name)
    spoken = [one for one in documents if one.language in (None, topic.language)]
    model = model_for(session, topic.language) if spoken else None
    categories = _categories(session, documents)
    decisions = _decisions(model, str(topic.id), spoken, categories, _threads(session, spoken))
    for one in documents:
        yield judge(
            one.article_id, subject, categories.get(one.article_id, ()), decisions.get(one.article_id)
        )


def _decisions(
    model: TopicModel | None,
    topic: str,
    documents: Sequence[Document],
    categories: Mapping[int, Sequence[str]],
    threads: Mapping[int, int],
) -> dict[int, Decision]:
    """What was learnt says of each article, all judged at once; those of one thread are judged alike."""
    if model is None or topic not in model.topics or not documents:
        return {}
    place = model.topics.index(topic)
    told = [terms_of(one.title, one.excerpt, categories.get(one.article_id, ())) for one in documents]
    stories = [threads.get(one.article_id, -one.article_id) for one in documents]
    fits = judged_together(model, told, stories)[:, place].tolist()
    threshold = float(model.threshold[place])
    return {
        one.article_id: Decision(topic, fit, fit >= threshold, model.words_for(terms, topic))
        for one, fit, terms in zip(documents, fits, told, strict=True)
    }


def _threads(session: Session, documents: Sequence[Document]) -> dict[int, int]:
    found: dict[int, int] = {}
    ids = [one.article_id for one in documents]
    for start in range(0, len(ids), _AT_A_TIME):
        portion = ThreadArticle.article_id.in_(ids[start : start + _AT_A_TIME])
        rows = session.execute(select(ThreadArticle.article_id, ThreadArticle.thread_id).where(portion))
        found |= dict(rows.all())
    return found


def _categories(session: Session, documents: Sequence[Document]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    ids = [one.article_id for one in documents]
    for start in range(0, len(ids), _AT_A_TIME):
        wanted = select(Article.id, Article.categories).where(Article.id.in_(ids[start : start + _AT_A_TIME]))
        found |= dict(session.execute(wanted).all())
    return found


def _corrections(session: Session, topic_id: int) -> dict[int, bool]:
    wanted = select(TopicCorrection.article_id, TopicCorrection.belongs).where(
        TopicCorrection.topic_id == topic_id, TopicCorrection.article_id.is_not(None)
    )
    return {article_id: belongs for article_id, belongs in session.execute(wanted) if article_id is not None}


def _as_corrected(found: Assignment, corrected: Mapping[int, bool]) -> Assignment:
    belongs = corrected.get(found.article_id)
    if belongs is None:
        return found
    return corrected_assignment(found.article_id, found.topic_id, belongs)


def corrected_assignment(article_id: int, topic_id: int, belongs: bool) -> Assignment:
    """What the operator's word makes of an article."""
    reason = "you said that it belongs" if belongs else "you said that it does not belong"
    return Assignment(article_id, topic_id, reason, DecidedBy.OPERATOR, float(belongs), belongs)


def topics_of_article(session: Session, article_id: int) -> list[tuple[str, bool, str]] | None:
    """Each topic an article was judged for: its slug, whether it belongs, why. None without the article."""
    if session.get(Article, article_id) is None:
        return None
    rows = session.execute(
        select(Topic.slug, ArticleTopic.belongs, ArticleTopic.reason)
        .join(ArticleTopic, ArticleTopic.topic_id == Topic.id)
        .where(ArticleTopic.article_id == article_id)
        .order_by(ArticleTopic.belongs.desc(), Topic.slug)
    )
    return [(slug, belongs, reason) for slug, belongs, reason in rows]


def topic_precisions(session: Session) -> dict[int, float]:
    """For each topic that was learnt how precise that is, by its number."""
    found = {}
    for language, topic_id in session.execute(select(Topic.language, Topic.id)):
        model = model_for(session, language)
        if model and str(topic_id) in model.topics:
            found[topic_id] = model.precision[model.topics.index(str(topic_id))]
    return found


def correct(session: Session, article_id: int, topic_id: int, belongs: bool, now: datetime) -> None:
    """Take the operator's word on an article, for now and for what is learnt. Raises `NoResultFound`."""
    article = session.get_one(Article, article_id)
    known = session.scalar(
        select(TopicCorrection).where(
            TopicCorrection.article_id == article_id, TopicCorrection.topic_id == topic_id
        )
    )
    correction = known or TopicCorrection(article_id=article_id, topic_id=topic_id)
    correction.belongs, correction.at = belongs, now
    correction.title, correction.excerpt, correction.language = (
        article.title,
        article.excerpt,
        article.language,
    )
    session.add(correction)
    replace_assignment(session, corrected_assignment(article_id, topic_id, belongs))
