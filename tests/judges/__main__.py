"""Judge all mails: every kind, language, length and content; `make judge` runs this.

Prints a table of kinds and languages, one column a judge with its worst figure, and what failed in
full. Ends with 1 when a mail failed or could not be judged in time.
"""

import argparse
import os
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import structlog

from newsletter import migrate
from newsletter.db import Database
from tests.judges.contents import CONTENTS, LANGUAGES, LENGTHS
from tests.judges.mails import Sample, all_mails
from tests.judges.many import judge_all
from tests.judges.room import missing
from tests.judges.table import failures, table
from tests.judges.varieties import LIST_KINDS, kinds
from tests.judges.verdict import Verdict
from tests.judges.warm import Put, put

Judged = dict[Sample, list[Verdict]]


def main(words: Sequence[str]) -> int:
    """Judge what the words of the command ask for; the exit status."""
    asked = _options().parse_args(words)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(40))
    if lacking := missing():
        print(f"judge: {lacking}", file=sys.stderr)  # noqa: T201
        return 1
    with tempfile.TemporaryDirectory() as folder:
        mails = _made(Path(folder), asked)
        judged = _judge(mails, Path(folder), asked.jobs, 60 * asked.minutes)
    return _report(judged)


def _made(folder: Path, asked: argparse.Namespace) -> list[Sample]:
    database = Database(f"sqlite:///{folder}/newsletter.db")
    migrate.upgrade(database)
    made = list(all_mails(database, asked.kind, asked.language, asked.length, asked.content))
    database.close()
    return made


def _judge(mails: Sequence[Sample], folder: Path, jobs: int, seconds: float) -> Judged:
    laid = {_laid(mail, folder / f"{number}.eml"): mail for number, mail in enumerate(mails)}
    said = judge_all(list(laid), jobs, seconds, _tell)
    return {laid[put]: verdicts for put, verdicts in said.items()}


def _laid(mail: Sample, place: Path) -> Put:
    place.write_bytes(mail.eml)
    return put(place, mail.language, mail.kind in LIST_KINDS)


def _tell(judge: str, mails: int, seconds: float) -> None:
    print(f"{judge}: {mails} mails in {seconds:.0f} s", file=sys.stderr)  # noqa: T201


def _report(judged: Judged) -> int:
    wrong = failures(judged)
    lines = [
        table(judged),
        *wrong,
        f"{len(judged)} mails judged, {len(wrong)} verdicts against them",
    ]
    print("\n".join(lines))  # noqa: T201
    return int(bool(wrong))


def _options() -> argparse.ArgumentParser:
    options = argparse.ArgumentParser(prog="python -m tests.judges", description=__doc__)
    options.add_argument("--kind", action="append", choices=kinds(), default=[])
    options.add_argument("--language", nargs="+", choices=LANGUAGES, default=list(LANGUAGES))
    options.add_argument("--length", nargs="+", choices=[*LENGTHS], default=list(LENGTHS))
    options.add_argument("--content", nargs="+", choices=CONTENTS, default=list(CONTENTS))
    options.add_argument("--jobs", type=int, default=os.cpu_count(), help="judged at once")
    options.add_argument("--minutes", type=float, default=30, help="what is not judged by then has failed")
    return options


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
