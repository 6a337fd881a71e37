"""Which documents tell of the same event: the one place that decides it.

The seam is `cluster`; how alike two documents are (`similarity`) and how pairs grow into groups may
both change behind it.
"""

import heapq
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import timedelta

from newsletter.editions.documents import Document
from newsletter.editions.similarity import Pair, similar_pairs

# Two groups join when their documents are on average this much alike. Chosen for precision: a wrong
# merge shows a reader nonsense, a missed one costs a line.
THRESHOLD = 0.12
# What is less alike than this counts as nothing alike.
FLOOR = 0.08
WITHIN = timedelta(hours=36)


def cluster(
    documents: Sequence[Document], *, threshold: float = THRESHOLD, within: timedelta = WITHIN
) -> list[list[int]]:
    """Group documents by event: indices into `documents`, each in exactly one group.

    Two documents published more than `within` apart count as nothing alike. Groups and their members
    are in order of index.
    """
    pairs = similar_pairs(documents, min(FLOOR, threshold), within)
    return average_linkage(len(documents), pairs, threshold)


def average_linkage(count: int, pairs: Iterable[Pair], threshold: float) -> list[list[int]]:
    """Join the closest two groups, again and again, while their average likeness is over `threshold`.

    Pairs not given count as nothing alike. Memory and time follow the number of pairs, never the
    square of `count`.
    """
    sums, heap = _start(count, pairs, threshold)
    members: dict[int, list[int]] = {index: [index] for index in range(count)}
    newest = count
    while heap:
        _, one, other = heapq.heappop(heap)
        if one not in members or other not in members:
            continue
        joined = members.pop(one) + members.pop(other)
        total = _join(sums, one, other, newest)
        for near, value in total.items():
            average = value / (len(joined) * len(members[near]))
            if average >= threshold:
                heapq.heappush(heap, (-average, near, newest))
        members[newest] = joined
        newest += 1
    return sorted(sorted(group) for group in members.values())


Sums = dict[int, dict[int, float]]


def _start(count: int, pairs: Iterable[Pair], threshold: float) -> tuple[Sums, list[tuple[float, int, int]]]:
    """The likeness of each document to its neighbours, and the pairs close enough to be joined.

    Documents that no chain of close pairs connects can never end in one group (an average of values
    below the threshold is below it), so weak pairs across are left out from the start.
    """
    kept = list(pairs)
    heap = [(-value, one, other) for one, other, value in kept if value >= threshold]
    heapq.heapify(heap)
    island = _islands(count, ((one, other) for _, one, other in heap))
    sums: Sums = defaultdict(dict)
    for one, other, value in kept:
        if island[one] == island[other]:
            sums[one][other] = sums[other][one] = value
    return sums, heap


def _islands(count: int, links: Iterable[tuple[int, int]]) -> list[int]:
    """For each index a number shared by exactly those that links connect."""
    parent = list(range(count))

    def root(index: int) -> int:
        while parent[index] != index:
            parent[index] = parent[parent[index]]
            index = parent[index]
        return index

    for one, other in links:
        parent[root(one)] = root(other)
    return [root(index) for index in range(count)]


def _join(sums: Sums, one: int, other: int, joined: int) -> dict[int, float]:
    """Add up what two groups have in common with every third one, under the joined group's number."""
    total = sums.pop(one, {})
    for near, value in sums.pop(other, {}).items():
        total[near] = total.get(near, 0.0) + value
    for own in (one, other):
        total.pop(own, None)
    for near, value in total.items():
        neighbours = sums[near]
        neighbours.pop(one, None)
        neighbours.pop(other, None)
        neighbours[joined] = value
    sums[joined] = total
    return total
