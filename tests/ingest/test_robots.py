"""Whether a site lets us read its pages."""

from datetime import timedelta

import pytest

from newsletter.ingest.fetch import Fetched, FetchError
from newsletter.ingest.robots import Robots
from tests.ingest.builders import NOON

PAGE = "https://example.com/news/1"
RULES = b"User-agent: *\nDisallow: /private/\n\nUser-agent: DailyEdition\nDisallow: /members/\n"


class Site:
    """Answers for robots.txt, and what was asked of it."""

    def __init__(self, answer: bytes | FetchError) -> None:
        self.answer = answer
        self.asked: list[str] = []

    def __call__(self, url: str) -> Fetched:
        self.asked.append(url)
        if isinstance(self.answer, FetchError):
            raise self.answer
        return Fetched(url, self.answer)


def test_a_site_is_obeyed_in_what_it_says_to_us() -> None:
    robots = Robots(Site(RULES))

    assert robots.allow(PAGE, NOON)
    assert robots.allow("https://example.com/private/1", NOON), "we have rules of our own"
    assert not robots.allow("https://example.com/members/1", NOON)


@pytest.mark.parametrize(
    ("error", "allowed"),
    [
        (FetchError("404", missing=True), True),
        (FetchError("410", gone=True), True),
        (FetchError("503"), False),
        (FetchError("unreachable"), False),
    ],
    ids=["missing", "gone", "trouble", "unreachable"],
)
def test_without_rules_all_is_allowed_but_not_while_they_cannot_be_had(
    error: FetchError, allowed: bool
) -> None:
    assert Robots(Site(error)).allow(PAGE, NOON) is allowed


def test_rules_are_kept_for_a_day_and_failures_for_an_hour() -> None:
    site = Site(RULES)
    robots = Robots(site)
    for hours in (0, 1, 23.9, 24):
        robots.allow(PAGE, NOON + timedelta(hours=hours))
    assert site.asked == ["https://example.com/robots.txt"] * 2

    site.answer = FetchError("503")
    assert not robots.allow(PAGE, NOON + timedelta(hours=48))
    site.answer = RULES
    assert not robots.allow(PAGE, NOON + timedelta(hours=48.9))
    assert robots.allow(PAGE, NOON + timedelta(hours=49))


def test_each_host_and_scheme_has_its_own_rules() -> None:
    site = Site(RULES)
    robots = Robots(site)
    for url in (PAGE, "http://example.com/1", "https://www.example.com/1", "https://example.com:8443/1"):
        robots.allow(url, NOON)

    assert len(set(site.asked)) == 4


@pytest.mark.parametrize("body", [b"", b"\xff\xfe\x00nonsense", b"<html>", b"Disallow: /" * 90_000])
def test_rules_that_are_none_allow_all(body: bytes) -> None:
    assert Robots(Site(body)).allow(PAGE, NOON)
