"""Which groups of documents go on with a story that was printed before."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from newsletter.editions.alike import same_title
from newsletter.editions.documents import Document, PrintedStory
from newsletter.editions.similarity import pairs_between

# A group follows a story when their documents are on average this much alike. Lower than for joining
# two documents: the next day's reports use other words for what became of the event.
FOLLOWS = 0.09
_FLOOR = 0.03


def follow(
    groups: Sequence[Sequence[Document]], printed: Sequence[PrintedStory]
) -> list[PrintedStory | None]:
    """For each group the printed story it goes on with, the newest and then the most alike; or None.

    A group follows a story when it holds one of its articles, or one with a near-identical title, or
    is alike in its words.
    """
    likeness = _likeness(groups, printed)
    followed: list[PrintedStory | None] = []
    for number in range(len(groups)):
        strengths = [
            (story.edition_date, likeness[number, place], story.story_id, story)
            for place, story in enumerate(printed)
            if likeness[number, place] >= FOLLOWS
        ]
        followed.append(max(strengths, key=lambda found: found[:3])[3] if strengths else None)
    return followed


def _likeness(
    groups: Sequence[Sequence[Document]], printed: Sequence[PrintedStory]
) -> defaultdict[tuple[int, int], float]:
    """How alike each group is to each printed story, by their places: on average, 1 when they share.

    They share an article, or a title: near-identical titles have words in common, so only pairs that
    are alike at all need be looked at.
    """
    ours = [(number, one) for number, group in enumerate(groups) for one in group]
    theirs = [(place, one) for place, story in enumerate(printed) for one in story.documents]
    average: defaultdict[tuple[int, int], float] = defaultdict(float)
    shared = set(_same_articles(ours, theirs))
    for row, column, value in pairs_between([one for _, one in ours], [one for _, one in theirs], _FLOOR):
        (number, mine), (place, old) = ours[row], theirs[column]
        average[number, place] += value / (len(groups[number]) * len(printed[place].documents))
        if same_title(mine, old):
            shared.add((number, place))
    average.update(dict.fromkeys(shared, 1.0))
    return average


def _same_articles(
    ours: Sequence[tuple[int, Document]], theirs: Sequence[tuple[int, Document]]
) -> Iterator[tuple[int, int]]:
    """The places of group and printed story that hold one article."""
    group_of = {one.article_id: number for number, one in ours}
    return ((group_of[old.article_id], place) for place, old in theirs if old.article_id in group_of)
