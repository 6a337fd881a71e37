"""What a judge says of a mail, and what we ask of SpamAssassin beyond the shared script."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

JUDGES = (
    *("headers", "structure", "size", "html", "spamassassin"),
    *("opendkim", "dkimpy", "vnu", "axe-core", "caniemail"),
)
HIGHEST_SCORE = 0.0
DEAREST_RULE = 0.5
# A rule against Latin words with single Cyrillic letters in disguise. It counts every е of a mail, and takes
# a Ukrainian one whose addresses bring more than twenty Latin e for such: nothing in it could be better.
FALSE_ALARMS = {"uk": frozenset({"MIXED_ES"})}
_LINE = re.compile(r"(PASS|FAIL|SKIP)\s+(\S+)\s+[\d.]+s\s+(.*)")
_COST = re.compile(r"([A-Z_0-9]+)\((\d+(?:\.\d+)?)\)")
_SCORE = re.compile(r"score (-?\d+(?:\.\d+)?) ")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one judge said of a mail: `PASS`, `FAIL` or `SKIP`, and its figures in words."""

    judge: str
    verdict: str
    figures: str


def read_verdict(line: str, language: str) -> Verdict:
    """A line of the script as a verdict. SpamAssassin is stricter here: no rule may cost more than 0.5.

    Raises `RuntimeError` for a line that is none.
    """
    found = _LINE.fullmatch(line.strip())
    if found is None:
        raise RuntimeError(f"not a verdict: {line}")
    verdict, judge, figures = found.groups()
    if judge == "spamassassin" and (score := _SCORE.search(figures)):
        costs = {rule: float(cost) for rule, cost in _COST.findall(figures)}
        return spam_verdict(float(score[1]), costs, figures, language)
    return Verdict(judge, verdict, figures)


def spam_verdict(score: float, costs: Mapping[str, float], figures: str, language: str) -> Verdict:
    """SpamAssassin's, by a mail's score and what each rule costs it."""
    alarms = FALSE_ALARMS.get(language, frozenset())
    excused = sum(cost for rule, cost in costs.items() if rule in alarms)
    dearest = max((cost for rule, cost in costs.items() if rule not in alarms), default=0.0)
    passed = round(score - excused, 1) <= HIGHEST_SCORE and dearest <= DEAREST_RULE
    return Verdict("spamassassin", "PASS" if passed else "FAIL", figures)
