"""Fixtures of the ingest tests: a loopback server, a policy that may reach it, feeds of our own."""

import threading
from collections.abc import Callable, Iterator
from ipaddress import ip_network
from pathlib import Path

import pytest

from newsletter.ingest.fetch import FetchPolicy
from newsletter.ingest.parse_pool import ParsePool
from newsletter.ingest.poll import PollTools
from newsletter.ingest.read import read_feed
from tests.ingest.server import FeedServer

FEEDS = Path(__file__).parent.parent / "feeds"
LOOPBACK = ip_network("127.0.0.0/8")


@pytest.fixture
def server() -> Iterator[FeedServer]:
    """A web server on 127.0.0.1 for as long as the test runs."""
    running = FeedServer()
    thread = threading.Thread(target=running.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield running
    running.stopping.set()
    running.shutdown()
    thread.join()
    running.server_close()


@pytest.fixture
def policy() -> FetchPolicy:
    """A policy that allows this machine, with a deadline that no honest loopback answer misses."""
    return FetchPolicy(base_url="https://news.example.com", allow_networks=(LOOPBACK,), seconds=5)


@pytest.fixture(scope="session")
def pool() -> Iterator[ParsePool]:
    """One pool of reading children for every test that needs a real one."""
    with ParsePool() as running:
        yield running


@pytest.fixture
def feed_file() -> Callable[[str], bytes]:
    """The bytes of a feed in tests/feeds."""
    return lambda name: (FEEDS / name).read_bytes()


@pytest.fixture
def tools(policy: FetchPolicy) -> PollTools:
    """Reads in this process: quick, and enough wherever the feeds are our own."""
    return PollTools(policy, read_feed)
