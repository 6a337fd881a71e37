"""Web pages fetched and forms sent through the same guard as feeds."""

import gzip
from dataclasses import replace
from ipaddress import ip_address

import pytest

from newsletter.ingest.addresses import Address
from newsletter.ingest.fetch import FetchError, FetchPolicy, FetchRequest, Posted, fetch_page, post_form
from tests.ingest.packing import bomb
from tests.ingest.server import FeedServer, silent

FIELDS = {"hub.mode": "subscribe", "hub.topic": "https://example.com/ü&x"}


def test_a_page_is_asked_for_as_browsers_do_and_never_conditionally(
    server: FeedServer, policy: FetchPolicy
) -> None:
    url = server.serve("/", gzip.compress(b"<html>"), Content_Encoding="gzip", ETag='"v1"')

    page = fetch_page(FetchRequest(url, etag='"v1"'), policy)

    assert page.body == b"<html>"
    assert server.requests[0].headers["accept"].startswith("text/html")
    assert "if-none-match" not in server.requests[0].headers


def test_a_page_has_a_limit_of_its_own(server: FeedServer, policy: FetchPolicy) -> None:
    url = server.serve("/", bomb("br", 6), Content_Encoding="br")

    with pytest.raises(FetchError, match="larger than 5 MB"):
        fetch_page(FetchRequest(url), policy)


def test_a_page_on_a_private_address_is_refused(server: FeedServer, policy: FetchPolicy) -> None:
    with pytest.raises(FetchError, match="refused for safety"):
        fetch_page(FetchRequest(server.serve("/", b"<html>")), replace(policy, allow_networks=()))


def test_a_form_is_sent_and_its_answer_told(server: FeedServer, policy: FetchPolicy) -> None:
    url = server.serve("/hub", "not you – ".encode() * 100, status=403)

    answer = post_form(url, FIELDS, policy)

    assert answer == Posted(403, ("not you – " * 100)[:500])
    asked = server.requests[0]
    assert asked.body == b"hub.mode=subscribe&hub.topic=https%3A%2F%2Fexample.com%2F%C3%BC%26x"
    assert asked.headers["content-type"] == "application/x-www-form-urlencoded"
    assert asked.headers["user-agent"].startswith("DailyEdition/")


def test_a_form_is_not_carried_on_by_a_redirect(server: FeedServer, policy: FetchPolicy) -> None:
    url = server.serve("/hub", status=307, Location="/elsewhere")

    assert post_form(url, FIELDS, policy) == Posted(307)
    assert len(server.requests) == 1


def test_an_answer_to_a_form_is_small(server: FeedServer, policy: FetchPolicy) -> None:
    url = server.serve("/hub", bomb("zstd", 1), Content_Encoding="zstd")

    with pytest.raises(FetchError, match="larger than"):
        post_form(url, FIELDS, policy)


def test_a_form_goes_nowhere_private_even_when_the_name_changes(
    server: FeedServer, policy: FetchPolicy
) -> None:
    def private(_host: str, _port: int) -> list[Address]:
        return [ip_address("10.0.0.1")]

    with pytest.raises(FetchError, match="refused for safety"):
        post_form("http://hub.example.com/", FIELDS, replace(policy, resolve=private))


def test_a_form_that_nobody_answers_is_given_up(server: FeedServer, policy: FetchPolicy) -> None:
    url = server.behave("/hub", silent)

    with pytest.raises(FetchError, match=r"0\.2 seconds|in time"):
        post_form(url, FIELDS, replace(policy, seconds=0.2))


@pytest.mark.parametrize("url", ["", "mailto:hub@example.com", "http://[::1", "file:///etc/passwd"])
def test_a_form_goes_to_web_addresses_only(policy: FetchPolicy, url: str) -> None:
    with pytest.raises(FetchError, match="address"):
        post_form(url, FIELDS, policy)
