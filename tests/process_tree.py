"""Running `newsletter` commands as real processes, and reading what they write to their log."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

STOP_SECONDS = 15


class Tree:
    """A running `newsletter` command with all that it started; `settings` without their prefix."""

    def __init__(self, folder: Path, *command: str, **settings: str) -> None:
        given = {"DATA_DIR": str(folder), "STARTER_CATALOGUE": "false", "LOG_JSON": "true", **settings}
        kept = {name: os.environ[name] for name in ("PATH", "PYTHONPATH") if name in os.environ}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "newsletter", *command],
            cwd=folder,
            env=kept | {f"NEWSLETTER_{name}": value for name, value in given.items()},
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

    def rest_of_the_log(self) -> str:
        """What is written until the last process of the tree is gone: they all hold the same pipe."""
        return self.process.communicate(timeout=STOP_SECONDS)[1]

    def end(self) -> None:
        """Kill what is still there."""
        if self.process.poll() is None:
            self.process.kill()
        if self.process.stderr is not None and not self.process.stderr.closed:
            self.process.communicate()


def is_there(number: int) -> bool:
    """Whether a process of this number exists."""
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    return True
