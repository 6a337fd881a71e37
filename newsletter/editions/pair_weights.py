"""The numbers `scripts/train_pairs.py` learnt: how telling words are, what makes two articles one story."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from math import log
from pathlib import Path
from typing import Any

_FILE = Path(__file__).parent / "data" / "pairs.json"
# A word of every tenth headline still says a little.
_LEAST_TELLING = 0.05
_WINDOW_SHARE = 0.3


@dataclass(frozen=True, slots=True)
class Logistic:
    """A logistic regression over named features: `mean` and `scale` standardise, `clip` bounds."""

    names: tuple[str, ...]
    mean: tuple[float, ...]
    scale: tuple[float, ...]
    weights: tuple[float, ...]
    bias: float


@dataclass(frozen=True, slots=True)
class MeaningWeights:
    """What a pair's log-odds are with sentence vectors: `words` of those by words, and `beyond` for each
    standard deviation that the two are more alike than `neutral` above any two of their window.
    """

    words: float
    beyond: float
    neutral: float


@dataclass(frozen=True, slots=True)
class PairWeights:
    """`telling`: how rare known words are (natural log of 1 / share of headlines), `unknown` all others."""

    telling: Mapping[str, float]
    unknown: float
    whole: Logistic
    direct: Logistic
    meaning: MeaningWeights

    def weight(self, word: str, held_by: float, count: int) -> float:
        """How telling a word is in a window of `count` documents of which `held_by` have it."""
        here = min(log((count + 1) / held_by) + 0.3, self.unknown)
        known = self.telling.get(word, self.unknown)
        return max((1 - _WINDOW_SHARE) * known + _WINDOW_SHARE * here - 1.0, _LEAST_TELLING)


@cache
def pair_weights() -> PairWeights:
    """The weights shipped with the program."""
    return read_weights(json.loads(_FILE.read_text(encoding="utf-8")))


def read_weights(stored: Mapping[str, Any]) -> PairWeights:
    """Weights out of their JSON form (`scripts/train_pairs.py` writes it)."""
    return PairWeights(
        telling=dict(stored["telling"]),
        unknown=float(stored["unknown"]),
        whole=_logistic(stored["whole"]),
        direct=_logistic(stored["direct"]),
        meaning=MeaningWeights(**stored["meaning"]),
    )


def _logistic(stored: Any) -> Logistic:
    return Logistic(
        names=tuple(stored["names"]),
        mean=tuple(stored["mean"]),
        scale=tuple(stored["scale"]),
        weights=tuple(stored["weights"]),
        bias=float(stored["bias"]),
    )
