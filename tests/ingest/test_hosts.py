"""How many connections a host gets from us at the same time."""

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from ipaddress import ip_address

import pytest

from newsletter.ingest.fetch import Fetched, FetchPolicy, FetchRequest, fetch_feed
from newsletter.ingest.hosts import HostBusy, HostSeats
from tests.ingest.fetching import BODY, refused
from tests.ingest.server import FeedServer, Handler


def test_a_third_has_to_wait_and_others_do_not() -> None:
    seats = HostSeats()
    with seats.seat("example.com", 0), seats.seat("Example.COM.", 0):
        with pytest.raises(HostBusy), seats.seat("example.com", 0.01):
            pass
        with seats.seat("example.org", 0) as waited:
            assert waited < 1
    with seats.seat("example.com", 0):
        pass


def test_hosts_that_nobody_talks_to_are_forgotten() -> None:
    seats = HostSeats()
    for number in range(100):
        with seats.seat(f"{number}.example.com", 0):
            pass
    with pytest.raises(HostBusy), seats.seat("example.com", 0, per_host=0):
        pass

    assert not seats._taken


def at_once(server: FeedServer) -> tuple[str, list[int]]:
    """A feed whose answers wait a little for each other; how many were asked for at the same time."""
    lock, inside, counts = threading.Lock(), [0], list[int]()
    third = threading.Event()

    def answer(handler: Handler) -> None:
        with lock:
            inside[0] += 1
            counts.append(inside[0])
            if inside[0] > 2:
                third.set()
        third.wait(0.05)
        with lock:
            inside[0] -= 1
        handler.start()
        handler.wfile.write(BODY)

    return server.behave("/feed", answer), counts


def test_a_host_is_never_asked_by_more_than_two_of_us(server: FeedServer, policy: FetchPolicy) -> None:
    url, counts = at_once(server)

    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda _n: fetch_feed(FetchRequest(url), policy), range(8)))

    assert all(isinstance(answer, Fetched) for answer in answers)
    assert len(counts) == 8
    assert max(counts) == 2


def test_redirects_take_turns_at_the_host_they_lead_to(server: FeedServer, policy: FetchPolicy) -> None:
    url, counts = at_once(server)
    server.serve("/old", status=302, Location=url)
    elsewhere = replace(policy, resolve=lambda _host, _port: [ip_address("127.0.0.1")])
    starts = [f"http://s{n}.example.com:{server.server_port}/old" for n in range(6)]

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda start: fetch_feed(FetchRequest(start), elsewhere), starts))

    assert max(counts) == 2


def test_waiting_for_a_turn_is_not_the_servers_slowness(server: FeedServer, policy: FetchPolicy) -> None:
    def slow(handler: Handler) -> None:
        server.stopping.wait(0.3)
        handler.start()
        handler.wfile.write(BODY)

    url = server.behave("/feed", slow)
    hurried = replace(policy, seconds=0.8)

    # Each takes 0.3 s, one after the other: the last one waits longer than a fetch may take.
    with ThreadPoolExecutor(4) as threads:
        one_by_one = replace(hurried, per_host=1)
        answers = list(threads.map(lambda _n: fetch_feed(FetchRequest(url), one_by_one), range(4)))

    assert all(isinstance(answer, Fetched) for answer in answers)


@pytest.mark.parametrize("patience", [0.05, 0])
def test_who_never_gets_a_turn_is_told_in_words(
    server: FeedServer, policy: FetchPolicy, patience: float
) -> None:
    url = server.serve("/feed", BODY)
    none = replace(policy, per_host=0, patience=patience, seconds=0.1)

    assert "busy answering for other sources" in refused(url, none).reason
