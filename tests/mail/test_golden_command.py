"""`make golden`: what has changed is shown in words before it is written."""

from pathlib import Path

import pytest

from tests.mail import golden
from tests.mail.test_golden import FILES, GOLDEN


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the golden mails that may be spoiled."""
    for name in FILES:
        (tmp_path / name).write_bytes((GOLDEN / name).read_bytes())
    monkeypatch.setattr(golden, "GOLDEN", tmp_path)
    return tmp_path


def test_nothing_changed_is_said(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    golden.main()
    assert capsys.readouterr().out == "The golden mails are as they were.\n"


def test_a_change_is_shown_decoded_and_written(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    new = (folder / "confirm.eml").read_bytes()
    old = new.replace(b"Somebody, we hope you", b"Someone =E2=80=93 we hope you")
    (folder / "confirm.eml").write_bytes(old)

    golden.main()

    said = capsys.readouterr().out
    assert "--- a/confirm.eml\n+++ b/confirm.eml" in said
    assert "-Someone – we hope you" in said
    assert "+Somebody, we hope you" in said
    assert said.endswith("Written anew:\nconfirm.eml\n")
    assert (folder / "confirm.eml").read_bytes() == new


def test_a_new_mail_is_shown_whole_and_one_that_is_no_more_deleted(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "confirm.txt").unlink()
    (folder / "horoscope.eml").write_bytes(b"Subject: Stars\r\n\r\n")

    golden.main()

    said = capsys.readouterr().out
    assert "+Please confirm that you want it." in said
    assert "horoscope.eml (deleted)" in said
    assert sorted(file.name for file in folder.iterdir()) == sorted(FILES)


def test_the_same_words_in_another_encoding_are_called_that() -> None:
    mail = (GOLDEN / "confirm.eml").read_bytes()
    (line,) = golden.difference("confirm.eml", mail, mail.replace(b"Somebody", b"Some=\r\nbody"))
    assert line == "confirm.eml: the same words, encoded in another way"
