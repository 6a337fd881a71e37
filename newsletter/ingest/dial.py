"""The connection hook: resolve a name, judge every address, dial exactly the one that was judged.

httpcore2 asks its network backend for every connection, so this is the only way out. Resolving
here and dialling the number leaves no moment in which a name could change its address.
"""

import socket
import time
from collections.abc import Callable, Iterable, Sequence
from ipaddress import ip_address
from queue import Empty, Queue
from ssl import SSLContext
from threading import Thread
from typing import Any

import httpcore2

from newsletter.ingest.addresses import Address, Network, refusal

Resolver = Callable[[str, int], Sequence[Address]]

# One dead address must not use up the time in which the next one would have answered.
CONNECT_SECONDS = 10.0


class DeadlinePassed(Exception):
    """The whole fetch took longer than it may."""


class TooMuchWork(Exception):
    """The fetch took more processor time than it may."""


class AddressRefused(Exception):
    """Every address of the name is one we do not dial; the text names the first and says why."""


class NameUnknown(Exception):
    """The name has no address."""


class Deadline:
    """A moment on the machine's steady clock by which everything must be over.

    With `work`, the processor seconds that the thread which made it may spend until then, too.
    """

    def __init__(self, seconds: float, work: float | None = None) -> None:
        self._end = time.monotonic() + seconds
        self._work_end = None if work is None else time.thread_time() + work

    def put_off(self, seconds: float) -> None:
        """Have it this much later, for time that was not the server's to answer for."""
        self._end += seconds

    def left(self, at_most: float | None = None) -> float:
        """Seconds left, but not more than `at_most`. Raises `DeadlinePassed` and `TooMuchWork`."""
        if self._work_end is not None and time.thread_time() > self._work_end:
            raise TooMuchWork
        seconds = self._end - time.monotonic()
        if seconds <= 0:
            raise DeadlinePassed
        return seconds if at_most is None else min(seconds, at_most)


def resolve_name(host: str, port: int) -> list[Address]:
    """Every address the system's resolver has for `host`, in its order. Raises `OSError`."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    # A link-local address may carry its interface (fe80::1%eth0); the number is what is judged.
    numbers = dict.fromkeys(str(sockaddr[0]).partition("%")[0] for *_, sockaddr in found)
    return [ip_address(number) for number in numbers]


class GuardedBackend(httpcore2.NetworkBackend):
    """Dials public and allowed addresses only, and lets nothing outlast the deadline."""

    def __init__(self, allowed: Sequence[Network], deadline: Deadline, resolve: Resolver) -> None:
        self._allowed = allowed
        self._deadline = deadline
        self._resolve = resolve
        self._dialler = httpcore2.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ARG002 - the deadline rules
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.NetworkStream:
        """Raises `AddressRefused`, `NameUnknown`, `DeadlinePassed` and httpcore2's connection errors."""
        failure: Exception = NameUnknown(host)
        for address in self._permitted(host, port):
            seconds = self._deadline.left(CONNECT_SECONDS)
            try:
                stream = self._dialler.connect_tcp(str(address), port, seconds, local_address, socket_options)
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as error:
                failure = error
                continue
            return _TimedStream(stream, self._deadline)
        raise failure

    def connect_unix_socket(
        self,
        path: str,
        timeout: float | None = None,  # noqa: ARG002 - the base class's signature
        socket_options: Iterable[Any] | None = None,  # noqa: ARG002
    ) -> httpcore2.NetworkStream:
        raise AddressRefused(f"{path} is a file of this machine")

    def _permitted(self, host: str, port: int) -> list[Address]:
        number = _number(host)
        addresses = [number] if number else _within(self._deadline, lambda: self._resolve(host, port))
        refusals = [(address, refusal(address, self._allowed)) for address in addresses]
        permitted = [address for address, why in refusals if why is None]
        if refusals and not permitted:
            address, why = refusals[0]
            raise AddressRefused(f"{address} is {why}")
        return permitted


def _number(host: str) -> Address | None:
    """The address that a host's name is itself; that needs nobody to be asked."""
    try:
        return ip_address(host.partition("%")[0])
    except ValueError:
        return None


class _TimedStream(httpcore2.NetworkStream):
    """A connection whose every wait is cut to what the deadline leaves."""

    def __init__(self, stream: httpcore2.NetworkStream, deadline: Deadline) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._deadline.left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._deadline.left(timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore2.NetworkStream:
        seconds = self._deadline.left(timeout)
        return _TimedStream(self._stream.start_tls(ssl_context, server_hostname, seconds), self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


def _within(deadline: Deadline, resolve: Callable[[], Sequence[Address]]) -> Sequence[Address]:
    """Resolve in a thread of its own: the system's resolver knows no time limit."""
    answers: Queue[Sequence[Address] | Exception] = Queue(1)

    def look_up() -> None:
        try:
            answers.put(resolve())
        except Exception as error:  # carried over to the thread that waits
            answers.put(error)

    Thread(target=look_up, name="resolve", daemon=True).start()
    try:
        answer = answers.get(timeout=deadline.left())
    except Empty:
        raise DeadlinePassed from None
    if isinstance(answer, (OSError, UnicodeError)):
        raise NameUnknown from answer
    if isinstance(answer, Exception):
        raise answer
    return answer
