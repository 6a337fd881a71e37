"""Which groups of documents go on with a story that was printed before."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from newsletter.editions.alike import same_title
from newsletter.editions.documents import Document, PrintedStory
from newsletter.editions.novelty import same_text
from newsletter.editions.similarity import pairs_between

# A group follows a story when their documents are on average this much alike. Lower than for joining
# two documents: the next day's reports use other words for what became of the event.
FOLLOWS = 0.09
# After this time an event's words may be another's: only what was printed itself is known again.
RECENT = timedelta(days=8)
_FLOOR = 0.03


def follow(
    groups: Sequence[Sequence[Document]], printed: Sequence[PrintedStory]
) -> list[PrintedStory | None]:
    """For each group the printed story it goes on with, the newest and then the most alike; or None.

    A group follows a story when it holds one of its articles, or one with a near-identical title or
    text, or, for eight days, is alike in its words.
    """
    likeness = _likeness(groups, printed)
    newest = max((story.edition_date for story in printed), default=date.min)
    enough = [FOLLOWS if newest - story.edition_date < RECENT else 1.0 for story in printed]
    followed: list[PrintedStory | None] = []
    for number in range(len(groups)):
        strengths = [
            (story.edition_date, likeness[number, place], story.story_id, story)
            for place, story in enumerate(printed)
            if likeness[number, place] >= enough[place]
        ]
        followed.append(max(strengths, key=lambda found: found[:3])[3] if strengths else None)
    return followed


def _likeness(
    groups: Sequence[Sequence[Document]], printed: Sequence[PrintedStory]
) -> defaultdict[tuple[int, int], float]:
    """How alike each group is to each printed story, by their places: on average, 1 when they share.

    They share an article, a title or a text: those have words in common, so only pairs that are alike
    at all need be looked at.
    """
    ours = [(number, one) for number, group in enumerate(groups) for one in group]
    theirs = [(place, one) for place, story in enumerate(printed) for one in story.documents]
    average: defaultdict[tuple[int, int], float] = defaultdict(float)
    shared = set(_same_articles(ours, theirs))
    for row, column, value in pairs_between([one for _, one in ours], [one for _, one in theirs], _FLOOR):
        (number, mine), (place, old) = ours[row], theirs[column]
        average[number, place] += value / (len(groups[number]) * len(printed[place].documents))
        if same_title(mine, old) or same_text(mine, old):
            shared.add((number, place))
    average.update(dict.fromkeys(shared, 1.0))
    return average


def _same_articles(
    ours: Sequence[tuple[int, Document]], theirs: Sequence[tuple[int, Document]]
) -> Iterator[tuple[int, int]]:
    """The places of group and printed story that hold one article."""
    group_of = {one.article_id: number for number, one in ours}
    return ((group_of[old.article_id], place) for place, old in theirs if old.article_id in group_of)
