"""Stories: how quickly articles are grouped; and, for a labelled file, how well."""

import csv
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from bench.headlines import Headline, read_headlines
from bench.report import CannotMeasure, Report, peak_rss_mb
from bench.story_load import many_headlines
from bench.story_predictions import Prediction, predict
from bench.story_scores import score_parts
from bench.story_topics import decide_categories
from newsletter.child import ChildFailed, run_in_child
from newsletter.editions.arriving import ArrivalWindow
from newsletter.editions.cluster import cluster
from newsletter.editions.sentence_model import SentenceModel, VectorsUnusable

_SIZES = (5_000, 10_000, 20_000, 40_000, 80_000)
_PATIENCE = 900
_ARRIVING = 200


@dataclass(frozen=True, slots=True)
class Trial:
    """So many articles grouped: groups found, seconds, and the most memory it took."""

    count: int
    groups: int
    seconds: float
    peak_rss_mb: float


def measure(
    data: Path | None = None,
    pred: Path | None = None,
    train: Path | None = None,
    vectors: Path | None = None,
) -> Report:
    """Speed on invented headlines; or predictions for `data` written to `pred`, with their scores.

    Predictions take the sentence model in the folder `vectors` into account, where one is given. Raises
    `CannotMeasure` when a trial fails, `data` is not such a file, or the model cannot be used.
    """
    if data is not None and pred is not None:
        return _predict(data, pred, train, vectors)
    return _speed()


def _speed() -> Report:
    try:
        # Each in a process of its own: what a process has held counts for those it starts, too.
        trials = [run_in_child(regroup, count, seconds=_PATIENCE) for count in _SIZES]
        closing = run_in_child(close, 10_000, seconds=_PATIENCE)
        arriving = run_in_child(arrive, 20_000, seconds=_PATIENCE)
    except ChildFailed as error:
        raise CannotMeasure(f"grouping {error}") from error
    by_count = {trial.count: trial for trial in trials}
    return Report(
        bench="stories",
        figures={
            "regroup_20k_seconds": by_count[20_000].seconds,
            "regroup_80k_seconds": by_count[80_000].seconds,
            "arrive_ms": arriving,
            "close_10k_seconds": closing,
            "peak_rss_mb": max(trial.peak_rss_mb for trial in trials),
        },
        columns=("articles", "groups", "seconds", "µs an article", "peak RSS, MB"),
        rows=[
            (f"{one.count:,}", one.groups, one.seconds, one.seconds / one.count * 1e6, one.peak_rss_mb)
            for one in trials
        ],
        notes=("Invented headlines of two days; each trial in a process of its own, loading included.",),
    )


def regroup(count: int) -> Trial:
    """Group `count` headlines, in a process of its own."""
    documents = many_headlines(count)
    start = time.perf_counter()
    groups = cluster(documents, within=timedelta(days=2))
    return Trial(count, len(groups), time.perf_counter() - start, peak_rss_mb())


def close(count: int) -> float:
    """Seconds to group `count` articles that come with text, as closing an edition does."""
    documents = many_headlines(count)
    telling = [
        replace(one, excerpt=f"{one.title} {other.title}")
        for one, other in zip(documents, documents[7:] + documents[:7], strict=True)
    ]
    start = time.perf_counter()
    cluster(telling)
    return time.perf_counter() - start


def arrive(count: int) -> float:
    """Milliseconds that one more article takes in a window of `count`, on average."""
    documents = many_headlines(count + _ARRIVING)
    window = ArrivalWindow(within=timedelta(days=2))
    for document in documents[:count]:
        window.assign(document)
    start = time.perf_counter()
    for document in documents[count:]:
        window.assign(document)
    return (time.perf_counter() - start) / _ARRIVING * 1000


def _predict(data: Path, pred: Path, train: Path | None, vectors: Path | None) -> Report:
    model = SentenceModel(vectors) if vectors else None
    try:
        headlines = read_headlines(data)
        known = read_headlines(train) if train else []
    except (OSError, KeyError, ValueError) as error:
        raise CannotMeasure(f"this is not a file of labelled headlines: {error}") from error
    try:
        predicted = decide_categories(predict(headlines, model), known)
    except VectorsUnusable as error:
        raise CannotMeasure(str(error)) from error
    write_predictions(pred, predicted)
    figures = score_parts(predicted) if headlines and headlines[0].group else {}
    return Report(
        bench="stories",
        figures={f"{part}_{name}": value for part, found in figures.items() for name, value in found.items()},
        notes=(
            f"Predictions of {len(predicted):,} headlines stand in {pred}. Categories were learnt from"
            f" {train or 'the development days; days among those flatter'}.",
        ),
    )


def write_predictions(path: Path, predicted: Sequence[tuple[Headline, Prediction]]) -> None:
    """One row a headline; ids are separated by spaces."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("id", "cluster", "related", "category", "shown", "copy_of"))
        for headline, found in predicted:
            related, shown = " ".join(found.related), " ".join(found.shown)
            writer.writerow((headline.id, found.cluster, related, found.category, shown, found.copy_of))
