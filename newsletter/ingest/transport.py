"""httpx2's transport over the guarded connection hook, from the public parts of httpx2 and httpcore2."""

from collections.abc import Iterable, Iterator, Sequence
from ssl import SSLContext

import httpcore2
import httpx2

from newsletter.ingest.addresses import Network
from newsletter.ingest.dial import Deadline, GuardedBackend, Resolver


class GuardedTransport(httpx2.BaseTransport):
    """Sends one client's requests; errors of httpcore2 and of the hook come out as they are."""

    def __init__(
        self, allowed: Sequence[Network], deadline: Deadline, resolve: Resolver, tls: SSLContext
    ) -> None:
        self._pool = httpcore2.ConnectionPool(
            ssl_context=tls,
            network_backend=GuardedBackend(allowed, deadline, resolve),
            # Asked anew for every hop: nothing is kept between requests.
            max_keepalive_connections=0,
        )

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """The answer to one request, its body still to be read."""
        url = httpcore2.URL(
            scheme=request.url.raw_scheme,
            host=request.url.raw_host,
            port=request.url.port,
            target=request.url.raw_path,
        )
        answer = self._pool.handle_request(
            httpcore2.Request(
                request.method,
                url,
                headers=request.headers.raw,
                content=_sent(request.stream),
                extensions=request.extensions,
            )
        )
        return httpx2.Response(answer.status, headers=answer.headers, stream=_Body(answer))

    def close(self) -> None:
        """Hang up."""
        self._pool.close()


def _sent(stream: httpx2.SyncByteStream | httpx2.AsyncByteStream) -> Iterable[bytes]:
    if not isinstance(stream, Iterable):
        raise TypeError("a synchronous connection was given an asynchronous stream")
    return stream


class _Body(httpx2.SyncByteStream):
    def __init__(self, answer: httpcore2.Response) -> None:
        self._answer = answer

    def __iter__(self) -> Iterator[bytes]:
        stream = self._answer.stream
        if not isinstance(stream, Iterable):
            raise TypeError("a synchronous connection gave an asynchronous stream")
        yield from stream

    def close(self) -> None:
        self._answer.close()
