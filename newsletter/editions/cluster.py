"""Which documents tell of the same event: the one place that decides it.

The seam is `cluster`; how likely two documents belong together (`pair_score`) and how pairs grow into
groups (`communities`) may both change behind it.
"""

from collections.abc import Sequence
from datetime import timedelta

from newsletter.editions.communities import gather
from newsletter.editions.documents import Document
from newsletter.editions.pair_score import scored_pairs

# Pairs less likely than this join nothing. Chosen for precision: a wrong merge shows a reader nonsense,
# a missed one costs a line.
THRESHOLD = 0.6
WITHIN = timedelta(hours=36)


def cluster(
    documents: Sequence[Document], *, threshold: float = THRESHOLD, within: timedelta = WITHIN
) -> list[list[int]]:
    """Group documents by event: indices into `documents`, each in exactly one group.

    Two documents published more than `within` apart are never a link. Groups and their members are in
    order of index.
    """
    one, other, score = scored_pairs(documents, threshold, within)
    return gather(len(documents), zip(one.tolist(), other.tolist(), score.tolist(), strict=True))
