"""Mails that stand for all others, judged by every judge; `make judge` judges them all."""

from pathlib import Path

import pytest

from newsletter.db import Database
from newsletter.models import Length, metadata
from tests.judges import varieties
from tests.judges.judge import judge
from tests.judges.mails import Sample, all_mails
from tests.judges.varieties import LIST_KINDS, NoSample, kinds
from tests.judges.verdict import JUDGES, read_verdict

REPRESENTATIVE = [("issue", "en"), ("confirm", "de"), ("issue", "ar")]


@pytest.mark.parametrize(("kind", "language"), REPRESENTATIVE)
def test_every_judge_passes_the_mail(
    judges: None, db: Database, place: Path, kind: str, language: str
) -> None:
    (mail,) = all_mails(db, [kind], [language], [Length.STANDARD], ["ordinary"])
    place.write_bytes(mail.eml)

    said = judge(place, language, kind in LIST_KINDS)

    assert [one for one in said if one.verdict != "PASS"] == []
    assert tuple(one.judge for one in said) == JUDGES


@pytest.mark.parametrize(
    ("language", "figures", "verdict"),
    [
        ("en", "score -0.0 (limit 0.0) ", "PASS"),
        ("en", "score 0.2 (limit 0.0) costs: URI_HEX(0.2)", "FAIL"),
        ("en", "score -0.1 (limit 0.0) costs: DEAR(0.6)", "FAIL"),
        ("uk", "score 1.0 (limit 0.0) costs: MIXED_ES(1.0)", "PASS"),
        ("uk", "score 1.1 (limit 0.0) costs: MIXED_ES(1.0) TRACKER_ID(0.1)", "FAIL"),
        ("en", "score 1.0 (limit 0.0) costs: MIXED_ES(1.0)", "FAIL"),
        ("uk", "no score: it did not run", "FAIL"),
    ],
)
def test_spam_is_judged_by_the_score_and_each_rule(language: str, figures: str, verdict: str) -> None:
    said = read_verdict(f"{'PASS' if '-' in figures else 'FAIL'} spamassassin 1.0s {figures}", language)
    assert said.verdict == verdict


def test_the_arabic_issue_runs_from_right_to_left(db: Database) -> None:
    (mail,) = all_mails(db, ["issue"], ["ar"], [Length.STANDARD], ["ordinary"])
    assert b'<html lang=3D"ar" dir=3D"rtl"' in mail.eml


def test_the_same_mail_is_made_again_to_the_byte(db: Database) -> None:
    def made() -> list[Sample]:
        return list(all_mails(db, ["confirm"], ["en"], [Length.STANDARD], ["ordinary"]))

    first = made()
    with db.write() as session:
        for table in reversed(metadata.sorted_tables):
            session.execute(table.delete())
    assert first == made()


@pytest.mark.parametrize("kind", kinds())
def test_there_is_a_sample_of_every_folder_of_mail(db: Database, kind: str) -> None:
    (mail,) = all_mails(db, [kind], ["en"], [Length.STANDARD], ["ordinary"])
    assert mail.eml.startswith(b"DKIM-Signature:")


def test_a_kind_nobody_knows_to_make_is_not_passed_over(
    db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "templates" / "email" / "horoscope").mkdir(parents=True)
    monkeypatch.setattr(varieties, "resource", lambda name: tmp_path / name)

    with pytest.raises(NoSample, match="horoscope"):
        list(all_mails(db, languages=["en"], lengths=["standard"], contents=["ordinary"]))


def test_every_hostile_string_is_in_one_of_the_mails() -> None:
    from tests.judges.contents import LANGUAGES, LENGTHS, editions
    from tests.web.strings import shared_strings

    told = 0
    for language in LANGUAGES:
        for length in LENGTHS:
            for edition in editions(language, length, "hostile"):
                words = [edition.topic_name]
                for story in edition.stories:
                    words += [story.headline, story.source, story.summary]
                    words += [word for one in story.related for word in (one.title, one.source, one.excerpt)]
                told += sum(word != "" for word in words)
    assert told == sum(text != "" for text in shared_strings())
