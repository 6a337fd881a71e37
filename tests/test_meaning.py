"""The sentence model of the settings: used where it can be, told of where it cannot, never in the way."""

from datetime import date
from pathlib import Path

import numpy as np
import pytest
from structlog.testing import capture_logs

from newsletter.config import Settings
from newsletter.editions.sentence_model import SentenceModel
from newsletter.meaning import meaning_of
from tests.editions.sentence_models import WIDTH, vectors_of, write_model

TODAY = date(2026, 11, 22)


def settings_with(tmp_path: Path, folder: Path | None) -> Settings:
    return Settings(_env_file=None, data_dir=tmp_path, vectors=folder)


def test_without_the_setting_there_are_no_vectors(tmp_path: Path) -> None:
    assert meaning_of(settings_with(tmp_path, None), TODAY) is None


def test_a_model_is_used_and_its_vectors_are_kept(tmp_path: Path) -> None:
    folder = write_model(tmp_path / "model", vectors_of())
    meaning = meaning_of(settings_with(tmp_path, folder), TODAY)
    assert meaning is not None
    assert meaning(["quake", "tremor"]).shape == (2, WIDTH)
    assert (tmp_path / "vectors.db").is_file()


def test_a_folder_without_a_model_is_told_and_done_without(tmp_path: Path) -> None:
    with capture_logs() as said:
        assert meaning_of(settings_with(tmp_path, tmp_path), TODAY) is None
    assert "holds no ONNX model" in said[0]["reason"]


def test_a_model_that_fails_later_is_told_and_done_without(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = write_model(tmp_path / "model", vectors_of())
    meaning = meaning_of(settings_with(tmp_path, folder), TODAY)
    assert meaning is not None

    def fail(_model: SentenceModel, _texts: list[str]) -> np.ndarray:
        raise MemoryError

    monkeypatch.setattr(SentenceModel, "__call__", fail)
    with capture_logs() as said:
        assert meaning(["quake"]) is None
    assert said[0]["log_level"] == "error"
