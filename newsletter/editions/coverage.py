"""Which other tellings of a story are shown below its lead, and which are copies only counted."""

from collections.abc import Sequence

from newsletter.editions.alike import same_title
from newsletter.editions.documents import Document
from newsletter.editions.novelty import NEW_WORDS, Facts, facts_of, named_news, same_text
from newsletter.editions.pair_score import has_text
from newsletter.editions.related import Scores, related_to, shown_from
from newsletter.editions.similarity import pairs_between

# A text less alike to the lead's than this may be in its group by way of others only.
RELATED = 0.04
NOTHING_SCORED: Scores = {}


def choose_related(
    lead: Document, documents: Sequence[Document], most: int, scores: Scores = NOTHING_SCORED
) -> tuple[Document, ...]:
    """Up to `most` other tellings, none by the lead's source, each adding something to those before it.

    Each from another source as far as that goes; those with an excerpt first, then the newest. `scores`
    are those of the window (`related.by_document`), by the articles' numbers.
    """
    others = sorted(
        (one for one in told_alike(lead, documents, scores) if one.source_id != lead.source_id),
        key=lambda one: (not one.excerpt, -one.published_at.timestamp(), one.article_id),
    )
    chosen: list[Document] = []
    told = facts_of([lead])
    for again in (False, True):
        for one in others:
            heard = one.source_id in {shown.source_id for shown in chosen}
            if len(chosen) < most and heard is again and _adds(one, [lead, *chosen], told):
                chosen.append(one)
                told |= facts_of([one])
    return tuple(chosen)


def told_alike(lead: Document, documents: Sequence[Document], scores: Scores) -> list[Document]:
    """Those of the lead's group that tell of its event for certain, the most certain of the headlines first.

    `documents` are the whole group. Two articles with text are compared by it, all others by the score of
    their headlines (`shown_from`): nothing related is better than something unrelated.
    """
    others = {one.article_id: one for one in documents if one.article_id != lead.article_id}
    texted = [one for one in others.values() if has_text(lead) and has_text(one)]
    alike = [texted[place] for _, place, _ in pairs_between([lead], texted, RELATED)]
    bare = others.keys() - {one.article_id for one in texted}
    least = shown_from(len(documents))
    sure = [one for one in related_to(lead.article_id, bare, scores) if one.confidence >= least]
    return alike + [others[one.index] for one in sure]


def count_copies(documents: Sequence[Document]) -> int:
    """How many of these say again what another one says in nearly the same words."""
    originals: list[Document] = []
    for one in sorted(documents, key=lambda one: (one.published_at, one.article_id)):
        if not any(_says_the_same(one, other) for other in originals):
            originals.append(one)
    return len(documents) - len(originals)


def _adds(document: Document, shown: Sequence[Document], told: Facts) -> bool:
    if any(document.article_id == one.article_id or _says_the_same(document, one) for one in shown):
        return False
    facts = facts_of([document])
    new_words = len(facts.words - told.words)
    return bool(named_news(facts, told)) or new_words >= min(NEW_WORDS * len(facts.words), 3)


def _says_the_same(one: Document, other: Document) -> bool:
    return same_title(one, other) or same_text(one, other)
