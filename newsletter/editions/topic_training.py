"""Learning a topic model from articles whose topics are known. Pure, but slow: seconds for ten thousand."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from newsletter.editions.topic_model import (
    FEWEST,
    LEAST_FIT,
    MOST_TERMS,
    PRECISION,
    Example,
    TopicModel,
    count_topics,
    term_matrix,
    terms_of,
)

# Every so-manieth article is kept back, to see how well the rest taught.
_KEPT_BACK = 5
_STRENGTH = 20.0


def train(examples: Sequence[Example]) -> TopicModel | None:
    """The model of these examples; None when no two topics have enough of them.

    The order of `examples` must not depend on their topics: every fifth is kept back.
    """
    counts = count_topics(examples)
    topics = tuple(sorted(topic for topic, number in counts.items() if number >= FEWEST))
    if len(topics) < 2:
        return None
    articles = [terms_of(one.title, one.excerpt, one.categories) for one in examples]
    terms, rarity = _vocabulary(articles)
    rows = term_matrix(articles, terms, rarity)
    taught = [_learn_one(rows, examples, topic) for topic in topics]
    weights, scales, offsets, thresholds, precisions = zip(*taught, strict=True)
    scale, offset, threshold = map(_numbers, (scales, offsets, thresholds))
    return TopicModel(topics, terms, rarity, _columns(weights), scale, offset, threshold, precisions)


def _vocabulary(articles: Sequence[Sequence[str]]) -> tuple[dict[str, int], Any]:
    """Terms of at least two articles, the more frequent first, and how rare each is (IDF)."""
    import numpy as np

    held = Counter(term for article in articles for term in set(article))
    kept = [term for term, number in held.most_common(MOST_TERMS) if number > 1]
    by = np.array([held[term] for term in kept])
    rarity = (np.log((1 + len(articles)) / (1 + by)) + 1).astype(np.float32)
    return {term: place for place, term in enumerate(kept)}, rarity


def _learn_one(rows: Any, examples: Sequence[Example], topic: str) -> tuple[Any, float, float, float, float]:
    """A topic's weights, the scale and offset of its fit, its threshold, and how precise that is."""
    import numpy as np

    label = np.array([topic in one.topics for one in examples])
    weigh = np.array([one.weight_for(topic) for one in examples])
    back = np.arange(len(examples)) % _KEPT_BACK == 0
    judged = back & (weigh > 0)
    sums = rows[judged] @ _learn(rows[~back], label[~back], weigh[~back])
    scale, offset = _calibration(sums, label[judged])
    fit = 1 / (1 + np.exp(-(sums * scale + offset)))
    return _learn(rows, label, weigh), scale, offset, *_threshold(fit, label[judged])


def _learn(rows: Any, label: Any, weigh: Any) -> Any:
    """A weight for each term; what speaks for every article alike is left to the calibration."""
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(C=_STRENGTH, max_iter=300, solver="liblinear")
    return model.fit(rows, label, sample_weight=weigh).coef_[0]


def _columns(weights: Sequence[Any]) -> Any:
    import numpy as np

    return np.column_stack(weights).astype(np.float32)


def _numbers(values: Sequence[float]) -> Any:
    import numpy as np

    return np.array(values, dtype=np.float32)


def _calibration(sums: Any, label: Any) -> tuple[float, float]:
    """Scale and offset that make sums likelihoods (Platt, 1999)."""
    from sklearn.linear_model import LogisticRegression

    if label.all() or not label.any():
        return 1.0, 0.0
    model = LogisticRegression(C=100.0).fit(sums.reshape(-1, 1), label)
    return max(float(model.coef_[0][0]), 0.0), float(model.intercept_[0])


def _threshold(fit: Any, label: Any) -> tuple[float, float]:
    """The lowest fit from which on enough belong, and how many do; never below `LEAST_FIT`."""
    import numpy as np

    for threshold in np.arange(LEAST_FIT, 0.99, 0.02):
        chosen = fit >= threshold
        if chosen.any() and label[chosen].mean() >= PRECISION:
            return float(threshold), float(label[chosen].mean())
    return 0.99, 0.0
