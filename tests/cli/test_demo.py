"""`newsletter demo` starts over in a folder of its own, and deletes nobody else's."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from newsletter.cli import main


@pytest.fixture(autouse=True)
def _come_back(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)


def test_a_folder_that_is_not_a_demos_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    real = tmp_path / "var"
    real.mkdir()
    (real / "newsletter.db").write_text("a real installation")
    result = CliRunner().invoke(main, ["demo", "--data", str(real)])
    assert result.exit_code == 1
    assert "not a demo's" in result.stderr
    assert (real / "newsletter.db").read_text() == "a real installation"
