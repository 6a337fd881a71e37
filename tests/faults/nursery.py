"""A process that keeps senders at the ready: all is imported, and a word forks one in milliseconds.

Started as `python -m tests.faults.nursery DATABASE_URL SMTP_PORT BATCH CONNECTIONS`. Words on stdin, one
a line: `start NOW` answers the sender's process number; `kill NUMBER` and `wait NUMBER` answer how it ended.
"""

import os
import signal
import subprocess
import sys
import traceback
from datetime import datetime
from pathlib import Path

from newsletter.db import Database
from tests.faults.line import Line, transport_to

ROOT = Path(__file__).parents[2]
KILLED, DONE = -signal.SIGKILL, 0


class Nursery:
    """The process, as a test speaks with it."""

    def __init__(self, db: Database, port: int, batch: int, connections: int = 1) -> None:
        url = db.url.render_as_string(hide_password=False)
        numbers = [str(number) for number in (port, batch, connections)]
        command = [sys.executable, "-m", "tests.faults.nursery", url, *numbers]
        self._process = subprocess.Popen(
            command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def start(self, now: datetime) -> int:
        """Start a sender for which it is `now`; its process number."""
        return self._ask("start", now.isoformat())

    def kill(self, number: int) -> bool:
        """Kill -9; whether the sender was still there to be killed."""
        return self._ask("kill", str(number)) == KILLED

    def wait(self, number: int) -> None:
        """Wait until a sender has found nothing more to do."""
        assert self._ask("wait", str(number)) == DONE, "a sender broke; see its traceback"

    def close(self) -> None:
        """End the process; senders must have ended before."""
        self._process.communicate(timeout=20)

    def _ask(self, word: str, value: str) -> int:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{word} {value}\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline())


def _serve(url: str, *numbers: int) -> None:
    for line in sys.stdin:
        word, value = line.split()
        print(_obey(word, value, url, *numbers), flush=True)  # noqa: T201


def _obey(word: str, value: str, url: str, *numbers: int) -> int:
    if word == "start":
        return os.fork() or _send(datetime.fromisoformat(value), url, *numbers)
    if word == "kill":
        os.kill(int(value), signal.SIGKILL)
    return os.waitstatus_to_exitcode(os.waitpid(int(value), 0)[1])


def _send(now: datetime, url: str, port: int, batch: int, connections: int) -> int:
    """In the sender: send until nothing is due, then end this process."""
    os.dup2(2, 1)
    ended = 1
    try:
        transport = transport_to(f"smtp://127.0.0.1:{port}", connections=connections)
        line = Line(Database(url), transport, now)
        line.send_all(batch)
        line.transport.close()
        ended = 0
    except BaseException:
        traceback.print_exc()
    os._exit(ended)


if __name__ == "__main__":
    _serve(sys.argv[1], *(int(number) for number in sys.argv[2:]))
