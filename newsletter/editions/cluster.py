"""Which documents tell of the same event: the one place that decides it.

The seam is `cluster`; how likely two documents belong together (`pair_score`) and how pairs grow into
groups (`communities`) may both change behind it.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta

from newsletter.editions.communities import gather
from newsletter.editions.documents import Document
from newsletter.editions.pair_meaning import Meaning
from newsletter.editions.pair_score import ALIKE, FAINT, has_text, scored_pairs
from newsletter.editions.similarity import Pair

# Headlines less likely to be one story than this join nothing. Chosen for precision: a wrong merge shows
# a reader nonsense, a missed one costs a line.
THRESHOLD = 0.55
# How much the average pair of a group must be worth. Headlines have links to a few neighbours each, so
# in a large story most pairs have none; texts of one event are nearly all alike.
HEADLINE_DENSITY = 0.03
TEXT_DENSITY = 0.5
WITHIN = timedelta(hours=36)


def cluster(
    documents: Sequence[Document], *, within: timedelta = WITHIN, meaning: Meaning | None = None
) -> list[list[int]]:
    """Group documents by event: indices into `documents`, each in exactly one group.

    `meaning` are sentence vectors, where the operator has a model.

    Two documents published more than `within` apart are never a link. Groups and their members are in
    order of index.
    """
    return grouped(documents, window_pairs(documents, within, meaning))


def window_pairs(
    documents: Sequence[Document], within: timedelta = WITHIN, meaning: Meaning | None = None
) -> Iterator[Pair]:
    """The pairs of a window that may matter, with how likely each is one story."""
    return scored_pairs(documents, FAINT / ALIKE, within, meaning=meaning)


def grouped(documents: Sequence[Document], pairs: Iterable[Pair]) -> list[list[int]]:
    """Groups by pairs that are scored already."""
    texted = [has_text(document) for document in documents]
    density = [TEXT_DENSITY if text else HEADLINE_DENSITY for text in texted]
    links = (
        (one, other, score)
        for one, other, score in pairs
        if score >= THRESHOLD or (texted[one] and texted[other])
    )
    return gather(density, links)
