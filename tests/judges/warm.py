"""The judges that are slow to start, each started once for many mails; the verdicts are the script's.

Each takes mails put down as files and gives a verdict on every one it answered of; a test compares
them with what the script says. Raises `subprocess.TimeoutExpired`.
"""

import json
import re
import subprocess
import tempfile
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from tests.judges.room import HERE, NODE_TOOLS, environ
from tests.judges.verdict import HIGHEST_SCORE, Verdict, spam_verdict

# What mail needs and the HTML checker does not know: Office's namespaces, words for Outlook and WebKit.
_NEEDED = re.compile(r"xmlns:[vow]|supported-color-schemes|mso-|-ms-|-webkit-text-size")
_REPORT = re.compile(r"(?m)^(?=X-Spam-Checker-Version: )")
_SCORE = re.compile(r"(?s)^X-Spam-Status:.*?score=(-?[\d.]+)", re.M)
_RULE = re.compile(r"(?m)^ *(-?\d+\.?\d*) ([A-Z_0-9]+) ")


@dataclass(frozen=True, slots=True)
class Put:
    """A mail to judge as files: all of it, and its HTML alone."""

    eml: Path
    html: Path
    language: str
    is_list: bool


Answers = dict[Put, Verdict]


def put(eml: Path, language: str, is_list: bool) -> Put:
    """A mail's file, and its HTML written beside it."""
    message = message_from_bytes(eml.read_bytes(), policy=policy.default)
    assert isinstance(message, EmailMessage)
    body = message.get_body(("html",))
    html = eml.with_suffix(".html")
    html.write_text(body.get_content() if body else "", encoding="utf-8")
    return Put(eml, html, language, is_list)


def spamassassin(mails: Sequence[Put], seconds: float) -> Answers:
    """SpamAssassin with its local rules. It learns nothing from one mail for the next: it has no home."""
    with tempfile.TemporaryDirectory() as home:
        command = ["spamassassin", "-L", "-t", *(str(mail.eml) for mail in mails)]
        said = _run(command, seconds, {"HOME": home}).stdout.decode("utf-8", "replace")
    reports = _REPORT.split(said)[1:]
    return {mail: _spam(report, mail.language) for mail, report in zip(mails, reports, strict=False)}


def _spam(report: str, language: str) -> Verdict:
    score = _SCORE.search(report)
    if score is None:
        return Verdict("spamassassin", "FAIL", "no score")
    _, _, rules = report.partition("\n---- ")
    costs: dict[str, str] = {}
    for points, rule in _RULE.findall(rules):
        if float(points) > 0:
            costs.setdefault(rule, points)
    named = "".join(f"{rule}({points}) " for rule, points in costs.items())
    figures = f"score {score[1]} (limit {HIGHEST_SCORE}) {f'costs: {named}' if named else ''}".rstrip()
    return spam_verdict(
        float(score[1]), {rule: float(cost) for rule, cost in costs.items()}, figures, language
    )


def vnu(mails: Sequence[Put], seconds: float) -> Answers:
    """The W3C's HTML checker."""
    jar = NODE_TOOLS / "node_modules" / "vnu-jar" / "build" / "dist" / "vnu.jar"
    options = ["-Xmx512m", "-jar", str(jar), "--format", "json", "--exit-zero-always"]
    ran = _run(["java", *options, *(str(mail.html) for mail in mails)], seconds)
    found: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for message in json.loads(ran.stderr)["messages"]:
        found[message["url"]].append(message)
    return {mail: _checked(found[f"file:{mail.html}"]) for mail in mails}


def _checked(messages: Sequence[Mapping[str, Any]]) -> Verdict:
    said = [one["message"] for one in messages if one["type"] == "error"]
    errors = Counter(one for one in said if not _NEEDED.search(one))
    warnings = len(messages) - len(said)
    worst = "; ".join(f"{words[:80]} x{times}" for words, times in errors.most_common(3))
    counted = f"{errors.total()} errors, {warnings} warnings (obsolete table attributes expected)"
    return Verdict("vnu", "FAIL" if errors else "PASS", f"{counted}: {worst}" if errors else counted)


def axe(mails: Sequence[Put], seconds: float) -> Answers:
    """axe-core, in one browser."""
    return _by_node("axe.mjs", "axe-core", mails, seconds)


def caniemail(mails: Sequence[Put], seconds: float) -> Answers:
    """What the mail clients that matter cannot show."""
    return _by_node("caniemail.mjs", "caniemail", mails, seconds)


def _by_node(program: str, judge: str, mails: Sequence[Put], seconds: float) -> Answers:
    by_file = {str(mail.html): mail for mail in mails}
    ran = _run(["node", str(HERE / program), *by_file], seconds)
    told = map(json.loads, ran.stdout.decode().splitlines())
    return {
        by_file[one["file"]]: Verdict(judge, "PASS" if one["passed"] else "FAIL", one["figures"])
        for one in told
    }


def _run(
    command: Sequence[str], seconds: float, around: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[bytes]:
    env = {**environ(), **(around or {})}
    return subprocess.run(command, env=env, capture_output=True, timeout=seconds, check=False)


WARM: Mapping[str, Callable[[Sequence[Put], float], Answers]] = {
    "axe-core": axe,
    "spamassassin": spamassassin,
    "vnu": vnu,
    "caniemail": caniemail,
}
