"""The demo server, and a way to ask it."""

from collections.abc import Iterator
from datetime import datetime
from http.client import HTTPConnection, HTTPMessage
from typing import NamedTuple

import pytest

from newsletter.demo.server import HOST, DemoServer, serve


class Reply(NamedTuple):
    """What the server answered."""

    status: int
    headers: HTTPMessage
    body: bytes


def ask(server: DemoServer, path: str, headers: dict[str, str] | None = None, method: str = "GET") -> Reply:
    """One request to the demo server."""
    connection = HTTPConnection(HOST, server.server_port, timeout=10)
    try:
        connection.request(method, path, headers=headers or {})
        response = connection.getresponse()
        return Reply(response.status, response.headers, response.read())
    finally:
        connection.close()


@pytest.fixture
def server(now: datetime) -> Iterator[DemoServer]:
    """The demo server, its news dated against `now`."""
    with serve(now) as running:
        yield running
