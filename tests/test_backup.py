"""Copies of the database: taken in use, put back whole, refused when unusable."""

from pathlib import Path

import pytest
from sqlalchemy import text

from newsletter.backup import BackupFailed, backup, restore
from newsletter.db import Database


def _remember(db: Database, reason: str) -> None:
    with db.write() as session:
        session.execute(
            text(
                "INSERT INTO suppression (address_hash, reason, detail, created_at)"
                " VALUES (:reason, :reason, '', '2026-11-22')"
            ),
            {"reason": reason},
        )


def _reasons(url: str) -> list[str]:
    db = Database(url)
    with db.read() as session:
        found = list(session.scalars(text("SELECT reason FROM suppression ORDER BY id")))
    db.close()
    return found


def test_a_copy_taken_in_use_holds_what_was_committed(db: Database, tmp_path: Path) -> None:
    _remember(db, "before")
    with db.write() as session:
        session.execute(text("DELETE FROM topic"))
        backup(db, tmp_path / "copy.db")
    _remember(db, "after")
    assert _reasons(f"sqlite:///{tmp_path / 'copy.db'}") == ["before"]


def test_restoring_puts_the_copy_back_and_keeps_what_stood_there(db: Database, tmp_path: Path) -> None:
    _remember(db, "before")
    backup(db, tmp_path / "copy.db")
    _remember(db, "after")
    db.close()
    url = db.url.render_as_string()
    kept = restore(url, tmp_path / "copy.db")
    assert _reasons(url) == ["before"]
    assert kept is not None
    assert _reasons(f"sqlite:///{kept}") == ["before", "after"]


def test_a_file_that_is_no_database_is_refused_and_nothing_changes(db: Database, tmp_path: Path) -> None:
    _remember(db, "before")
    (tmp_path / "letter.txt").write_text("Dear reader, " * 200)
    with pytest.raises(BackupFailed, match="cannot be used"):
        restore(db.url.render_as_string(), tmp_path / "letter.txt")
    assert _reasons(db.url.render_as_string()) == ["before"]


def test_a_copy_never_overwrites_a_file(db: Database, tmp_path: Path) -> None:
    (tmp_path / "copy.db").write_text("precious")
    with pytest.raises(BackupFailed, match="exists already"):
        backup(db, tmp_path / "copy.db")
    assert (tmp_path / "copy.db").read_text() == "precious"
