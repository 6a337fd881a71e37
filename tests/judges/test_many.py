"""Judged all together, mails get the verdicts that they get from the shared script one by one."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from newsletter.db import Database
from tests.judges.broken import FAULTS
from tests.judges.judge import judge
from tests.judges.mails import Sample, all_mails
from tests.judges.many import judge_all
from tests.judges.varieties import LIST_KINDS
from tests.judges.verdict import Verdict
from tests.judges.warm import WARM, Put, put


def laid(eml: bytes, place: Path, mail: Sample) -> Put:
    place.write_bytes(eml)
    return put(place, mail.language, mail.kind in LIST_KINDS)


def unheard(judge: str, mails: int, seconds: float) -> None:
    """Nobody is told how far it is."""


def test_all_together_mails_get_the_verdicts_they_get_one_by_one(
    judges: None, good: Sample, db: Database, tmp_path: Path
) -> None:
    (hostile,) = all_mails(db, ["alert_feeds"], ["uk"], ["standard"], ["hostile"])
    mails = [
        laid(good.eml, tmp_path / "good.eml", good),
        laid(hostile.eml, tmp_path / "hostile.eml", hostile),
        laid(broken(good.eml), tmp_path / "broken.eml", good),
    ]

    together = judge_all(mails, 2, 300, unheard)

    for mail in mails:
        assert alike(together[mail]) == alike(judge(mail.eml, mail.language, mail.is_list))
    assert {one.judge for one in together[mails[2]] if one.verdict == "FAIL"} >= set(WARM)


def broken(eml: bytes) -> bytes:
    """A mail that each of the slow judges fails."""
    for name in ("spam", "invalid HTML", "pale in the dark", "grid"):
        eml = FAULTS[name].break_it(eml)
    return eml


def alike(said: Sequence[Verdict]) -> list[Verdict]:
    """Verdicts up to what the script takes for rules in a mail that SpamAssassin quotes as spam."""
    return [replace(one, figures=one.figures.partition("GTUBE(1000)")[0]) for one in said]


def test_who_does_not_answer_in_time_fails_the_mail(judges: None, good: Sample, tmp_path: Path) -> None:
    mail = laid(good.eml, tmp_path / "good.eml", good)

    said = judge_all([mail], 1, 0, unheard)[mail]

    assert {(one.verdict, one.figures) for one in said} == {("FAIL", "no answer")}
