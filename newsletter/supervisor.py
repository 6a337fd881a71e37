"""Keeps one child process running: started again when it dies, stopped with its parent."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Sequence

import structlog

from newsletter.stopping import StopFlag

FIRST_PAUSE_SECONDS = 1.0
LONGEST_PAUSE_SECONDS = 30.0
STOP_SECONDS = 10.0

log = structlog.get_logger()


class Supervised:
    """A `newsletter` command kept running as a child process until `stop`.

    The child holds the reading end of a pipe as its standard input: when this process dies, however
    it dies, the pipe ends and the child leaves by itself (`leave_with_parent`).
    """

    def __init__(self, command: Sequence[str]) -> None:
        self._name = command[0]
        self._command = [sys.executable, "-m", "newsletter", *command]
        self._stopping = threading.Event()
        self._child: subprocess.Popen[bytes] | None = None
        self._thread = threading.Thread(target=self._keep_running, name="supervisor", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Ask the child to finish, wait up to ten seconds, then end it."""
        self._stopping.set()
        child = self._child
        if child is None:
            return
        child.terminate()
        try:
            child.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()

    def _keep_running(self) -> None:
        pause = FIRST_PAUSE_SECONDS
        while not self._stopping.is_set():
            started = time.monotonic()
            # In a session of its own: Ctrl-C reaches us alone, and the child finishes what it has in hand.
            self._child = subprocess.Popen(  # noqa: S603 - our own command
                self._command, stdin=subprocess.PIPE, start_new_session=True
            )
            code = self._child.wait()
            if self._stopping.is_set():
                return
            log.warning("child process ended, starting it again", command=self._name, exit_code=code)
            lasted = time.monotonic() - started
            pause = (
                FIRST_PAUSE_SECONDS
                if lasted > LONGEST_PAUSE_SECONDS
                else min(pause * 2, LONGEST_PAUSE_SECONDS)
            )
            self._stopping.wait(pause)


def leave_with_parent(stop: StopFlag, pipe: int) -> None:
    """Set `stop` when the parent's end of the pipe (a file descriptor) closes: no child outlives it."""

    def wait() -> None:
        # Not through sys.stdin: its lock, held by a thread that waits, breaks the interpreter's end.
        while os.read(pipe, 1):
            pass
        stop.set()

    threading.Thread(target=wait, name="parent-watch", daemon=True).start()
