"""A web server for feeds that costs next to nothing: ready bytes, conditional requests, open connections.

Started as `python -m bench.feed_server SOURCES ENTRIES`; prints its port, serves until its input ends.
"""

import asyncio
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from subprocess import PIPE, Popen

from bench.crew import ROOT
from bench.feeds import make_feed


@contextmanager
def serving(sources: int, entries: int) -> Iterator[int]:
    """A server of `sources` feeds, as `/0.xml` and so on, in a process of its own; its port."""
    command = [sys.executable, "-m", "bench.feed_server", str(sources), str(entries)]
    with Popen(command, cwd=ROOT, stdin=PIPE, stdout=PIPE, text=True) as server:
        assert server.stdin is not None
        assert server.stdout is not None
        try:
            yield int(server.stdout.readline())
        finally:
            server.stdin.close()


class _Speaker(asyncio.Protocol):
    """One connection."""

    def __init__(self, answers: dict[bytes, tuple[bytes, bytes]]) -> None:
        self._answers = answers
        self._asked = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._asked += data
        while b"\r\n\r\n" in self._asked:
            request, _, self._asked = self._asked.partition(b"\r\n\r\n")
            whole, unchanged = self._answers[request.split(b" ", 2)[1]]
            self._transport.write(unchanged if b"if-none-match" in request.lower() else whole)


def _answers(number: int, entries: int) -> tuple[bytes, bytes]:
    """The whole feed, and "nothing new", as they go over the wire."""
    body = make_feed(number, entries)
    etag = f'ETag: "{number}"\r\n'
    head = (
        f"HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\n{etag}Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body, f"HTTP/1.1 304 Not Modified\r\n{etag}\r\n".encode()


async def _serve(sources: int, entries: int) -> None:
    answers = {f"/{number}.xml".encode(): _answers(number, entries) for number in range(sources)}
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: _Speaker(answers), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.read)
    server.close()


if __name__ == "__main__":
    asyncio.run(_serve(int(sys.argv[1]), int(sys.argv[2])))
