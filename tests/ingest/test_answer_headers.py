"""What the headers of an answer tell."""

import httpx2
import pytest

from newsletter.ingest.answer_headers import MAX_LINKS, links, max_age


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ("max-age=3600", 3600),
        ("public, Max-Age=60, must-revalidate", 60),
        ('max-age="60"', 60),
        ("max-age = 60", 60),
        ("max-age=0", 0),
        ("s-maxage=60", None),
        ("s-maxage=10, max-age=60", 60),
        ("no-cache, max-age=60", None),
        ("max-age=60,no-store", None),
        ('no-cache="Set-Cookie", max-age=60', 60),
        ("max-age=-1", None),
        ("max-age=soon", None),
        ("x-max-age=60", None),
        ("max-age=" + "9" * 400, 999_999_999),
        ("", None),
    ],
)
def test_the_seconds_an_answer_is_fresh_are_read(said: str, seconds: int | None) -> None:
    assert max_age(said) == seconds


def linked(*said: str) -> dict[str, str]:
    request = httpx2.Request("GET", "https://example.com/blog/feed")
    return links(httpx2.Response(200, headers=[("Link", one) for one in said], request=request))


def test_links_are_told_by_relation() -> None:
    found = linked(
        '<https://hub.example.net/>; rel="hub", <../feed.xml>; rel=SELF', "</>; rel='alternate home'"
    )

    assert found == {
        "hub": "https://hub.example.net/",
        "self": "https://example.com/feed.xml",
        "alternate": "https://example.com/",
        "home": "https://example.com/",
    }


@pytest.mark.parametrize(
    "said",
    [
        "",
        "<>; rel=hub",
        "<javascript:alert(1)>; rel=hub",
        "<http://[::1>; rel=hub",
        "<https://example.net/>",
        f"<https://example.net/{'x' * 3000}>; rel=hub",
        ";;;,,,<<<>>>==",
    ],
)
def test_links_that_lead_nowhere_are_ignored(said: str) -> None:
    assert linked(said) == {}


def test_only_so_many_links_are_read() -> None:
    assert len(linked(*(f"</{n}>; rel=r{n}" for n in range(1000)))) == MAX_LINKS
