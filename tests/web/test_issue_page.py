from datetime import date

import pytest
from lxml import html
from sqlalchemy import select

from newsletter.models import Edition, Topic
from newsletter.tokens import Purpose
from tests.web.builders import add_edition, add_source, add_subscriber, add_topic
from tests.web.conftest import Site


@pytest.fixture
def editions(site: Site) -> dict[str, int]:
    """The number of each topic's edition."""
    with site.database.read() as session:
        rows = session.execute(select(Topic.slug, Edition.id).join(Edition.topic))
        return {row.slug: row.id for row in rows}


def headings(site: Site, path: str, level: int = 2) -> list[str]:
    answer = site.client().get(path)
    assert answer.status_code == 200, path
    return [" ".join(h.text_content().split()) for h in html.fromstring(answer.text).xpath(f"//h{level}")]


def test_an_issue_shows_its_editions_in_their_order(site: Site, editions: dict[str, int]) -> None:
    path = f"/issue/2026-11-22/{editions['science']}-{editions['world']}"
    assert headings(site, path, 1) == ["Sunday, 22 November 2026"]
    assert headings(site, path) == ["Science", "World"]
    page = site.client().get(path).text
    assert "6 stories, about one minute" in page
    assert "Also reporting" in page
    assert "Ports shut as storm stays" in page
    assert 'href="/story/' in page
    assert 'href="/archive/science/2026-11-22"' in page


def test_an_issue_knows_no_reader(site: Site, editions: dict[str, int]) -> None:
    with site.database.write() as session:
        add_subscriber(session, "ann@example.com", site.now)
    client = site.client()
    client.get(site.link(Purpose.MANAGE))
    answer = client.get(f"/issue/2026-11-22/{editions['world']}")
    for personal in ("/preferences/", "/unsubscribe/", "/confirm/", "csrf_token", "<form"):
        assert personal not in answer.text
    assert answer.headers["Cache-Control"] == "public, max-age=300, stale-while-revalidate=60"


def test_an_issue_is_kept_out_of_search_engines_and_one_edition_names_its_page(
    site: Site, editions: dict[str, int]
) -> None:
    one = site.client().get(f"/issue/2026-11-22/{editions['world']}")
    assert one.headers["X-Robots-Tag"] == "noindex"
    assert '<meta name="robots" content="noindex">' in one.text
    assert '<link rel="canonical" href="http://127.0.0.1:8000/archive/world/2026-11-22">' in one.text
    two = site.client().get(f"/issue/2026-11-22/{editions['world']}-{editions['science']}")
    assert 'rel="canonical"' not in two.text  # two pages cannot both be the one this stands for


def test_what_is_not_published_is_left_out_and_nothing_left_is_no_page(
    site: Site, editions: dict[str, int]
) -> None:
    both = f"/issue/2026-11-22/{editions['world']}-999-{editions['science']}"
    with site.database.write() as session:
        session.get_one(Edition, editions["world"]).status = "held"
    assert headings(site, both) == ["Science"]
    with site.database.write() as session:
        session.get_one(Edition, editions["science"]).status = "held"
    answer = site.client().get(both)
    assert answer.status_code == 404
    assert "There is no such page" in answer.text


@pytest.mark.parametrize(
    "wrong",
    [
        "2026-11-22/",
        "2026-11-22/x",
        "2026-11-22/-1",
        "2026-11-22/1-",
        "2026-11-22/1--2",
        "2026-11-22/01",
        "2026-11-22/1,2",
        "2026-11-22/99999999999999999999",
        "2026-02-30/1",
        "20261122/1",
        "today/1",
    ],
)
def test_odd_addresses_are_no_page(site: Site, wrong: str) -> None:
    assert site.client().get(f"/issue/{wrong}").status_code == 404


def test_an_edition_named_twice_is_shown_once_and_of_very_many_sixty_are_looked_for(
    site: Site, editions: dict[str, int]
) -> None:
    world, science = editions["world"], editions["science"]
    assert headings(site, f"/issue/2026-11-22/{world}-{world}") == ["World"]
    others = "-".join(str(1000 + number) for number in range(59))
    assert headings(site, f"/issue/2026-11-22/{world}-{others}-{science}") == ["World"]
    assert headings(site, f"/issue/2026-11-22/{world}-{others.rpartition('-')[0]}-{science}") == [
        "World",
        "Science",
    ]


def test_what_two_topics_carry_stands_under_the_first_alone(site: Site, editions: dict[str, int]) -> None:
    with site.database.write() as session:
        source = add_source(session, "Both Sides")
        told = [[(source, "A story of two topics")], [(source, "A story of its own")]]
        first = add_edition(session, add_topic(session, "one"), date(2026, 11, 22), told)
        second = add_edition(session, add_topic(session, "two"), date(2026, 11, 22), told)
        second.stories[0].articles[0].url = first.stories[0].articles[0].url
        session.flush()
        ids = (first.id, second.id)
    stories = headings(site, f"/issue/2026-11-22/{ids[0]}-{ids[1]}", 3)
    assert stories == ["A story of two topics", "A story of its own", "A story of its own"]
    assert headings(site, f"/issue/2026-11-22/{ids[1]}-{ids[0]}", 3)[0] == "A story of two topics"


def test_an_edition_of_another_date_says_so(site: Site, editions: dict[str, int]) -> None:
    page = site.client().get(f"/issue/2026-11-23/{editions['world']}").text
    assert "Monday, 23 November 2026" in page
    assert '<p class="by">Sunday, 22 November 2026</p>' in page
