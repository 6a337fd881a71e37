"""Where the judges are: the shared script, the programs of the machine, the packages of `package.json`.

The script is used in place (`SHARED_TOOLS` names another folder); `make judge` installs the packages
beside this file (`NODE_TOOLS` names another folder). Node itself is the one Playwright brings.
"""

import os
import re
import shutil
import sys
from functools import cache
from pathlib import Path

from newsletter.mail.languages import translations
from tests.browsing import find_browser
from tests.judges.verdict import HIGHEST_SCORE

HERE = Path(__file__).resolve().parent
_DEFAULT = HERE.parents[2] / "shared" / "tools"
SCRIPT = Path(os.environ.get("SHARED_TOOLS", _DEFAULT)) / "judge_mail.sh"
NODE_TOOLS = Path(os.environ.get("NODE_TOOLS", HERE))
# Mail clients in which nothing may be lacking, as caniemail.com calls them, and what may all the same, for
# a mail without it is only plainer. Both the script and we ask with these.
CLIENTS = (
    *("gmail.desktop-webmail", "gmail.ios", "gmail.android", "apple-mail.macos", "apple-mail.ios"),
    *("outlook.windows", "outlook.macos", "outlook.ios", "outlook.android", "yahoo.desktop-webmail"),
)
GRACEFUL = (
    *("@media", "<style> element", "<body> element", "aria-", "role attribute", "lang attribute"),
    *("dir attribute", "max-width", "max-height", "overflow", "opacity", "border-radius", "display:none"),
    *("display$", "height property", ":hover", r"@media \(prefers", "prefers-color-scheme"),
)
_PROGRAMS = ("bash", "java", "opendkim", "spamassassin")
_PACKAGES = ("axe-core", "caniemail", "playwright-core", "vnu-jar")
# No download of Playwright's own: the judges take the system's browser.
_PLAYWRIGHTS = Path("/nonexistent")


def missing() -> str:
    """What is not there to judge with, in words; empty when all is."""
    if not SCRIPT.is_file():
        return f"{SCRIPT} is not there"
    programs = [name for name in _PROGRAMS if shutil.which(name, path=_path()) is None]
    programs += [] if find_browser(_PLAYWRIGHTS) else ["chromium"]
    packages = [name for name in _PACKAGES if not (NODE_TOOLS / "node_modules" / name).is_dir()]
    lacking = ", ".join([*programs, *packages])
    return f"{lacking} not installed; make judge installs the packages" if lacking else ""


def environ(language: str = "en") -> dict[str, str]:
    """The environment judges run in, for a mail in this language."""
    return {
        **os.environ,
        "PATH": _path(),
        "PY": sys.executable,
        "NODE_TOOLS": str(NODE_TOOLS),
        "CHROMIUM": str(find_browser(_PLAYWRIGHTS) or ""),
        "CLIENTS": ",".join(CLIENTS),
        "CAN_ALLOW": "|".join(GRACEFUL),
        "SA_MAX": str(HIGHEST_SCORE),
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
