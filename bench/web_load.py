"""Visitors of a server, on kept connections, in a process of their own; what they waited, in seconds.

`python -m bench.web_load PORT CONNECTIONS SECONDS FIRST` takes requests as JSON from its input, each visitor
some of them in turn, and prints how often each status came and how long each answer took. `@@` in a
request is a number that no other request has (from FIRST on), `##` the same as two groups of an IPv6 address.
"""

import json
import re
import socket
import sys
import threading
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import cycle
from time import perf_counter

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
# So many numbers are each visitor's own.
EACH = 100_000
_HEAD_END = b"\r\n\r\n"
_NUMBER, _NETWORK = b"@@", b"##"


@dataclass
class Waits:
    """What one visitor saw."""

    statuses: Counter[int] = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)


def request_bytes(method: str, path: str, headers: dict[str, str], body: str = "") -> str:
    """A request as it goes over the wire; its length is right for a number of nine digits."""
    length = len(body.replace("@@", "123456789"))
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", *(f"{k}: {v}" for k, v in headers.items())]
    if body:
        lines += ["Content-Type: application/x-www-form-urlencoded", f"Content-Length: {length}"]
    return "\r\n".join([*lines, "", body])


def visit(port: int, requests: Sequence[str], first: int, until: float, waits: Waits) -> None:
    """Ask one request after the other until the time is over."""
    prepared = [request.encode() for request in requests]
    number = first
    with socket.create_connection(("127.0.0.1", port)) as line:
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for request in cycle(prepared):
            number += 1
            begun = perf_counter()
            line.sendall(_numbered(request, number))
            waits.statuses[_read(line)] += 1
            ended = perf_counter()
            waits.seconds.append(ended - begun)
            if ended > until:
                return


def _numbered(request: bytes, number: int) -> bytes:
    # The /48 changes each time: what one customer may have, and may send only so much from.
    network = b"%x:%x" % (number & 0xFFFF, number >> 16)
    return request.replace(_NUMBER, b"%09d" % number).replace(_NETWORK, network)


def _read(line: socket.socket) -> int:
    """Read one whole answer; its status."""
    got = line.recv(65536)
    while _HEAD_END not in got:
        got += _more(line)
    head, _, body = got.partition(_HEAD_END)
    length = _LENGTH.search(head)
    missing = (int(length.group(1)) if length else 0) - len(body)
    while missing > 0:
        missing -= len(_more(line))
    return int(head[9:12])


def _more(line: socket.socket) -> bytes:
    got = line.recv(262144)
    if not got:
        raise ConnectionError("the server hung up")
    return got


def main(port: str, connections: str, seconds: str, first: str) -> None:
    """Let so many visitors in, and tell what they saw."""
    requests = json.load(sys.stdin)
    every = int(connections)
    until = perf_counter() + float(seconds)
    waits = [Waits() for _ in range(every)]
    visitors = [
        threading.Thread(
            target=visit, args=(int(port), requests[i::every] or requests, int(first) + i * EACH, until, one)
        )
        for i, one in enumerate(waits)
    ]
    for visitor in visitors:
        visitor.start()
    for visitor in visitors:
        visitor.join()
    statuses = sum((one.statuses for one in waits), Counter[int]())
    print(json.dumps({"statuses": statuses, "seconds": [s for one in waits for s in one.seconds]}))


if __name__ == "__main__":
    main(*sys.argv[1:])
