"""Logistic regressions in which no evidence counts against a pair, their labels anything from 0 to 1."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from scipy.optimize import minimize  # type: ignore[import-untyped]

from newsletter.editions.pair_features import EVIDENCE
from newsletter.editions.pair_score import CLIP

# What spreads less says nothing, and dividing by it would make much of rounding.
_STEADY = 1e-4


def fit(features: Any, labels: Any, weights: Any, names: Sequence[str]) -> dict[str, Any]:
    """One over named features, in the form the weights' file has."""
    mean, spread = features.mean(axis=0), features.std(axis=0)
    scale = np.where(spread > _STEADY, spread, 1.0)
    standard = ((features - mean) / scale).clip(-CLIP, CLIP).astype(float)
    model = _fitted(standard, labels, weights, [name in EVIDENCE for name in names])
    return {
        "names": list(names),
        "mean": _short(mean),
        "scale": _short(scale),
        "weights": _short(model[:-1]),
        "bias": round(float(model[-1]), 5),
    }


def fit_meaning(odds: Any, beyond: Any, labels: Any, weights: Any) -> dict[str, float]:
    """One over log-odds by words and likeness by vectors; `neutral` is the likeness that says nothing."""
    words, worth, bias = _fitted(np.column_stack([odds, beyond]), labels, weights, [True, True]).tolist()
    neutral = -bias / max(worth, 1e-6)
    return {"words": round(words, 3), "beyond": round(worth, 3), "neutral": round(neutral, 3)}


def _fitted(features: Any, labels: Any, weights: Any, evidence: Sequence[bool]) -> Any:
    """The weight of each feature, then the bias; those of `evidence` are not below 0."""

    def loss(model: Any) -> tuple[float, Any]:
        odds = features @ model[:-1] + model[-1]
        missed = weights * (1 / (1 + np.exp(-odds)) - labels)
        total = (weights * (np.logaddexp(0, odds) - labels * odds)).sum() + model[:-1] @ model[:-1] / 2
        return total, np.append(features.T @ missed + model[:-1], missed.sum())

    bounds = [(0.0 if one else None, None) for one in evidence] + [(None, None)]
    return minimize(loss, np.zeros(len(bounds)), jac=True, method="L-BFGS-B", bounds=bounds).x


def _short(values: Any) -> list[float]:
    return [round(float(value), 5) for value in values]
