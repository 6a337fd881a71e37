"""Setting up on a machine that cannot: the one command that mends it, before anything else."""

import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


def _machine(folder: Path, **programs: str) -> Path:
    """A folder to be the whole PATH of a machine that has only these programs."""
    for tool in ("dirname", "sh"):
        found = shutil.which(tool)
        assert found is not None
        (folder / tool).symlink_to(found)
    for name, script in programs.items():
        path = folder / name.replace("_", "-")
        path.write_text(f"#!{shutil.which('sh')}\n{script}\n")
        path.chmod(0o755)
    return folder


def _set_up(path: Path) -> subprocess.CompletedProcess[str]:
    script = str(ROOT / "scripts" / "setup.sh")
    return subprocess.run(
        ["sh", script], env={"PATH": str(path)}, capture_output=True, text=True, check=False, timeout=30
    )


@pytest.mark.parametrize(
    ("installer", "command"),
    [("apt_get", "sudo apt-get install -y python3.13"), ("brew", "brew install python@3.13")],
)
def test_a_python_too_old_is_named_with_the_command_that_installs_one(
    tmp_path: Path, installer: str, command: str
) -> None:
    old = 'case "$1" in --version) echo "Python 3.9.6";; *) exit 1;; esac'
    machine = _machine(tmp_path, python3=old, **{installer: "exit 0"})
    result = _set_up(machine)
    assert result.returncode == 1
    assert "Python 3.11 to 3.14 is needed; found: Python 3.9.6." in result.stderr
    assert command in result.stderr


def test_a_python_without_venv_is_named_with_the_command_that_adds_it(tmp_path: Path) -> None:
    bare = 'case "$2" in *ensurepip*) exit 1;; *print*) echo 3.12;; *) exit 0;; esac'
    result = _set_up(_machine(tmp_path, python3=bare, apt_get="exit 0"))
    assert result.returncode == 1
    assert "venv part is not" in result.stderr
    assert "sudo apt-get install -y python3.12-venv" in result.stderr
