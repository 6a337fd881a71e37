"""The whole process tree: a killed worker comes back, and nothing outlives its parent."""

import json
import os
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

STOP_SECONDS = 15


class Tree:
    """A running `newsletter up`, and what it writes to its log."""

    def __init__(self, folder: Path) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        settings = {
            "DATA_DIR": str(folder),
            "PORT": str(self.port),
            "STARTER_CATALOGUE": "false",
            "LOG_JSON": "true",
        }
        environ = {"PATH": os.environ["PATH"]} | {f"NEWSLETTER_{k}": v for k, v in settings.items()}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "newsletter", "up"],
            cwd=folder,
            env=environ,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def press_ctrl_c(self) -> None:
        """What a terminal does: a signal to everything that was started in it."""
        os.killpg(self.process.pid, signal.SIGINT)

    def wait_for(self, event: str) -> dict[str, Any]:
        """The next log line that tells of this event; the log's end ends the wait."""
        assert self.process.stderr is not None
        for line in self.process.stderr:
            if line.startswith("{") and (fields := json.loads(line))["event"] == event:
                return dict(fields)
        raise AssertionError(f"the log ended without: {event}")


@pytest.fixture
def tree(tmp_path: Path) -> Iterator[Tree]:
    running = Tree(tmp_path)
    yield running
    if running.process.poll() is None:
        running.process.kill()
    running.process.communicate()


def test_pages_answer_a_killed_worker_comes_back_and_stopping_leaves_nothing(tree: Tree) -> None:
    first = tree.wait_for("worker ready")["pid"]
    with urllib.request.urlopen(f"http://127.0.0.1:{tree.port}/healthz") as answer:
        assert answer.status == 200
    os.kill(first, signal.SIGKILL)
    assert tree.wait_for("child process ended, starting it again")["exit_code"] == -signal.SIGKILL
    second = tree.wait_for("worker ready")["pid"]
    assert second != first
    for _ in range(50):
        tree.press_ctrl_c()
    tree.wait_for("worker stopped")
    assert tree.process.wait(STOP_SECONDS) == 0
    with pytest.raises(ProcessLookupError):
        os.kill(second, 0)


def test_a_worker_whose_parent_is_killed_leaves_by_itself(tree: Tree) -> None:
    tree.wait_for("worker ready")
    tree.process.kill()
    # The log is written by both; it ends when the last of them is gone.
    _, rest = tree.process.communicate(timeout=STOP_SECONDS)
    assert "Traceback" not in rest


def test_a_port_in_use_is_one_clear_line(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        environ = {"PATH": os.environ["PATH"], "NEWSLETTER_DATA_DIR": str(tmp_path), "NEWSLETTER_PORT": port}
        result = subprocess.run(
            [sys.executable, "-m", "newsletter", "up"],
            cwd=tmp_path,
            env=environ | {"NEWSLETTER_STARTER_CATALOGUE": "false"},
            capture_output=True,
            text=True,
            check=False,
        )
    assert result.returncode == 1
    assert f"cannot listen on 127.0.0.1:{port}" in result.stderr
    assert "NEWSLETTER_PORT" in result.stderr
    assert "Traceback" not in result.stderr
