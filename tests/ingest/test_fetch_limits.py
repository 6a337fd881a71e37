"""The limits of a fetch: bytes that come out, and time, whatever the server does."""

import gzip
import time
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
from tests.ingest.packing import PACKED, bomb
from tests.ingest.server import (
    CHUNK,
    Behaviour,
    FeedServer,
    Handler,
    crumbs,
    dripping,
    endless,
    endless_interim,
    silent,
)


def test_an_endless_body_is_given_up_at_the_limit(server: FeedServer, policy: FetchPolicy) -> None:
    error = refused(server.behave("/feed", endless), replace(policy, max_bytes=1024 * 1024))

    assert "larger than 1 MB" in error.reason


@pytest.mark.parametrize("encoding", PACKED)
def test_a_compression_bomb_is_given_up_at_the_limit(
    server: FeedServer, policy: FetchPolicy, encoding: str
) -> None:
    url = server.serve("/feed", bomb(encoding, 60), Content_Encoding=encoding)

    assert "larger than 10 MB" in refused(url, policy).reason


@pytest.mark.parametrize("encoding", PACKED)
def test_honest_compression_is_undone(server: FeedServer, policy: FetchPolicy, encoding: str) -> None:
    url = server.serve("/feed", PACKED[encoding](BODY), Content_Encoding=encoding)

    answer = fetch_feed(FetchRequest(url), policy)

    assert isinstance(answer, Fetched)
    assert answer.body == BODY
    assert encoding in server.requests[0].headers["accept-encoding"]


def test_what_never_ends_behind_the_end_is_given_up_at_the_limit(
    server: FeedServer, policy: FetchPolicy
) -> None:
    def endless_padding(handler: Handler) -> None:
        handler.start(Content_Encoding="gzip")
        handler.wfile.write(gzip.compress(BODY))
        while not server.stopping.is_set():
            handler.wfile.write(CHUNK)

    assert "larger than 10 MB" in refused(server.behave("/feed", endless_padding), policy).reason


@pytest.mark.parametrize("behaviour", [crumbs, endless_interim])
def test_answers_that_only_make_work_are_given_up(
    server: FeedServer, policy: FetchPolicy, behaviour: Behaviour
) -> None:
    error = refused(server.behave("/feed", behaviour), replace(policy, work=0.1))

    assert "too much work" in error.reason


def test_compression_in_compression_is_refused(server: FeedServer, policy: FetchPolicy) -> None:
    url = server.serve("/feed", gzip.compress(gzip.compress(BODY)), Content_Encoding="gzip, gzip")

    assert "several times over" in refused(url, policy).reason


def test_damaged_compression_is_told_in_words(server: FeedServer, policy: FetchPolicy) -> None:
    url = server.serve("/feed", b"not gzip at all", Content_Encoding="gzip")

    assert "damaged compression" in refused(url, policy).reason


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
