"""The judges' room: skipped loudly where a judge is missing, failed there under CI."""

import os
from pathlib import Path

import pytest

from newsletter.db import Database
from tests.judges.mails import Sample, all_mails
from tests.judges.room import missing


@pytest.fixture(scope="session")
def judges() -> None:
    """Judges to ask."""
    lacking = missing()
    if not lacking:
        return
    if os.environ.get("CI"):
        pytest.fail(f"mail cannot be judged: {lacking}")
    pytest.skip(f"MAIL NOT JUDGED: {lacking}")


@pytest.fixture
def good(judges: None, db: Database) -> Sample:
    """An ordinary issue in English, which every judge passes."""
    (mail,) = all_mails(db, ["issue"], ["en"], ["standard"], ["ordinary"])
    return mail


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """Where the mail to judge is put."""
    return tmp_path / "mail.eml"
