"""A folder with a sentence model becomes vectors; one that holds none says what to do."""

import json
import sys
from collections.abc import Sequence
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from newsletter.editions.kept_vectors import KeptVectors
from newsletter.editions.sentence_model import SentenceModel, VectorsUnusable
from tests.editions.sentence_models import WIDTH, vectors_of, write_model

TODAY = date(2026, 11, 22)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_model(tmp_path / "model", vectors_of())


def test_texts_that_mean_the_same_have_the_same_vector(folder: Path) -> None:
    one, same, other = SentenceModel(folder)(
        ["Quake shakes harbour", "TREMOR jolts docks", "Council raises fares"]
    )
    assert one @ same == pytest.approx(1)
    assert one @ other == pytest.approx(0)
    assert np.linalg.norm(other) == pytest.approx(1)


def test_texts_come_out_in_the_order_they_went_in_whatever_their_length(folder: Path) -> None:
    texts = ["quake " * times for times in range(70, 0, -1)] + ["council"]
    rows = SentenceModel(folder)(texts)
    assert rows.shape == (71, WIDTH)
    assert [int(row.argmax()) for row in rows] == [1] * 70 + [4]


def test_the_first_token_stands_for_all_where_the_model_says_so(tmp_path: Path) -> None:
    model = SentenceModel(write_model(tmp_path / "model", vectors_of(), cls=True))
    assert int(model(["Council quake quake quake"])[0].argmax()) == 4


def test_a_model_that_gives_a_vector_a_text_is_taken_at_its_word(tmp_path: Path) -> None:
    model = SentenceModel(write_model(tmp_path / "model", vectors_of(), whole=True))
    assert int(model(["quake quake council"])[0].argmax()) == 1
    assert model.check() == WIDTH


def test_what_is_longer_than_the_model_reads_is_cut(tmp_path: Path) -> None:
    model = SentenceModel(write_model(tmp_path / "model", vectors_of(), longest=3))
    short, long = model(["quake quake quake", "quake quake quake " + "council " * 50])
    assert short @ long == pytest.approx(1)


def test_words_nobody_knows_mean_nothing_and_break_nothing(folder: Path) -> None:
    assert np.isfinite(SentenceModel(folder)(["Ωμέγα", "", "🙂"])).all()


def test_a_folder_without_a_model_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(VectorsUnusable, match="optimum-cli export onnx"):
        SentenceModel(tmp_path).check()


@pytest.mark.parametrize("file", ["onnx/model.onnx", "tokenizer.json"])
def test_a_damaged_folder_is_told_by_its_file(folder: Path, file: str) -> None:
    (folder / file).write_bytes(b"no such thing")
    with pytest.raises(VectorsUnusable, match=Path(file).name):
        SentenceModel(folder).check()


def test_notes_that_cannot_be_read_are_done_without(folder: Path) -> None:
    for note in ("1_Pooling/config.json", "sentence_bert_config.json"):
        (folder / note).write_text(json.dumps(["no", "notes"]))
    assert SentenceModel(folder).check() == WIDTH


def test_without_the_extra_the_command_that_installs_it_is_told(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    with pytest.raises(VectorsUnusable, match=r"newsletter\[vectors\]"):
        SentenceModel(folder).check()


class TestKept:
    """Texts go through the model once."""

    def test_a_text_is_asked_for_once(self, folder: Path, tmp_path: Path) -> None:
        asked: list[str] = []

        def counting(texts: Sequence[str]) -> Any:
            asked.extend(texts)
            return SentenceModel(folder)(texts)

        for _round in range(2):
            rows = KeptVectors(tmp_path / "vectors.db", "a", counting, TODAY)(["quake", "council", "quake"])
        assert sorted(set(asked)) == ["council", "quake"]
        assert len(asked) == 3
        assert rows[0] @ rows[2] == pytest.approx(1, abs=1e-3)

    def test_another_model_is_asked_anew(self, tmp_path: Path) -> None:
        for name, value in (("a", 1.0), ("b", 2.0)):
            rows = np.full((1, 2), value)
            kept = KeptVectors(tmp_path / "v.db", name, partial(_always, rows), TODAY)
            assert kept(["quake"])[0][0] == value

    def test_what_nobody_asks_for_is_forgotten(self, tmp_path: Path) -> None:
        asked: list[str] = []

        def counting(texts: Sequence[str]) -> Any:
            asked.extend(texts)
            return np.ones((len(texts), 2))

        for day, text in ((1, "old"), (10, "new"), (10, "old")):
            KeptVectors(tmp_path / "v.db", "a", counting, date(2026, 11, day))([text])
        assert asked == ["old", "new", "old"]


def _always(rows: Any, _texts: Sequence[str]) -> Any:
    return rows
