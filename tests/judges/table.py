"""The verdicts on many mails as a table: a line for each kind and language, a column for each judge."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from tests.judges.mails import Sample
from tests.judges.verdict import JUDGES, Verdict

# The figure of each judge that says how near a mail is to failing; the largest of several is shown.
_FIGURES = {
    "headers": ("longest line", r"longest line (\d+)"),
    "structure": ("links HTML/text", r"links in text (\d+/\d+)"),
    "size": ("% of 102 KB", r"\((\d+) %\)"),
    "html": ("tables", r"(\d+) tables"),
    "spamassassin": ("score", r"score (-?[\d.]+)"),
    "opendkim": ("verified", r"(\d+ of \d+)"),
    "dkimpy": ("verified", r"(\d+ of \d+)"),
    "vnu": ("errors", r"(\d+) errors"),
    "axe-core": ("serious", r"(\d+) serious"),
    "caniemail": ("lacking", r"(\d+) unsupported"),
}


def table(judged: Mapping[Sample, Sequence[Verdict]]) -> str:
    """The table as text; a cell is the worst figure, marked where a mail failed."""
    grouped: dict[tuple[str, str], list[Verdict]] = defaultdict(list)
    for mail, said in judged.items():
        grouped[mail.kind, mail.language] += said
    heads = [("kind", *JUDGES), ("language", *(_FIGURES[judge][0] for judge in JUDGES))]
    rows = [_row(f"{kind} {language}", said) for (kind, language), said in sorted(grouped.items())]
    return _aligned([*heads, *rows])


def failures(judged: Mapping[Sample, Sequence[Verdict]]) -> list[str]:
    """Each verdict against a mail in words; a judge that did not look is one."""
    return [
        f"{one.verdict} {mail.name}: {one.judge}: {one.figures}"
        for mail, said in judged.items()
        for one in said
        if one.verdict != "PASS"
    ]


def _row(name: str, said: Sequence[Verdict]) -> tuple[str, ...]:
    return (name, *(_cell([one for one in said if one.judge == judge], judge) for judge in JUDGES))


def _cell(said: Sequence[Verdict], judge: str) -> str:
    figures = [found[1] for one in said if (found := re.search(_FIGURES[judge][1], one.figures))]
    failed = sum(one.verdict != "PASS" for one in said)
    shown = max(figures, key=_number) if figures else "-"
    return f"{shown} FAIL {failed} of {len(said)}" if failed else shown


def _number(figure: str) -> float:
    return float(figure.split()[0].split("/")[0])


def _aligned(rows: Iterable[Sequence[str]]) -> str:
    rows = list(rows)
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows]
    return "\n".join(line.rstrip() for line in lines)
