"""The installation's folder: a signing key made once, kept, and private."""

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from newsletter.installation import open_installation


@pytest.fixture(autouse=True)
def _in_a_folder_of_its_own(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NEWSLETTER_DATA_DIR", str(tmp_path / "data"))


def test_the_first_start_makes_a_key_that_later_starts_keep(tmp_path: Path) -> None:
    first = open_installation()
    assert first.keys == open_installation().keys
    assert len(first.keys[0]) == 64
    assert stat.S_IMODE((tmp_path / "data" / "secret-key").stat().st_mode) == 0o600


def test_processes_that_start_together_agree_on_the_key() -> None:
    with ThreadPoolExecutor(8) as pool:
        keys = set(pool.map(lambda _: open_installation().keys, range(8)))
    assert len(keys) == 1


def test_keys_from_the_settings_win(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEWSLETTER_SECRET_KEYS", "newest-of-them-all, older")
    assert open_installation().keys == ("newest-of-them-all", "older")
