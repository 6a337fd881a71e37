"""`judge_mail.sh` of the shared tools, run on one mail, and what it said.

It is used in place (`SHARED_TOOLS` names another folder) and needs SpamAssassin, OpenDKIM, Java,
Chromium, and the packages of `package.json`, which `make judge` installs beside this file
(`NODE_TOOLS` names another folder). Node itself is the one Playwright brings.
"""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from newsletter.mail.languages import translations
from tests.browsing import find_browser
from tests.mail.dkim_verifier import records

HERE = Path(__file__).resolve().parent
_DEFAULT = HERE.parents[2] / "shared" / "tools"
SCRIPT = Path(os.environ.get("SHARED_TOOLS", _DEFAULT)) / "judge_mail.sh"
NODE_TOOLS = Path(os.environ.get("NODE_TOOLS", HERE))
JUDGES = (
    *("headers", "structure", "size", "html", "spamassassin"),
    *("opendkim", "dkimpy", "vnu", "axe-core", "caniemail"),
)
SECONDS = 180
_PROGRAMS = ("bash", "java", "opendkim", "spamassassin")
_PACKAGES = ("axe-core", "caniemail", "playwright-core", "vnu-jar")
# No download of Playwright's own: the judges take the system's browser.
_PLAYWRIGHTS = Path("/nonexistent")
_LINE = re.compile(r"(PASS|FAIL|SKIP)\s+(\S+)\s+([\d.]+)s\s+(.*)")
_COST = re.compile(r"([A-Z_0-9]+)\((\d+(?:\.\d+)?)\)")
_SCORE = re.compile(r"score (-?\d+(?:\.\d+)?) ")
DEAREST_RULE = 0.5
# A rule against Latin words with single Cyrillic letters in disguise. It counts every е of a mail, and takes
# a Ukrainian one whose addresses bring more than twenty Latin e for such: nothing in it could be better.
FALSE_ALARMS = {"uk": frozenset({"MIXED_ES"})}


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one judge said of a mail: `PASS`, `FAIL` or `SKIP`, and its figures in words."""

    judge: str
    verdict: str
    seconds: float
    figures: str


def missing() -> str:
    """What is not there to judge with, in words; empty when all is."""
    if not SCRIPT.is_file():
        return f"{SCRIPT} is not there"
    programs = [name for name in _PROGRAMS if shutil.which(name, path=_path()) is None]
    programs += [] if find_browser(_PLAYWRIGHTS) else ["chromium"]
    packages = [name for name in _PACKAGES if not (NODE_TOOLS / "node_modules" / name).is_dir()]
    lacking = ", ".join([*programs, *packages])
    return f"{lacking} not installed; make judge installs the packages" if lacking else ""


def judge(
    mail: Path, language: str, is_list: bool, environ: Mapping[str, str] | None = None
) -> list[Verdict]:
    """Let every judge look at a mail's file. A mail of a list must carry what lists must.

    `environ` replaces some of the environment the judges run in. Raises `subprocess.TimeoutExpired`
    after three minutes, and `RuntimeError` when no verdict came.
    """
    keys = mail.with_suffix(".keys")
    keys.write_text("".join(f"{name} {value}\n" for name, value in records().items()))
    command = ["bash", str(SCRIPT), *([] if is_list else ["-1"]), "-k", str(keys), str(mail)]
    around = {**os.environ, **_environ(language), **(environ or {})}
    ran = subprocess.run(command, env=around, capture_output=True, text=True, timeout=SECONDS, check=False)
    said = [read_verdict(line, language) for line in ran.stdout.splitlines()]
    if not said:
        raise RuntimeError(f"the judge said nothing: {ran.stderr}")
    return said


def read_verdict(line: str, language: str) -> Verdict:
    """A line of the script as a verdict. SpamAssassin is stricter here: no rule may cost more than 0.5.

    Raises `RuntimeError` for a line that is none.
    """
    found = _LINE.fullmatch(line.strip())
    if found is None:
        raise RuntimeError(f"not a verdict: {line}")
    verdict, judge, seconds, figures = found.groups()
    if judge == "spamassassin" and (score := _SCORE.search(figures)):
        verdict = "PASS" if _is_no_spam(float(score[1]), figures, language) else "FAIL"
    return Verdict(judge, verdict, float(seconds), figures)


def _is_no_spam(score: float, figures: str, language: str) -> bool:
    costs = {rule: float(cost) for rule, cost in _COST.findall(figures)}
    excused = sum(costs.pop(rule, 0) for rule in FALSE_ALARMS.get(language, ()))
    return round(score - excused, 1) <= 0 and max(costs.values(), default=0) <= DEAREST_RULE


def _environ(language: str) -> dict[str, str]:
    return {
        "PATH": _path(),
        "PY": sys.executable,
        "NODE_TOOLS": str(NODE_TOOLS),
        "CHROMIUM": str(find_browser(_PLAYWRIGHTS) or ""),
        "UNSUB": _unsubscribe(language),
    }


def _unsubscribe(language: str) -> str:
    """What the unsubscribe link says in a language, as a regular expression."""
    gettext = translations(language).gettext
    words = {gettext("Unsubscribe"), gettext("Unsubscribe:").rstrip(": \u00a0\u202f")}
    return "|".join(sorted(re.escape(word) for word in words))


def _path() -> str:
    return os.pathsep.join([str(_node().parent), os.environ.get("PATH", ""), "/usr/sbin"])


@cache
def _node() -> Path:
    """The Node.js that Playwright runs on: new enough for every judge, whatever the machine has."""
    from playwright._impl._driver import compute_driver_executable

    return Path(compute_driver_executable()[0])
