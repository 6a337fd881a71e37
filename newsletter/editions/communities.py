"""From likely pairs to groups: documents gather where the sum of links outweighs the size of the crowd."""

from collections.abc import Iterable, Sequence

Link = tuple[int, int, float]
_ROUNDS = 10

Web = list[dict[int, float]]


def gather(density: Sequence[float], links: Iterable[Link]) -> list[list[int]]:
    """Groups of the indices of `density`, each in exactly one; groups and members in order of index.

    Two groups join when the links between them are worth more than the pairs across, each pair at the
    geometric mean of its two densities.

    Local moves and then moves of whole groups (as Louvain does it) against a constant density, so that
    a group's fate does not depend on how much else is in the window.
    """
    web = _web(len(density), links)
    members = [[index] for index in range(len(density))]
    masses = [value**0.5 for value in density]
    while True:
        homes = _settle(web, [sum(masses[index] for index in one) for one in members])
        names = {home: number for number, home in enumerate(dict.fromkeys(homes))}
        if len(names) == len(members):
            return sorted(sorted(one) for one in members)
        web, members = _folded(web, members, [names[home] for home in homes], len(names))


def _web(count: int, links: Iterable[Link]) -> Web:
    web: Web = [{} for _ in range(count)]
    for one, other, value in sorted(links):
        web[one][other] = web[other][one] = value
    return web


def _settle(web: Web, masses: Sequence[float]) -> list[int]:
    """Let every node move to the neighbouring home that gains most, until none wants to."""
    homes = list(range(len(web)))
    filled = list(masses)
    restless = [node for node, near in enumerate(web) if near]
    for _ in range(_ROUNDS):
        moved = [node for node in restless if _move(node, web[node], homes, filled, masses[node])]
        restless = sorted({other for node in moved for other in web[node]})
    return homes


def _move(node: int, near: dict[int, float], homes: list[int], filled: list[float], mass: float) -> bool:
    pull: dict[int, float] = {}
    for other, value in near.items():
        pull[homes[other]] = pull.get(homes[other], 0.0) + value
    old = homes[node]
    filled[old] -= mass
    best, most = old, pull.get(old, 0.0) - mass * filled[old]
    for home, value in pull.items():
        gain = value - mass * filled[home]
        if gain > most + 1e-12:
            best, most = home, gain
    filled[best] += mass
    homes[node] = best
    return best != old


def _folded(web: Web, members: list[list[int]], homes: list[int], count: int) -> tuple[Web, list[list[int]]]:
    """Each home as one node."""
    joined: list[list[int]] = [[] for _ in range(count)]
    folded: Web = [{} for _ in range(count)]
    for node, near in enumerate(web):
        home = homes[node]
        joined[home] += members[node]
        for other, value in near.items():
            if homes[other] != home:
                folded[home][homes[other]] = folded[home].get(homes[other], 0.0) + value
    return folded, joined
