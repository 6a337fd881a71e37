"""The sentences of several texts that say what most of them say, each thing once. Pure.

Sentences are weighed by how much they have in common with the others (Erkan and Radev, LexRank, 2004;
here the degree is enough: a story has a dozen sentences).
"""

from collections.abc import Iterable, Sequence

from newsletter.editions.sentences import sentences
from newsletter.editions.words import overlap, stems

LONGEST = 220
_FEWEST_WORDS = 6
# From this share of its words on, a sentence says again what was said.
_SAID = 0.5


def central(texts: Sequence[str], said: Iterable[str], most: int) -> list[str]:
    """Up to `most` sentences of the texts, the most shared first; nothing that `said` tells already."""
    found = dict.fromkeys(one for text in texts for one in _telling(text))
    words = {one: frozenset(stems(one)) for one in found}
    weight = {one: sum(overlap(words[one], words[other]) for other in found) for one in found}
    known = [frozenset(stems(one)) for one in said]
    chosen: list[str] = []
    for one in sorted(found, key=lambda one: -weight[one]):
        if len(chosen) < most and not any(_repeats(words[one], other) for other in known):
            chosen.append(one)
            known.append(words[one])
    return chosen


def _telling(text: str) -> list[str]:
    return [one for one in sentences(text) if len(one) <= LONGEST and len(stems(one)) >= _FEWEST_WORDS]


def _repeats(words: frozenset[str], known: frozenset[str]) -> bool:
    """Whether most of the shorter one's words stand in the other."""
    return bool(known) and len(words & known) >= _SAID * min(len(words), len(known))
