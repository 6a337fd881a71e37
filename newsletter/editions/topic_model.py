"""Which topics an article's words speak for: learnt from articles whose topics are known. Pure.

One linear model a topic, over stems, pairs of stems and the feed's own categories. Its fit is calibrated
on articles kept back from training, and so is the threshold: precision first, so that an article no topic
fits goes nowhere. scikit-learn is loaded for training only, numpy for deciding.
"""

import base64
import json
import zlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from newsletter.editions.words import stems

# A topic with fewer articles of its own, or fewer of others', is not learnt.
FEWEST = 40
# Terms kept, the most telling ones.
MOST_TERMS = 30_000
# So precise an article's place must be, and so sure.
PRECISION = 0.9
LEAST_FIT = 0.6
EXCERPT_LETTERS = 400
_VERSION = 1
_WORDS_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Example:
    """An article whose topics are known, by their names or numbers as text.

    One that is said to be apart from some topics, and nothing else, teaches nothing about the others.
    """

    title: str
    excerpt: str
    topics: frozenset[str]
    categories: tuple[str, ...] = ()
    apart: frozenset[str] = frozenset()
    weight: float = 1.0

    def weight_for(self, topic: str) -> float:
        """How much it counts in learning `topic`."""
        return self.weight if not self.apart or topic in self.apart | self.topics else 0.0


@dataclass(frozen=True, slots=True)
class Decision:
    """How sure it is that an article belongs to `topic`, 0 to 1, and the words that spoke for it most."""

    topic: str
    fit: float
    belongs: bool
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TopicModel:
    """What was learnt: a weight for each term and topic, and for each topic the calibration of its sums.

    `weights` is a float32 array, a row a term, a column a topic; `scale`, `offset` and `threshold` are a
    number a topic. `precision` is how many of those put into each topic belonged there, kept-back articles
    counted.
    """

    topics: tuple[str, ...]
    terms: dict[str, int]
    rarity: Any
    weights: Any
    scale: Any
    offset: Any
    threshold: Any
    precision: tuple[float, ...]

    def decide(self, title: str, excerpt: str, categories: Sequence[str] = ()) -> list[Decision]:
        """Every topic, the most fitting first."""
        told = terms_of(title, excerpt, categories)
        (fits,) = self.fits([told])
        decisions = [
            Decision(topic, float(fit), bool(fit >= self.threshold[place]), self.words_for(told, topic))
            for place, (topic, fit) in enumerate(zip(self.topics, fits, strict=True))
        ]
        return sorted(decisions, key=lambda one: (-one.fit, one.topic))

    def fits(self, articles: Sequence[Sequence[str]]) -> Any:
        """How sure each topic is: a row for each article, given as its terms, a column a topic."""
        import numpy as np

        sums = term_matrix(articles, self.terms, self.rarity) @ self.weights
        return 1 / (1 + np.exp(-(sums * self.scale + self.offset)))

    def words_for(self, told: Sequence[str], topic: str) -> tuple[str, ...]:
        """Of an article's terms those that speak for the topic, the strongest first."""
        place = self.topics.index(topic)
        known = {term: float(self.weights[self.terms[term], place]) for term in told if term in self.terms}
        best = sorted((term for term in known if known[term] > 0), key=lambda term: (-known[term], term))
        return tuple(best[:_WORDS_SHOWN])

    def pack(self) -> bytes:
        """As bytes: words and plain numbers, never a pickle."""
        numbers = {"rarity": self.rarity, "weights": self.weights, "scale": self.scale}
        numbers |= {"offset": self.offset, "threshold": self.threshold}
        held = {
            "version": _VERSION,
            "topics": self.topics,
            "terms": list(self.terms),
            "precision": self.precision,
            **{name: _write_numbers(array) for name, array in numbers.items()},
        }
        return zlib.compress(json.dumps(held).encode())


class SpoiltModel(Exception):
    """The bytes are no model of this version; training makes a new one."""


def unpack(packed: bytes) -> TopicModel:
    """What `pack` wrote. Raises `SpoiltModel`."""
    try:
        held = json.loads(zlib.decompress(packed))
        if held["version"] != _VERSION:
            raise SpoiltModel(f"version {held['version']}")
        topics = tuple(map(str, held["topics"]))
        terms = {str(term): place for place, term in enumerate(held["terms"])}
        arrays = {name: _read_numbers(held[name]) for name in ("rarity", "scale", "offset", "threshold")}
        weights = _read_numbers(held["weights"]).reshape(len(terms), len(topics))
        if any(len(arrays[name]) != len(topics) for name in ("scale", "offset", "threshold")):
            raise SpoiltModel("it does not fit together")
        return TopicModel(topics, terms, weights=weights, precision=tuple(held["precision"]), **arrays)
    except SpoiltModel:
        raise
    except (ValueError, KeyError, TypeError, zlib.error) as error:
        raise SpoiltModel(type(error).__name__) from error


def terms_of(title: str, excerpt: str, categories: Sequence[str] = ()) -> list[str]:
    """What an article is judged by: stems and pairs of them, the title's twice, and its categories."""
    said, told = stems(title), stems(excerpt[:EXCERPT_LETTERS])
    named = [f"category {' '.join(stems(name))}" for name in categories]
    return 2 * _with_pairs(said) + _with_pairs(told) + named


def _with_pairs(words: list[str]) -> list[str]:
    return words + [f"{one} {two}" for one, two in pairwise(words)]


def term_matrix(articles: Sequence[Sequence[str]], terms: dict[str, int], rarity: Any) -> Any:
    """TF-IDF rows of unit length."""
    import numpy as np
    from scipy.sparse import csr_matrix  # type: ignore[import-untyped]

    columns: list[int] = []
    values: list[float] = []
    ends = [0]
    for article in articles:
        counts = Counter(terms[term] for term in article if term in terms)
        columns += counts
        values += counts.values()
        ends.append(len(columns))
    rows = csr_matrix((np.array(values, dtype=np.float32), columns, ends), shape=(len(articles), len(terms)))
    rows.data = (1 + np.log(rows.data)) * rarity[rows.indices]
    lengths = np.sqrt(np.asarray(rows.multiply(rows).sum(axis=1)).ravel())
    rows.data /= np.repeat(np.maximum(lengths, 1e-9), np.diff(rows.indptr)).astype(np.float32)
    return rows


def _write_numbers(array: Any) -> str:
    import numpy as np

    return base64.b64encode(np.ascontiguousarray(array, dtype="<f4").tobytes()).decode()


def _read_numbers(text: str) -> Any:
    import numpy as np

    return np.frombuffer(base64.b64decode(text, validate=True), dtype="<f4")


def count_topics(examples: Iterable[Example]) -> Counter[str]:
    """How many examples each topic has."""
    return Counter(topic for one in examples for topic in one.topics)
