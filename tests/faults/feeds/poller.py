"""The poller in a process of its own, so that what it uses is not mixed with what the server uses."""

import multiprocessing
import socket
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from datetime import datetime
from ipaddress import ip_address, ip_network
from multiprocessing.connection import Connection
from unittest.mock import patch

from newsletter.db import Database
from newsletter.ingest import poll
from newsletter.ingest.addresses import Address
from newsletter.ingest.dial import resolve_name
from newsletter.ingest.fetch import FetchPolicy
from newsletter.ingest.parse_pool import ParsePool
from newsletter.ingest.record import PollResult
from tests.faults.feeds.fault import PRIVATE, REBINDING, UNKNOWN


class Names:
    """The names of the faults: all lead to this machine, but for those whose fault is their name."""

    def __init__(self) -> None:
        self._asked: Counter[str] = Counter()

    def __call__(self, host: str, port: int) -> list[Address]:
        if not host.endswith("example.com"):
            return resolve_name(host, port)
        self._asked[host] += 1
        if host == UNKNOWN:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        inside = host == PRIVATE or (host == REBINDING and self._asked[host] > 1)
        return [ip_address("10.0.0.1" if inside else "127.0.0.1")]


def fault_policy(seconds: float) -> FetchPolicy:
    """What the poller may do: talk to this machine, by the names of the faults."""
    return FetchPolicy(allow_networks=(ip_network("127.0.0.0/8"),), seconds=seconds, resolve=Names())


class Poller:
    """Polls in its process when it is told to; `number` is that process's."""

    def __init__(self, connection: Connection, number: int) -> None:
        self._connection = connection
        self.number = number

    def poll(self, ids: Sequence[int], now: datetime) -> list[PollResult]:
        """Raises `EOFError` when the process died of it."""
        self._connection.send((ids, now))
        results: list[PollResult] = self._connection.recv()
        return results


@contextmanager
def polling(database_url: str, seconds: float) -> Iterator[Poller]:
    """A poller of the sources in this database, whose fetches may take so long."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_work, args=(theirs, database_url, seconds))
    process.start()
    theirs.close()
    assert process.pid is not None
    try:
        yield Poller(ours, process.pid)
    finally:
        ours.close()
        process.join(20)
        process.kill()


def _work(connection: Connection, database_url: str, seconds: float) -> None:
    db, policy = Database(database_url), fault_policy(seconds)
    # One pool for all polls: starting children is not what is measured.
    with ParsePool() as pool, patch.object(poll, "ParsePool", lambda: nullcontext(pool)):
        try:
            while True:
                ids, now = connection.recv()
                connection.send(poll.poll_sources(db, ids, now, policy))
        except EOFError:
            db.close()
