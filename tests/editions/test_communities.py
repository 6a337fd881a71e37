"""Links become groups: every index once, whatever the order, and no group for want of a link."""

import random
from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from newsletter.editions.communities import gather

_links = st.dictionaries(st.sampled_from(list(combinations(range(9), 2))), st.floats(0.01, 1.0), max_size=30)
Links = dict[tuple[int, int], float]


def test_two_crowds_with_one_link_between_them_stay_apart() -> None:
    crowds = [*combinations(range(4), 2), *combinations(range(4, 8), 2)]
    links = [(one, other, 0.9) for one, other in crowds] + [(3, 4, 0.6)]

    assert gather([0.5] * 8, links) == [[0, 1, 2, 3], [4, 5, 6, 7]]


def test_what_asks_little_of_each_pair_joins_by_few_links() -> None:
    chain = [(0, 1, 0.9), (1, 2, 0.9), (2, 3, 0.9)]

    assert gather([0.03] * 4, chain) == [[0, 1, 2, 3]]
    assert len(gather([0.9] * 4, chain)) > 1


def test_nothing_linked_is_nothing_joined() -> None:
    assert gather([0.1] * 3, []) == [[0], [1], [2]]
    assert gather([], []) == []


@given(_links, st.floats(0.01, 0.9))
def test_every_index_is_in_exactly_one_group(links: Links, density: float) -> None:
    groups = gather([density] * 9, [(one, other, value) for (one, other), value in links.items()])
    assert sorted(index for group in groups for index in group) == list(range(9))


@given(_links, st.randoms(use_true_random=False))
def test_the_order_of_links_changes_nothing(links: Links, chance: random.Random) -> None:
    told = [(one, other, value) for (one, other), value in links.items()]
    mixed = list(told)
    chance.shuffle(mixed)
    assert gather([0.2] * 9, told) == gather([0.2] * 9, mixed)


@given(_links)
def test_no_group_holds_what_no_chain_of_links_connects(links: Links) -> None:
    groups = gather([0.1] * 9, [(one, other, value) for (one, other), value in links.items()])
    for group in groups:
        reached, grown = {group[0]}, True
        while grown:
            near = {other for pair in links if reached & set(pair) for other in pair} & set(group)
            grown, reached = not near <= reached, reached | near
        assert reached == set(group)
