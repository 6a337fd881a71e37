"""Processes that begin together and are timed together: the senders of a trial.

Started as `python -m bench.crew WORK ARGUMENT…`; each makes ready, says so, waits for the word to begin,
does its work, and tells what it did.
"""

import json
import logging
import smtplib
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import structlog
from sqlalchemy import event, select

from bench.letters import KEYS, NOW, PUBLICATION
from bench.report import cpu_seconds, peak_rss_mb
from newsletter.db import Database
from newsletter.delivery.composer import Composer
from newsletter.delivery.letter import read_letters
from newsletter.delivery.send import Desk, send
from newsletter.mail.transport import open_transport
from newsletter.memory import settle
from newsletter.models import Delivery

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True)
class Done:
    """What a crew did: mails sent, from the first beginning to the last end; processor time of all."""

    sent: int
    seconds: float
    cpu_seconds: float
    peak_rss_mb: float

    @property
    def rate(self) -> float:
        return self.sent / self.seconds


def run_crew(work: str, arguments: Sequence[Sequence[str]]) -> Done:
    """Run `work` in a process for each list of arguments, all at once."""
    command = [sys.executable, "-m", "bench.crew", work]
    crew = [
        subprocess.Popen(
            [*command, *given], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for given in arguments
    ]
    for member in crew:
        _line_of(member)
    for member in crew:
        assert member.stdin is not None
        member.stdin.write("begin\n")
        member.stdin.flush()
    told = [json.loads(_line_of(member)) for member in crew]
    for member in crew:
        member.communicate(timeout=60)
    return Done(
        sent=sum(one["sent"] for one in told),
        seconds=max(one["ended"] for one in told) - min(one["begun"] for one in told),
        cpu_seconds=sum(one["cpu_seconds"] for one in told),
        peak_rss_mb=max(one["peak_rss_mb"] for one in told),
    )


def _line_of(member: subprocess.Popen[str]) -> str:
    assert member.stdout is not None
    line = member.stdout.readline()
    if not line:
        raise RuntimeError("a sender broke; see its traceback above")
    return line


def _engine(url: str, durable: str, smtp_url: str) -> Callable[[], int]:
    """The engine itself, with its full ledger."""
    database = Database(url)
    _warm_up(database)
    if durable == "process":
        event.listen(database.engine, "connect", _trust_the_power)
    desk = Desk(database, open_transport(smtp_url, None), lambda: NOW, PUBLICATION, KEYS)
    settle()

    def work() -> int:
        sent = send(desk).sent
        desk.transport.close()
        return sent

    return work


def _warm_up(database: Database) -> None:
    """Become a worker that has sent before: inliner in memory, templates compiled, shapes of mails known.

    With a composer of its own, so that the words of this mail must still be composed.
    """
    with database.read() as session:
        letters = read_letters(session, session.scalars(select(Delivery.id).limit(1)).all())
    Composer(database.read, PUBLICATION, KEYS).compose(letters[0])


def _trust_the_power(connection: Any, _record: Any) -> None:
    """Commits that survive the death of a process, but not of the machine."""
    with closing(connection.cursor()) as cursor:
        on_sqlite = type(connection).__module__.startswith("sqlite3")
        cursor.execute("PRAGMA synchronous = NORMAL" if on_sqlite else "SET synchronous_commit = off")


def _plain(file: str, messages: str, port: str) -> Callable[[], int]:
    """What a script would do: smtplib, one connection, bytes that are ready."""
    message = Path(file).read_bytes()

    def work() -> int:
        with smtplib.SMTP("127.0.0.1", int(port)) as smtp:
            for _ in range(int(messages)):
                smtp.sendmail("a@example.com", ["b@example.com"], message)
        return int(messages)

    return work


_WORK: dict[str, Callable[..., Callable[[], int]]] = {"engine": _engine, "plain": _plain}


def _take_part(name: str, *arguments: str) -> None:
    work = _WORK[name](*arguments)
    print("ready", flush=True)
    sys.stdin.readline()
    begun, used = time.time(), cpu_seconds()
    sent = work()
    told = {"sent": sent, "begun": begun, "ended": time.time()}
    print(json.dumps(told | {"cpu_seconds": cpu_seconds() - used, "peak_rss_mb": peak_rss_mb()}), flush=True)


if __name__ == "__main__":
    # The log would stand among the answers.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    _take_part(*sys.argv[1:])
