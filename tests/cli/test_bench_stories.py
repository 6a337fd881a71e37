"""`newsletter bench stories` writes predictions for a file of headlines, with or without a sentence model."""

import csv
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from newsletter.cli import main
from tests.editions.sentence_models import vectors_of, write_model

_COLUMNS = ("id", "title", "publisher", "category", "story", "group", "timestamp", "host", "part")
_HEADLINES = (
    ("a", "Earthquake rattles port of Ostrel, thousands without power", "quake"),
    ("b", "Thousands without power after earthquake in Ostrel", "quake"),
    ("c", "Ferry fares to rise in spring, says council", "fares"),
    ("d", "Council says ferry fares will rise in spring", "fares"),
    ("e", "A goose has moved into the library", "goose"),
)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    file = tmp_path / "headlines.csv"
    with file.open("w", encoding="utf-8", newline="") as out:
        rows = csv.writer(out)
        rows.writerow(_COLUMNS)
        for number, (name, title, event) in enumerate(_HEADLINES):
            at = 1_700_000_000_000 + number * 60_000
            rows.writerow(
                (name, title, f"Paper {number}", "b", event, event, at, f"news{number}.example", "stream")
            )
    return file


def predict(data: Path, pred: Path, *more: str) -> Result:
    words = ["bench", "stories", "--data", str(data), "--pred", str(pred), *more]
    return CliRunner().invoke(main, words)


def clusters(pred: Path) -> dict[str, str]:
    with pred.open(encoding="utf-8", newline="") as file:
        return {row["id"]: row["cluster"] for row in csv.DictReader(file)}


def test_headlines_of_one_event_share_a_cluster_and_the_scores_are_printed(
    data: Path, tmp_path: Path
) -> None:
    pred = tmp_path / "pred.csv"
    told = predict(data, pred, "--json")
    assert told.exit_code == 0, told.output
    assert "stream_category_accuracy" in told.output
    found = clusters(pred)
    assert set(found) == set("abcde")
    assert found["a"] == found["b"] != found["c"] == found["d"]
    assert found["e"] not in (found["a"], found["c"])


def test_a_sentence_model_is_taken_into_account(data: Path, tmp_path: Path) -> None:
    folder = write_model(tmp_path / "model", vectors_of())
    told = predict(data, tmp_path / "pred.csv", "--vectors", str(folder))
    assert told.exit_code == 0, told.output
    assert len(clusters(tmp_path / "pred.csv")) == len(_HEADLINES)


def test_a_folder_without_a_model_is_told_in_words(data: Path, tmp_path: Path) -> None:
    told = predict(data, tmp_path / "pred.csv", "--vectors", str(tmp_path))
    assert told.exit_code != 0
    assert "holds no ONNX model" in told.output


def test_a_file_of_other_columns_is_told_in_words(tmp_path: Path) -> None:
    other = tmp_path / "other.csv"
    other.write_text("name,age\nAnn,40\n", encoding="utf-8")
    told = predict(other, tmp_path / "pred.csv")
    assert told.exit_code != 0
    assert "not a file of labelled headlines" in told.output
