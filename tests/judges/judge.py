"""`judge_mail.sh` of the shared tools, run on one mail, and what it said."""

import subprocess
from collections.abc import Mapping
from pathlib import Path

from tests.judges.room import SCRIPT, environ
from tests.judges.verdict import Verdict, read_verdict
from tests.mail.dkim_verifier import records

SECONDS = 180


def judge(
    mail: Path, language: str, is_list: bool, replaced: Mapping[str, str] | None = None
) -> list[Verdict]:
    """Let every judge look at a mail's file. A mail of a list must carry what lists must.

    `replaced` takes the place of some of the environment. Raises `subprocess.TimeoutExpired` after
    three minutes, and `RuntimeError` when no verdict came.
    """
    keys = mail.with_suffix(".keys")
    keys.write_text("".join(f"{name} {value}\n" for name, value in records().items()))
    command = ["bash", str(SCRIPT), *([] if is_list else ["-1"]), "-k", str(keys), str(mail)]
    around = {**environ(language), **(replaced or {})}
    ran = subprocess.run(command, env=around, capture_output=True, text=True, timeout=SECONDS, check=False)
    said = [read_verdict(line, language) for line in ran.stdout.splitlines()]
    if not said:
        raise RuntimeError(f"the judge said nothing: {ran.stderr}")
    return said
