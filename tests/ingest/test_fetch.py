"""Fetching from a real server on the loopback, well and badly behaved."""

import socket
from dataclasses import replace
from ipaddress import ip_address

import pytest

from newsletter.ingest.addresses import Address
from newsletter.ingest.fetch import (
    Fetched,
    FetchPolicy,
    FetchRequest,
    NotModified,
    fetch_feed,
)
from tests.ingest.fetching import BODY, refused
from tests.ingest.server import (
    Behaviour,
    FeedServer,
    Handler,
    cut_off,
    gibberish,
)


def test_a_feed_comes_with_what_its_server_said_of_it(server: FeedServer, policy: FetchPolicy) -> None:
    modified = "Sat, 21 Nov 2026 10:00:00 GMT"
    url = server.serve("/feed", BODY, ETag='"v1"', Last_Modified=modified, Content_Type="text/xml")

    assert fetch_feed(FetchRequest(url), policy) == Fetched(url, BODY, "text/xml", '"v1"', modified)


def test_the_request_says_politely_who_asks(server: FeedServer, policy: FetchPolicy) -> None:
    fetch_feed(FetchRequest(server.serve("/feed", BODY)), policy)

    agent = server.requests[0].headers["user-agent"]
    assert agent.startswith("DailyEdition/")
    assert agent.endswith("(+https://news.example.com)")


def test_what_is_unchanged_since_last_time_is_not_sent_again(server: FeedServer, policy: FetchPolicy) -> None:
    url = server.serve("/feed", BODY, ETag='"v1"')
    modified = "Sat, 21 Nov 2026 10:00:00 GMT"

    answer = fetch_feed(FetchRequest(url, etag='"v1"', last_modified=modified), policy)

    assert isinstance(answer, NotModified)
    assert server.requests[0].headers["if-modified-since"] == modified


def test_not_modified_without_having_asked_is_an_error(server: FeedServer, policy: FetchPolicy) -> None:
    assert "304" in refused(server.serve("/feed", status=304), policy).reason


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_are_followed_and_the_last_address_is_told(
    server: FeedServer, policy: FetchPolicy, status: int
) -> None:
    final = server.serve("/new/feed", BODY)
    url = server.serve("/old", status=status, Location="new/feed")

    answer = fetch_feed(FetchRequest(url), policy)

    assert isinstance(answer, Fetched)
    assert (answer.url, answer.body) == (final, BODY)


@pytest.mark.parametrize(
    ("statuses", "moved"),
    [
        ([301], True),
        ([308, 301], True),
        ([302], False),
        ([301, 302], False),
        ([307, 308], False),
        ([], False),
    ],
)
def test_a_feed_has_moved_when_every_redirect_on_the_way_is_permanent(
    server: FeedServer, policy: FetchPolicy, statuses: list[int], moved: bool
) -> None:
    final = url = server.serve("/new", BODY)
    for status in reversed(statuses):
        url = server.serve(f"/old{len(server.routes)}", status=status, Location=f"{url}#top")

    answer = fetch_feed(FetchRequest(url), policy)

    assert answer.moved_to == (final if moved else None)


def test_a_feed_that_moved_unchanged_has_moved(server: FeedServer, policy: FetchPolicy) -> None:
    final = server.serve("/new", BODY, ETag='"v1"')
    url = server.serve("/old", status=301, Location="/new")

    assert fetch_feed(FetchRequest(url, etag='"v1"'), policy) == NotModified(moved_to=final)


def test_a_feed_that_moved_to_nowhere_is_missing(server: FeedServer, policy: FetchPolicy) -> None:
    error = refused(server.serve("/old", status=301, Location="/nowhere"), policy)

    assert (error.missing, error.status) == (True, 404)


def test_how_long_an_answer_is_fresh_and_where_it_links_to_are_told(
    server: FeedServer, policy: FetchPolicy
) -> None:
    fresh, hub_link = "public, max-age=900", '<https://hub.example.com/>; rel="hub"'
    url = server.serve("/feed", BODY, ETag='"v1"', Cache_Control=fresh, Link=hub_link)
    hub = {"hub": "https://hub.example.com/"}

    answer = fetch_feed(FetchRequest(url), policy)

    assert (answer.max_age, answer.links) == (900, hub)


def test_redirects_in_a_circle_end_after_five(server: FeedServer, policy: FetchPolicy) -> None:
    error = refused(server.serve("/round", status=302, Location="/round"), policy)

    assert "redirects more than 5 times" in error.reason
    assert len(server.requests) == 6


def test_the_body_of_a_redirect_is_never_read(server: FeedServer, policy: FetchPolicy) -> None:
    server.serve("/feed", BODY)

    def redirect_with_endless_body(handler: Handler) -> None:
        handler.send_response(302)
        handler.send_header("Location", "/feed")
        handler.end_headers()
        server.stopping.wait(30)

    url = server.behave("/old", redirect_with_endless_body)

    assert isinstance(fetch_feed(FetchRequest(url), policy), Fetched)


@pytest.mark.parametrize(
    "target", ["http://10.0.0.1/", "http://[::1]/", "http://169.254.169.254/latest/meta-data/"]
)
def test_a_redirect_to_a_private_address_is_refused(
    server: FeedServer, policy: FetchPolicy, target: str
) -> None:
    error = refused(server.serve("/feed", status=302, Location=target), policy)

    assert "refused for safety" in error.reason
    assert "NEWSLETTER_FETCH_ALLOW_NETWORKS" in error.reason


