"""Closing an edition: read the candidates, decide purely what to print, store it frozen.

`plan_edition` only reads and thinks, which may take seconds; `store_edition` only writes, which is
over at once. Whoever closes many editions calls them apart, so that nobody waits for the lock.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter.editions.assign import assign, judges_all
from newsletter.editions.classify import Assignment
from newsletter.editions.cluster import grouped, window_pairs
from newsletter.editions.content import Render, edition_content, keep_fragments
from newsletter.editions.documents import EditionWords, LeadImage, RankedStory
from newsletter.editions.due import DueEdition, due_topics
from newsletter.editions.follow import follow
from newsletter.editions.gather import (
    LONGEST_WINDOW,
    considered,
    load,
    news_limit,
    news_until,
    printed_stories,
    unconsidered,
)
from newsletter.editions.pair_meaning import Meaning
from newsletter.editions.rank import STANDARD, Limits, rank
from newsletter.editions.related import by_document
from newsletter.editions.repeats import keep_news
from newsletter.editions.standing import standing
from newsletter.editions.store import NO_WORDS, store_assignments, store_stories, take_edition
from newsletter.editions.thread_store import changed, store_placements, threads_since
from newsletter.editions.threads import Placement, reconcile
from newsletter.mail.fragment import render_fragment
from newsletter.mail.lengths import STANDARD as STANDARD_LENGTH
from newsletter.models import Edition, Topic

__all__ = ["DueEdition", "EditionPlan", "close_edition", "due_topics", "plan_edition", "store_edition"]

NO_IMAGES: Mapping[int, LeadImage] = {}

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class EditionPlan:
    """What closing decided: the stories to print, the topics found for articles looked at, their threads."""

    topic_id: int
    date: date
    assignments: tuple[Assignment, ...]
    stories: tuple[RankedStory, ...]
    placements: tuple[Placement, ...] = ()

    @property
    def leads(self) -> tuple[int, ...]:
        """The articles that lead its stories, in their order."""
        return tuple(story.lead.article_id for story in self.stories)


def close_edition(
    session: Session,
    topic_id: int,
    date: date,
    cutoff: datetime,
    now: datetime,
    window: timedelta,
    render: Render = render_fragment,
) -> Edition | None:
    """Make and store the topic's edition of `date` from the articles of the `window` before `cutoff`.

    Returns the edition that exists already, unchanged, when there is one, also when another closer
    was faster; None when there is nothing to say. An edition is published at once.
    """
    existing = find_edition(session, topic_id, date)
    if existing is not None:
        return existing
    plan = plan_edition(session, topic_id, date, cutoff, now, window)
    return store_edition(session, plan, now, render)


def plan_edition(
    session: Session,
    topic_id: int,
    date: date,
    cutoff: datetime,
    now: datetime,
    window: timedelta,
    limits: Limits = STANDARD,
    meaning: Meaning | None = None,
) -> EditionPlan:
    """Decide what the topic's edition of `date` prints; changes nothing. `meaning` is as for `cluster`."""
    limit = news_limit(session, topic_id, cutoff, now)
    arrived = load(session, unconsidered(topic_id, cutoff - LONGEST_WINDOW, limit, now, judges_all(session)))
    assignments = assign(session, topic_id, arrived)
    ours = {one.article_id for one in assignments if one.belongs}
    candidates = load(session, considered(topic_id, cutoff - window, limit, now))
    candidates += [one for one in arrived if one.article_id in ours and one.published_at > cutoff - window]
    pairs = list(window_pairs(candidates, meaning=meaning))
    groups = [[candidates[index] for index in group] for group in grouped(candidates, pairs)]
    follows = follow(groups, printed_stories(session, topic_id, date))
    since = news_until(session, session.get_one(Topic, topic_id), date)
    known = standing(session, topic_id, candidates, date, {one.article_id: one.fit for one in assignments})
    scores = by_document((candidates[a].article_id, candidates[b].article_id, sure) for a, b, sure in pairs)
    stories = rank(keep_news(groups, follows, since), limit, limits, known, scores)
    threads = threads_since(session, cutoff - window)
    leads = frozenset(story.lead.article_id for story in stories)
    return EditionPlan(
        topic_id,
        date,
        tuple(assignments),
        tuple(stories),
        tuple(changed(reconcile(groups, follows, threads), threads, leads)),
    )


def store_edition(
    session: Session,
    plan: EditionPlan,
    now: datetime,
    render: Render = render_fragment,
    images: Mapping[int, LeadImage] = NO_IMAGES,
    words: EditionWords = NO_WORDS,
) -> Edition | None:
    """Store what was planned; the existing edition when another closer was faster.

    `images` are the leads' own, by article; `words` what a model wrote. The edition is rendered once
    here, so that none is stored that cannot be; `content.render_all` does the rest, which takes longer.
    """
    store_assignments(session, plan.assignments)
    store_placements(session, plan.placements, now)
    if not plan.stories:
        log.info("nothing to say", topic=plan.topic_id, date=str(plan.date))
        return None
    edition, is_new = take_edition(session, plan.topic_id, plan.date, now)
    if is_new:
        store_stories(session, edition, plan.stories, images, now, words)
        fragment = render(edition_content(session, edition), edition.language, STANDARD_LENGTH)
        keep_fragments(session, edition.id, [(edition.language, STANDARD_LENGTH, fragment)])
        log.info("edition closed", edition=edition.id, topic=plan.topic_id, stories=len(plan.stories))
    return edition


def find_edition(session: Session, topic_id: int, date: date) -> Edition | None:
    """The topic's edition of `date`, if there is one."""
    return session.scalar(select(Edition).where(Edition.topic_id == topic_id, Edition.date == date))
