"""Which thread each group of a closing belongs to: what stays the same from day to day.

Articles were put into threads one by one as they came, knowing little. At the cut-off they are grouped
anew, all at once, and threads follow: two that turn out to be one event are joined, a part that turns
out to be another event leaves.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from newsletter.editions.documents import Document, PrintedStory

# Two parts of a thread that lie further apart than this are one event going on, not two.
APART = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class Placement:
    """Articles that tell of one event, and the thread they belong to; None for one that is to begin.

    `absorbs` are younger threads that turned out to be the same; `leaves` is the one that a new
    thread is a part of until now.
    """

    articles: tuple[int, ...]
    thread_id: int | None = None
    absorbs: tuple[int, ...] = ()
    leaves: int | None = None


def reconcile(
    groups: Sequence[Sequence[Document]],
    follows: Sequence[PrintedStory | None],
    thread_of: Mapping[int, int],
) -> list[Placement]:
    """A placement for each event of the closing; groups that follow one printed story are one event.

    `thread_of` gives articles' threads as they are. The lower number is the older thread. A thread stays
    with the event that goes on with its printed story, else with the one that holds most of it.
    """
    events = _events(groups, follows)
    votes = [_votes(documents, story, thread_of) for documents, story in events]
    homes = _homes(votes)
    owned: defaultdict[int, list[int]] = defaultdict(list)
    for thread, event in homes.items():
        owned[event].append(thread)
    placements = []
    for number, (documents, _) in enumerate(events):
        articles = tuple(one.article_id for one in documents)
        if owned[number]:
            oldest, *younger = sorted(owned[number])
            placements.append(Placement(articles, oldest, tuple(younger)))
        elif votes[number]:
            thread = max(votes[number], key=lambda one: (votes[number][one], -one))
            at_once = _at_the_same_time(documents, events[homes[thread]][0])
            placements.append(Placement(articles, leaves=thread) if at_once else Placement(articles, thread))
        else:
            placements.append(Placement(articles))
    return placements


_Event = tuple[list[Document], PrintedStory | None]


def _events(groups: Sequence[Sequence[Document]], follows: Sequence[PrintedStory | None]) -> list[_Event]:
    together: dict[object, _Event] = {}
    for number, (documents, story) in enumerate(zip(groups, follows, strict=True)):
        key: object = ("story", story.thread_id or story.story_id) if story else ("group", number)
        together.setdefault(key, ([], story))[0].extend(documents)
    return list(together.values())


def _votes(
    documents: Sequence[Document], story: PrintedStory | None, thread_of: Mapping[int, int]
) -> Counter[int]:
    votes = Counter(thread_of[one.article_id] for one in documents if one.article_id in thread_of)
    if story is not None and story.thread_id is not None:
        votes[story.thread_id] += len(thread_of) + 1  # more than all articles together
    return votes


def _homes(votes: Sequence[Counter[int]]) -> dict[int, int]:
    """For each thread the event that has most of it, the first among equals."""
    best: dict[int, tuple[int, int]] = {}
    for number, counted in enumerate(votes):
        for thread, count in counted.items():
            if count > best.get(thread, (0, 0))[0]:
                best[thread] = (count, number)
    return {thread: number for thread, (_, number) in best.items()}


def _at_the_same_time(ones: Sequence[Document], others: Sequence[Document]) -> bool:
    mine, theirs = [one.published_at for one in ones], [one.published_at for one in others]
    return max(min(mine), min(theirs)) - min(max(mine), max(theirs)) <= APART