@pytest.mark.parametrize(
    "target",
    ["file:///etc/passwd", "ftp://example.com/feed", "gopher://127.0.0.1:70/_x", "javascript:alert(1)"],
)
def test_a_redirect_to_anything_but_http_is_refused(
    server: FeedServer, policy: FetchPolicy, target: str
) -> None:
    assert "http" in refused(server.serve("/feed", status=302, Location=target), policy).reason


def test_this_machine_is_refused_unless_the_operator_allows_it(
    server: FeedServer, policy: FetchPolicy
) -> None:
    url = server.serve("/feed", BODY)

    error = refused(url, replace(policy, allow_networks=()))

    assert "an address of this very machine" in error.reason
    assert server.requests == []


def test_a_name_that_changes_its_address_is_dialled_where_it_was_judged(
    server: FeedServer, policy: FetchPolicy
) -> None:
    answers: list[list[Address]] = [[ip_address("127.0.0.1")], [ip_address("10.0.0.1")]]
    rebinding = replace(policy, resolve=lambda _host, _port: answers.pop(0))
    server.serve("/feed", BODY)
    url = f"http://feed.example.com:{server.server_port}/feed"

    fetch_feed(FetchRequest(url), rebinding)
    error = refused(url, rebinding)

    assert server.requests[0].headers["host"] == f"feed.example.com:{server.server_port}"
    assert "10.0.0.1 is a private address" in error.reason
    assert len(server.requests) == 1


def test_the_next_address_is_tried_when_one_does_not_answer(server: FeedServer, policy: FetchPolicy) -> None:
    addresses = [ip_address("127.0.0.2"), ip_address("127.0.0.1")]
    server.serve("/feed", BODY)
    url = f"http://feed.example.com:{server.server_port}/feed"

    answer = fetch_feed(FetchRequest(url), replace(policy, resolve=lambda _host, _port: addresses))

    assert isinstance(answer, Fetched)


def test_proxies_of_the_environment_are_ignored(
    server: FeedServer, policy: FetchPolicy, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9/")

    assert isinstance(fetch_feed(FetchRequest(server.serve("/feed", BODY)), policy), Fetched)


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (401, "password"),
        (403, "does not let us in"),
        (404, "nothing at this address"),
        (204, "not what was asked for"),
        (500, "trouble"),
        (599, "599"),
    ],
)
def test_an_answer_that_is_no_feed_is_told_in_words_and_tried_again_later(
    server: FeedServer, policy: FetchPolicy, status: int, words: str
) -> None:
    error = refused(server.serve("/feed", status=status), policy)

    assert words in error.reason
    assert str(status) in error.reason
    assert error.retry
    assert not error.gone
    assert error.missing == (status == 404)


def test_gone_means_gone(server: FeedServer, policy: FetchPolicy) -> None:
    error = refused(server.serve("/feed", status=410), policy)

    assert error.gone
    assert not error.retry


@pytest.mark.parametrize("status", [429, 503])
def test_the_wait_a_server_asks_for_in_seconds_is_passed_on(
    server: FeedServer, policy: FetchPolicy, status: int
) -> None:
    assert refused(server.serve("/feed", status=status, Retry_After="7200"), policy).retry_after == 7200


def test_the_wait_asked_for_as_a_date_is_read_by_the_servers_own_clock(
    server: FeedServer, policy: FetchPolicy
) -> None:
    def busy(handler: Handler) -> None:
        handler.send_response_only(503)
        handler.send_header("Date", "Sat, 01 Jan 2000 00:00:00 GMT")
        handler.send_header("Retry-After", "Sat, 01 Jan 2000 01:00:00 GMT")
        handler.end_headers()

    assert refused(server.behave("/feed", busy), policy).retry_after == 3600


@pytest.mark.parametrize("value", ["soon", "-5", "1e9", "1.5", ""])
def test_a_nonsensical_wait_is_ignored(server: FeedServer, policy: FetchPolicy, value: str) -> None:
    def busy(handler: Handler) -> None:
        handler.send_response(429)
        handler.send_header("Retry-After", value)
        handler.end_headers()

    assert refused(server.behave("/feed", busy), policy).retry_after is None


def test_an_unknown_name_is_told_in_words(policy: FetchPolicy) -> None:
    def unknown(_host: str, _port: int) -> list[Address]:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    error = refused("http://nowhere.example.com/feed?key=secret", replace(policy, resolve=unknown))

    assert "nowhere.example.com is not known" in error.reason
    assert "secret" not in error.reason


def test_a_closed_port_is_told_in_words(policy: FetchPolicy) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}/"
        assert "could not be reached" in refused(url, policy).reason


@pytest.mark.parametrize("behaviour", [cut_off, gibberish])
def test_an_answer_cut_off_or_not_http_is_told_in_words(
    server: FeedServer, policy: FetchPolicy, behaviour: Behaviour
) -> None:
    assert "broke off early" in refused(server.behave("/feed", behaviour), policy).reason


@pytest.mark.parametrize(
    "url",
    [
        "",
        "feed",
        "file:///etc/passwd",
        "http://",
        "http://[::1",
        "http:///x",
        "//example.com/",
        "http://127.0.0.1:x/",
    ],
)
def test_what_is_not_a_web_address_is_refused_in_words(policy: FetchPolicy, url: str) -> None:
    assert "address" in refused(url, policy).reason


def test_a_server_without_a_valid_certificate_is_not_trusted(server: FeedServer, policy: FetchPolicy) -> None:
    url = server.serve("/feed", BODY).replace("http://", "https://")

    assert "could not be reached" in refused(url, policy).reason
