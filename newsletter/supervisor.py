"""Keeps child processes running: started again when they die, stopped with their parent."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Sequence

import structlog

from newsletter.stopping import StopFlag

FIRST_PAUSE_SECONDS = 1.0
LONGEST_PAUSE_SECONDS = 30.0
STOP_SECONDS = 10.0

log = structlog.get_logger()


class Supervised:
    """A `newsletter` command kept running as a child process until it is stopped.

    The child holds the reading end of a pipe as its standard input: when this process dies, however
    it dies, the pipe ends and the child leaves by itself (`leave_with_parent`).
    """

    def __init__(self, command: Sequence[str]) -> None:
        self._name = command[0]
        self._command = [sys.executable, "-m", "newsletter", *command]
        self._stopping = threading.Event()
        # Starting a child and being told to stop exclude each other: none is started after the word.
        self._turn = threading.Lock()
        self._child: subprocess.Popen[bytes] | None = None
        self._thread = threading.Thread(target=self._keep_running, name="supervisor", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def ask_to_stop(self) -> None:
        """Tell the child to finish what it has in hand; returns at once."""
        with self._turn:
            self._stopping.set()
            if self._child is not None:
                self._child.terminate()

    def end(self, deadline: float) -> None:
        """Wait for the child until `deadline` (`time.monotonic`), then kill it."""
        child = self._child
        if child is None:
            return
        try:
            child.wait(max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()

    def _keep_running(self) -> None:
        pause = FIRST_PAUSE_SECONDS
        while child := self._start_child():
            started = time.monotonic()
            code = child.wait()
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

    def _start_child(self) -> subprocess.Popen[bytes] | None:
        with self._turn:
            if self._stopping.is_set():
                return None
            # In a session of its own: Ctrl-C reaches us alone, and the child finishes what it has in hand.
            self._child = subprocess.Popen(  # noqa: S603 - our own command
                self._command, stdin=subprocess.PIPE, start_new_session=True
            )
            return self._child


class WorkerCrew:
    """As many worker processes as wanted, each kept running, all stopped together."""

    def __init__(self, processes: int, options: Sequence[str] = ()) -> None:
        command = ["worker", "--with-parent", "--processes", "1", *options]
        self._workers = [Supervised(command) for _ in range(processes)]

    def start(self) -> None:
        for worker in self._workers:
            worker.start()

    def stop(self) -> None:
        """Ask all to finish at once, wait up to ten seconds for all together, then end who is left."""
        stop_together(self._workers)


def stop_together(children: Iterable[Supervised], seconds: float = STOP_SECONDS) -> None:
    """Ask every child to finish, wait up to `seconds` for all of them together, then kill the rest."""
    asked = list(children)
    deadline = time.monotonic() + seconds
    for child in asked:
        child.ask_to_stop()
    for child in asked:
        child.end(deadline)


def leave_with_parent(stop: StopFlag, pipe: int) -> None:
    """Set `stop` when the parent's end of the pipe (a file descriptor) closes: no child outlives it."""

    def wait() -> None:
        # Not through sys.stdin: its lock, held by a thread that waits, breaks the interpreter's end.
        while os.read(pipe, 1):
            pass
        stop.set()

    threading.Thread(target=wait, name="parent-watch", daemon=True).start()
