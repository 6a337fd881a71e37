"""The whole process tree: a killed worker comes back, and nothing outlives its parent."""

import os
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.process_tree import STOP_SECONDS, Tree, is_there


@pytest.fixture
def port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


@pytest.fixture
def tree(tmp_path: Path, port: int) -> Iterator[Tree]:
    running = Tree(tmp_path, "up", PORT=str(port), WORKER_PROCESSES="2")
    yield running
    running.end()


def test_pages_answer_a_killed_worker_comes_back_and_stopping_leaves_nothing(tree: Tree, port: int) -> None:
    first, second = (tree.wait_for("worker ready")["pid"] for _ in range(2))
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz") as answer:
        assert answer.status == 200
    os.kill(first, signal.SIGKILL)
    assert tree.wait_for("child process ended, starting it again")["exit_code"] == -signal.SIGKILL
    third = tree.wait_for("worker ready")["pid"]
    assert len({first, second, third}) == 3
    for _ in range(50):
        tree.press_ctrl_c()
    for _ in range(2):
        tree.wait_for("worker stopped")
    assert tree.process.wait(STOP_SECONDS) == 0
    assert not any(is_there(number) for number in (second, third))


def test_a_worker_whose_parent_is_killed_leaves_by_itself(tree: Tree) -> None:
    tree.wait_for("worker ready")
    tree.process.kill()
    # The log is written by all; it ends when the last of them is gone.
    assert "Traceback" not in tree.rest_of_the_log()


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
