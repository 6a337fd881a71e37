"""One article as it comes: which group of the window it joins, at the cost of its candidates alone.

Quick and a little less right than regrouping (`cluster`), which has the last word at the cut-off.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from heapq import nlargest
from math import exp, sqrt

from newsletter.editions.documents import Document
from newsletter.editions.pair_score import CLIP
from newsletter.editions.pair_weights import Logistic, PairWeights, pair_weights
from newsletter.editions.vectors import PAIR_SHARE
from newsletter.editions.wording import Names, Wording, grams, wording

# An article joins a group when it is this likely to tell of the same event as the members nearest to it.
JOINS = 0.75
_NEAREST = 3
_CANDIDATES = 20
# Words that more articles of the window hold find nobody, and would cost the most.
_COMMON = 400


class _Telling(dict[str, float]):
    """How telling words and pairs of words are, each worked out once for one arriving article."""

    def __init__(self, weigh: Callable[[str], float]) -> None:
        self._weigh = weigh

    def __missing__(self, term: str) -> float:
        halves = term.split(" ")
        weight = self._weigh(term) if len(halves) == 1 else PAIR_SHARE * sum(self[half] for half in halves)
        self[term] = weight
        return weight


class ArrivalWindow:
    """The window's articles, found by their words. Groups are numbered in the order they began.

    `within` is how far apart two articles of one event may be published. `forget` keeps the window small.
    """

    def __init__(self, within: timedelta, weights: PairWeights | None = None) -> None:
        self._within = within.total_seconds()
        self._weights = weights or pair_weights()
        self._names = Names()
        self._told: dict[int, Wording] = {}
        self._group: dict[int, int] = {}
        self._members: defaultdict[int, int] = defaultdict(int)
        self._holding: defaultdict[str, dict[int, None]] = defaultdict(dict)
        self._groups = 0

    def assign(self, document: Document, group: int | None = None) -> int:
        """Take an article in and say its group: the one it is most likely of, or a new one's number.

        With `group`, it is put there: so a window is filled with what was grouped before. An article
        that is in already keeps its group.
        """
        if document.article_id in self._group:
            return self._group[document.article_id]
        told = wording(document)
        chosen = self._likeliest(told) if group is None else group
        if chosen is None:
            chosen = self._groups
        self._groups = max(self._groups, chosen + 1)
        self._take(document, told, chosen)
        return chosen

    def forget(self, article_ids: Iterable[int]) -> None:
        """Leave articles out that are too old to be joined; unknown ones are passed over."""
        for article_id in article_ids:
            told = self._told.pop(article_id, None)
            if told is not None:
                self._members[self._group.pop(article_id)] -= 1
                for word in told.words:
                    self._holding[word].pop(article_id, None)

    def _take(self, document: Document, told: Wording, group: int) -> None:
        self._names.learn(document.title)
        self._told[document.article_id] = told
        self._group[document.article_id] = group
        self._members[group] += 1
        for word in told.words:
            self._holding[word][document.article_id] = None

    def _likeliest(self, told: Wording) -> int | None:
        found: defaultdict[int, list[float]] = defaultdict(list)
        telling = _Telling(self._held_weight)
        for article_id in self._candidates(told, telling):
            other = self._told[article_id]
            if abs(other.seconds - told.seconds) <= self._within:
                score = likely_pair(self._features(told, other, telling), self._weights.direct)
                found[self._group[article_id]].append(score)
        best = max(((self._standing(group, scores), -group) for group, scores in found.items()), default=None)
        return -best[1] if best and best[0] >= JOINS else None

    def _standing(self, group: int, scores: list[float]) -> float:
        """The mean of the nearest members; a member that is no candidate counts as nothing alike."""
        nearest = sorted(scores, reverse=True)[:_NEAREST]
        return sum(nearest) / min(_NEAREST, max(self._members[group], 1))

    def _candidates(self, told: Wording, telling: _Telling) -> list[int]:
        strength: defaultdict[int, float] = defaultdict(float)
        for word in told.words:
            holding = self._holding.get(word, {})
            if len(holding) <= _COMMON:
                for article_id in holding:
                    strength[article_id] += telling[word]
        return nlargest(_CANDIDATES, strength, key=lambda one: (strength[one], -one))

    def _held_weight(self, word: str) -> float:
        held = len(self._holding.get(word, {}))
        return self._weights.weight(word, max(held, 1), max(len(self._told), 1))

    def _features(self, one: Wording, other: Wording, telling: _Telling) -> list[float]:
        """The features named in `pair_features.DIRECT`, in its order."""
        ours, others = one.words, other.words
        common = ours & others
        shared = sum(telling[word] for word in common)
        least = min(sum(telling[word] for word in words) for words in (ours, others))
        mine, theirs = grams(one.text), grams(other.text)
        return [
            _cosine(ours, others, telling),
            _cosine(one.pairs, other.pairs, telling),
            len(mine & theirs) / sqrt(max(len(mine) * len(theirs), 1)),
            shared / 8,
            max((telling[word] for word in common), default=0.0) / 6,
            sum(telling[word] * self._names.likely(word) for word in common) / 6,
            min(len(common), 6) / 3,
            shared / max(least, 0.1),
            float(min(sum(any(map(str.isdigit, word)) for word in common), 2)),
            min(one.length, other.length) / 10,
            max(one.length, other.length) / 10,
            float(one.source_id == other.source_id),
        ]


def likely_pair(features: list[float], model: Logistic) -> float:
    """The model's probability for one pair; the same as `pair_score.likely` for an array of them."""
    total = model.bias
    for value, mean, scale, weight in zip(features, model.mean, model.scale, model.weights, strict=True):
        total += weight * max(-CLIP, min(CLIP, (value - mean) / scale))
    return 1 / (1 + exp(-total))


def _cosine(one: frozenset[str], other: frozenset[str], weight: Mapping[str, float]) -> float:
    def length(terms: frozenset[str]) -> float:
        return sqrt(sum(weight[term] ** 2 for term in terms))

    across = length(one) * length(other)
    return length(one & other) ** 2 / across if across else 0.0
