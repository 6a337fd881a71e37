"""Every judge fails a mail that is broken for it; else its passing would say nothing."""

from pathlib import Path

import pytest

from tests.judges.broken import FAULTS
from tests.judges.judge import judge
from tests.judges.mails import Sample
from tests.judges.room import NODE_TOOLS

# The judges that are slow, and the packages they need; only the one a fault is for is asked.
PACKAGES = {"vnu": ["vnu-jar"], "axe-core": ["axe-core", "playwright-core"], "caniemail": ["caniemail"]}


@pytest.mark.parametrize("name", FAULTS)
def test_the_judge_notices(good: Sample, place: Path, tmp_path: Path, name: str) -> None:
    fault = FAULTS[name]
    place.write_bytes(fault.break_it(good.eml))

    said = judge(place, "en", True, replaced={"NODE_TOOLS": str(tools_of(fault.judge, tmp_path))})

    (verdict,) = [one for one in said if one.judge == fault.judge]
    assert verdict.verdict == "FAIL"
    assert fault.says in verdict.figures


def tools_of(judge: str, folder: Path) -> Path:
    """A folder with this judge's packages alone."""
    modules = folder / "node_modules"
    modules.mkdir()
    for package in PACKAGES.get(judge, []):
        (modules / package).symlink_to(NODE_TOOLS / "node_modules" / package)
    return folder
