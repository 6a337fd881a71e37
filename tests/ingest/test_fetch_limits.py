"""The limits of a fetch: bytes that come out, and time, whatever the server does."""

import gzip
import time
import zlib
from collections.abc import Callable
from dataclasses import replace

import pytest

from newsletter.ingest.addresses import Address
from newsletter.ingest.fetch import (
    Fetched,
    FetchPolicy,
    FetchRequest,
    fetch_feed,
)
from tests.ingest.fetching import BODY, refused
from tests.ingest.server import (
    Behaviour,
    FeedServer,
    dripping,
    endless,
    silent,
)


def test_an_endless_body_is_given_up_at_the_limit(server: FeedServer, policy: FetchPolicy) -> None:
    error = refused(server.behave("/feed", endless), replace(policy, max_bytes=1024 * 1024))

    assert "larger than 1 MB" in error.reason


def deflate(data: bytes) -> bytes:
    return zlib.compress(data, 9)


@pytest.mark.parametrize(("encoding", "pack"), [("gzip", gzip.compress), ("deflate", deflate)])
def test_a_compression_bomb_is_given_up_at_the_limit(
    server: FeedServer, policy: FetchPolicy, encoding: str, pack: Callable[[bytes], bytes]
) -> None:
    bomb = pack(bytes(60 * 1024 * 1024))
    url = server.serve("/feed", bomb, Content_Encoding=encoding)

    assert "larger than 10 MB" in refused(url, policy).reason


@pytest.mark.parametrize(("encoding", "pack"), [("gzip", gzip.compress), ("deflate", deflate)])
def test_honest_compression_is_undone(
    server: FeedServer, policy: FetchPolicy, encoding: str, pack: Callable[[bytes], bytes]
) -> None:
    answer = fetch_feed(FetchRequest(server.serve("/feed", pack(BODY), Content_Encoding=encoding)), policy)

    assert isinstance(answer, Fetched)
    assert answer.body == BODY


def test_compression_in_compression_is_refused(server: FeedServer, policy: FetchPolicy) -> None:
    url = server.serve("/feed", gzip.compress(gzip.compress(BODY)), Content_Encoding="gzip, gzip")

    assert "several times over" in refused(url, policy).reason


def test_damaged_compression_is_told_in_words(server: FeedServer, policy: FetchPolicy) -> None:
    url = server.serve("/feed", b"not gzip at all", Content_Encoding="gzip")

    assert "compression is damaged" in refused(url, policy).reason


@pytest.mark.parametrize("behaviour", [dripping, silent])
def test_the_deadline_holds_against_servers_that_drip_or_say_nothing(
    server: FeedServer, policy: FetchPolicy, behaviour: Behaviour
) -> None:
    started = time.monotonic()

    error = refused(server.behave("/feed", behaviour), replace(policy, seconds=0.3))

    assert time.monotonic() - started < 2
    assert "0.3 seconds" in error.reason or "in time" in error.reason


def test_the_deadline_holds_against_a_resolver_that_hangs(server: FeedServer, policy: FetchPolicy) -> None:
    def hang(_host: str, _port: int) -> list[Address]:
        server.stopping.wait(30)
        return []

    error = refused("http://slow.example.com/", replace(policy, seconds=0.2, resolve=hang))

    assert "longer than 0.2 seconds" in error.reason
