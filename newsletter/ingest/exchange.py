"""One question to a web server and its answer, within what a policy allows."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import cache
from ssl import SSLContext
from threading import BoundedSemaphore
from urllib.parse import urlsplit

import httpx2

from newsletter import __version__
from newsletter.ingest.decode import ACCEPTED, Decoder, decoder
from newsletter.ingest.dial import Deadline, DeadlinePassed
from newsletter.ingest.fetch_errors import FetchError
from newsletter.ingest.fetched import FetchPolicy
from newsletter.ingest.hosts import SEATS
from newsletter.ingest.transport import GuardedTransport

# Any number of fetches may go on at once, but only so many of a body that is large.
LARGE = 1024 * 1024
_LARGE_AT_ONCE = BoundedSemaphore(6)


def open_client(policy: FetchPolicy, deadline: Deadline) -> httpx2.Client:
    """A client for one fetch; it follows nothing and asks nothing of the environment."""
    return httpx2.Client(
        transport=GuardedTransport(policy.allow_networks, deadline, policy.resolve, _tls()),
        trust_env=False,
        follow_redirects=False,
        timeout=policy.seconds,
        headers={
            "User-Agent": _user_agent(policy.base_url),
            "Accept": policy.accept,
            "Accept-Encoding": ACCEPTED,
        },
    )


@cache
def _tls() -> SSLContext:
    # Loading the certificate store takes some 20 ms: once a process, not once a feed.
    return httpx2.create_ssl_context(trust_env=False)


def _user_agent(base_url: str) -> str:
    return f"DailyEdition/{__version__}" + (f" (+{base_url})" if base_url else "")


def require_web_address(url: str) -> None:
    """Raises `FetchError` for anything but an http or https address."""
    try:
        parts = urlsplit(url)
        usable = parts.scheme.lower() in ("http", "https") and bool(parts.hostname)
    except ValueError:
        usable = False
    if not usable:
        raise FetchError("Its address, or one it redirects to, is not an http or https address.")


@contextmanager
def exchange(
    client: httpx2.Client, request: httpx2.Request, policy: FetchPolicy, deadline: Deadline
) -> Iterator[httpx2.Response]:
    """Send `request` as soon as its host has a connection free; the answer, of which no body is read yet.

    Raises `hosts.HostBusy`, and whatever sending does.
    """
    patience = policy.patience or deadline.left()
    with SEATS.seat(request.url.host, patience, policy.per_host) as waited:
        if policy.patience:
            deadline.put_off(waited)
        response = client.send(request, stream=True)
        try:
            yield response
        finally:
            response.close()


def read_body(response: httpx2.Response, max_bytes: int, deadline: Deadline) -> bytes:
    """The whole body, undone of its compression. Raises `FetchError` and `DecodeError` at the limits.

    What was sent is limited like what comes out of it: compression that yields nothing has no end either.
    """
    undo = decoder(response.headers.get("content-encoding", ""))
    body, large = bytearray(), False
    with ExitStack() as room:
        for piece in _undone(response, undo, max_bytes):
            body += piece
            if len(body) > max_bytes:
                raise _too_large(max_bytes)
            if len(body) > LARGE and not large:
                large = True
                _make_room(room, deadline)
            deadline.left()
        return bytes(body)


def _undone(response: httpx2.Response, undo: Decoder | None, max_bytes: int) -> Iterator[bytes]:
    sent = 0
    for raw in response.iter_raw():
        sent += len(raw)
        if sent > max_bytes:
            raise _too_large(max_bytes)
        if undo:
            yield from undo.decode(raw)
            yield b""  # so that the time is looked at, even when nothing comes out
        else:
            yield raw
    if undo:
        undo.finish()


def _make_room(room: ExitStack, deadline: Deadline) -> None:
    if not _LARGE_AT_ONCE.acquire(timeout=deadline.left()):
        raise DeadlinePassed
    room.callback(_LARGE_AT_ONCE.release)


def _too_large(max_bytes: int) -> FetchError:
    return FetchError(f"It is larger than {max_bytes / (1024 * 1024):g} MB, which is refused.")
