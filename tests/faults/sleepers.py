"""Senders in processes of their own that can be stopped and revived, by a clock that stands in a file.

Started as `python -m tests.faults.sleepers DATABASE_URL SMTP_PORT CLOCK_FILE MARKS`: with MARKS above 0 it
stops by itself, as SIGSTOP does, right after its so manieth commit of marks and outcomes.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection

from newsletter.db import Database
from newsletter.delivery import ledger
from newsletter.delivery.due import plan_due
from tests.delivery.cast import DOMAIN, FRESH, MINUTE, NOW
from tests.faults.line import Line, transport_to

ROOT = Path(__file__).parents[2]
SHORT_LEASE = 2 * MINUTE


class Clock:
    """A clock that all processes read from one file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def set(self, now: datetime) -> None:
        """Move it; a reader sees the old time or the new one, never half of it."""
        other = self.path.with_suffix(".next")
        other.write_text(now.isoformat())
        other.replace(self.path)

    def now(self) -> datetime:
        return datetime.fromisoformat(self.path.read_text())


class Sleeper:
    """A sender, as a test sees it."""

    def __init__(self, db: Database, port: int, clock: Clock, stops_after: int = 0) -> None:
        url = db.url.render_as_string(hide_password=False)
        words = (url, str(port), str(clock.path), str(stops_after))
        self.process = subprocess.Popen([sys.executable, "-m", "tests.faults.sleepers", *words], cwd=ROOT)

    def stop(self) -> None:
        """SIGSTOP, in whatever it is doing."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGSTOP)

    def wait_until_stopped(self) -> None:
        """Wait until it has stopped by itself."""
        _pid, status = os.waitpid(self.process.pid, os.WUNTRACED)
        assert os.WIFSTOPPED(status), "it ended without having stopped"

    def revive(self) -> None:
        """Let it go on as if nothing had been."""
        self.process.send_signal(signal.SIGCONT)

    def end(self) -> None:
        """Wait until it has found nothing more to do."""
        assert self.process.wait(60) == 0, "a sender broke; see its traceback"

    def kill(self) -> None:
        """End it whatever it does."""
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait(20)


def plan_and_sweep(db: Database, clock: Clock) -> None:
    """What a scheduler asks for."""
    with db.write() as session:
        ledger.sweep(session, clock.now())
        plan_due(session, clock.now(), FRESH, DOMAIN)


class _StopsAfterMarks(Database):
    """Stops its process between a commit of marks and what was to follow."""

    def __init__(self, url: str, commits: int) -> None:
        super().__init__(url)
        self._left = commits

    @contextmanager
    def direct(self) -> Iterator[Connection]:
        with super().direct() as connection:
            yield connection
        self._left -= 1
        if self._left == 0:
            os.kill(os.getpid(), signal.SIGSTOP)


def _send(url: str, port: str, clock: Clock, stops_after: int) -> None:
    db = _StopsAfterMarks(url, stops_after)
    line = Line(db, transport_to(f"smtp://127.0.0.1:{port}", connections=4), NOW)
    while (report := line.send_by(clock.now, 20, SHORT_LEASE)).claimed and not report.interrupted:
        pass
    line.transport.close()
    db.close()


if __name__ == "__main__":
    _send(sys.argv[1], sys.argv[2], Clock(Path(sys.argv[3])), int(sys.argv[4]))
