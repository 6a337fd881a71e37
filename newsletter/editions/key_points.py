"""The points of a story: its articles' most shared statements, none said twice. Pure.

Sentences are weighed by how much they have in common with the others (Erkan and Radev, LexRank, 2004;
here the degree is enough: a story has a dozen sentences).
"""

from collections.abc import Iterable, Sequence

from newsletter.editions.documents import Document
from newsletter.editions.sentences import sentences
from newsletter.editions.summarise import clean
from newsletter.editions.words import overlap, stems

MOST = 3
LONGEST = 220
_FEWEST_WORDS = 6
# From this share of its words on, a sentence says again what was said.
_SAID = 0.5
_WORDS_A_MINUTE = 220
_SIGNS_A_MINUTE = 500


def key_points(documents: Sequence[Document], said: Iterable[str], most: int = MOST) -> list[str]:
    """Up to `most` sentences of the documents, the most shared first; nothing that `said` tells already."""
    found = dict.fromkeys(one for document in documents for one in _telling(document))
    words = {one: frozenset(stems(one)) for one in found}
    weight = {one: sum(overlap(words[one], words[other]) for other in found) for one in found}
    known = [frozenset(stems(one)) for one in said]
    points: list[str] = []
    for one in sorted(found, key=lambda one: -weight[one]):
        if len(points) < most and not any(_repeats(words[one], other) for other in known):
            points.append(one)
            known.append(words[one])
    return points


def reading_seconds(text: str) -> int:
    """How long reading `text` takes: 220 words a minute, 500 signs where words are not spaced."""
    spaced, signs = 0, 0
    for word in text.split():
        unspaced = sum("\u3040" <= sign <= "\u9fff" or "\u0e00" <= sign <= "\u0eff" for sign in word)
        signs += unspaced
        spaced += unspaced < len(word)
    return round(60 * (spaced / _WORDS_A_MINUTE + signs / _SIGNS_A_MINUTE))


def _telling(document: Document) -> list[str]:
    text = clean(document.excerpt) or clean(document.page_text)
    return [one for one in sentences(text) if len(one) <= LONGEST and len(stems(one)) >= _FEWEST_WORDS]


def _repeats(words: frozenset[str], known: frozenset[str]) -> bool:
    """Whether most of the shorter one's words stand in the other."""
    return bool(known) and len(words & known) >= _SAID * min(len(words), len(known))
