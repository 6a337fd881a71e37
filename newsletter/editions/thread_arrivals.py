"""Putting articles into threads as they come: each is compared with what is in the window, once.

At the cut-off everything is grouped anew (`threads.reconcile`); until then this is what is known.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from newsletter.editions.cluster import WITHIN
from newsletter.editions.documents import Document
from newsletter.editions.gather import load, published_between
from newsletter.editions.similarity import pairs_between
from newsletter.editions.thread_store import begin, claim, drop_empty, live, record, threads_since
from newsletter.models import Article, ThreadArticle, ThreadChangeKind

# An article joins a thread whose articles it is this much alike to on average; below the floor is nothing.
JOINS = 0.12
FLOOR = 0.08
# So many are placed in one go: the rest waits for the next.
MOST_ARRIVALS = 2_000


def waiting(session: Session, since: datetime, now: datetime) -> bool:
    """Whether an article published since then has no thread yet."""
    missing = ~exists().where(ThreadArticle.article_id == Article.id)
    fresh = select(Article.id).where(Article.published_at > since, Article.published_at <= now, missing)
    return bool(session.scalar(select(fresh.exists())))


def plan_arrivals(session: Session, since: datetime, now: datetime) -> dict[int, int]:
    """For articles without a thread (2,000 at most, the oldest first) what `assign` says, by article."""
    articles = load(session, published_between(since, now))
    threads = threads_since(session, since)
    standing = [one for one in articles if one.article_id in threads]
    new = sorted((one for one in articles if one.article_id not in threads), key=_age)[:MOST_ARRIVALS]
    labels = assign(new, standing, threads)
    return {one.article_id: label for one, label in zip(new, labels, strict=True)}


def assign(new: Sequence[Document], standing: Sequence[Document], thread_of: Mapping[int, int]) -> list[int]:
    """For each new document, in their order, the thread it joins; a number below 1 for one that begins.

    It joins the thread whose articles of the window it is most alike to on average, if that is enough.
    """
    near: defaultdict[int, list[tuple[int, float]]] = defaultdict(list)
    everything = [*standing, *new]
    for row, column, value in pairs_between(new, everything, FLOOR):
        apart = abs(new[row].published_at - everything[column].published_at)
        if column < len(standing) + row and apart <= WITHIN:
            near[row].append((column, value))
    labels = [thread_of[one.article_id] for one in standing]
    sizes = Counter(labels)
    for row in range(len(new)):
        likeness: defaultdict[int, float] = defaultdict(float)
        for column, value in near[row]:
            likeness[labels[column]] += value / sizes[labels[column]]
        best = max(likeness, key=lambda label: (likeness[label], -label), default=-row)
        labels.append(best if likeness[best] >= JOINS else -row)
        sizes[labels[-1]] += 1
    return labels[len(standing) :]


def store_arrivals(session: Session, planned: Mapping[int, int], now: datetime) -> int:
    """Write down where arrivals were put, beginning threads; how many. Others' placing meanwhile stays."""
    labels = sorted({label for label in planned.values() if label < 1}, reverse=True)
    begun = begin(session, len(labels), now)
    threads = {label: live(session, label) for label in planned.values() if label > 0}
    threads |= dict(zip(labels, begun, strict=True))
    wanted = {article: thread for article, label in planned.items() if (thread := threads[label]) is not None}
    claimed = claim(session, wanted, now)
    drop_empty(session, begun)
    for thread in sorted(set(claimed.values()).intersection(begun)):
        record(session, thread, ThreadChangeKind.BORN, None, now)
    session.flush()
    return len(claimed)


def _age(document: Document) -> tuple[datetime, int]:
    return document.published_at, document.article_id
