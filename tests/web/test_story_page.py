from datetime import date, timedelta

import pytest
from lxml import html
from sqlalchemy import select
from werkzeug.test import TestResponse

from newsletter.models import Edition, Story, StoryArticle, Topic
from tests.web.builders import add_edition, add_source, add_topic
from tests.web.conftest import Site
from tests.web.test_hostile_input import scripts

DAY = timedelta(days=1)
STORM = "Storm closes the northern ports for a second day"


def story_of(site: Site, headline: str) -> int:
    with site.database.read() as session:
        return session.scalars(select(StoryArticle.story_id).where(StoryArticle.title == headline)).one()


def text_of(answer: TestResponse, path: str) -> list[str]:
    """The texts of everything an XPath finds, each on one line."""
    return [" ".join(found.text_content().split()) for found in html.fromstring(answer.text).xpath(path)]


def steps(answer: TestResponse) -> list[str]:
    """The headlines of the timeline, as they stand there."""
    return text_of(answer, "//ol[@class='timeline']/li/*[self::a or self::strong]")


@pytest.fixture
def storm(site: Site) -> list[int]:
    """Three days of the storm, oldest first; the last is of the site's own news."""
    with site.database.write() as session:
        world = session.scalars(select(Topic).where(Topic.slug == "world")).one()
        today = session.scalars(select(Story).join(Edition).where(Edition.topic == world)).first()
        assert today
        herald = add_source(session, "Night Herald")
        before: Story | None = None
        for back, title in ((2, "A storm gathers"), (1, "Storm reaches the ports")):
            edition = add_edition(session, world, site.now.date() - back * DAY, [[(herald, title)]])
            edition.stories[0].previous_id = before.id if before else None
            before = edition.stories[0]
        assert before
        today.previous_id = before.id
        assert before.previous_id
        return [before.previous_id, before.id, today.id]


def test_a_story_shows_every_report_with_source_time_and_words(site: Site) -> None:
    answer = site.client().get(f"/story/{story_of(site, 'Storm closes the northern ports for a second day')}")
    assert answer.status_code == 200
    assert text_of(answer, "//h1") == ["Storm closes the northern ports for a second day"]
    assert "Harbour Herald · 2 hours ago · 22 Nov 2026, 04:00" in text_of(answer, "//article/p")
    assert "What is known so far about this: storm closes" in answer.text
    assert text_of(answer, "//a[contains(@class, 'button')][1]")[0] == "Read it at Harbour Herald"
    assert text_of(answer, "//h2") == ["Related articles"]
    assert text_of(answer, "//ul[@class='related']/li") == [
        "Ports shut as storm stays The Wire · 3 hours ago · 22 Nov 2026, 03:00 The Wire reports."
    ]
    assert 'href="/archive/world/2026-11-22"' in answer.text
    assert "Times are those of UTC." in answer.text


def test_a_story_leads_to_its_sources_without_telling_them_who_came(site: Site) -> None:
    page = html.fromstring(site.client().get(f"/story/{story_of(site, 'Ports shut as storm stays')}").text)
    outward = page.xpath("//a[starts-with(@href, 'https://')]")
    assert len(outward) == 2
    assert {link.get("rel") for link in outward} == {"noopener noreferrer"}


def test_a_story_that_moved_shows_what_came_before_newest_first_and_what_came_after(
    site: Site, storm: list[int]
) -> None:
    first, second, third = storm
    newest = site.client().get(f"/story/{third}")
    assert "Updated" in newest.text
    assert steps(newest) == [STORM, "Storm reaches the ports", "A storm gathers"]
    assert f'href="/story/{second}"' in newest.text
    assert "moved on" not in newest.text
    oldest = site.client().get(f"/story/{first}")
    assert "Updated" not in oldest.text
    assert steps(oldest) == steps(newest)
    assert text_of(oldest, "//ol/li[@aria-current='page']/strong") == ["A storm gathers"]
    moved = text_of(oldest, "//p[@class='newer']")[0]
    assert moved == f"This story has moved on: {STORM} Sunday, 22 November 2026"


def test_what_is_withheld_is_passed_over_in_the_chain(site: Site, storm: list[int]) -> None:
    first, second, third = storm
    with site.database.write() as session:
        session.get_one(Story, second).edition.status = "held"
    newest = site.client().get(f"/story/{third}")
    assert steps(newest) == [STORM, "A storm gathers"]
    assert steps(site.client().get(f"/story/{first}")) == steps(newest)


def test_stories_that_continue_each_other_in_a_circle_are_shown_once(site: Site, storm: list[int]) -> None:
    with site.database.write() as session:
        session.get_one(Story, storm[0]).previous_id = storm[2]
    newest = site.client().get(f"/story/{storm[2]}")
    assert steps(newest) == [STORM, "Storm reaches the ports", "A storm gathers"]


def test_stories_nobody_may_see_and_numbers_of_none_get_the_same_kind_page(site: Site) -> None:
    number = story_of(site, "Night trains return to the southern line")
    with site.database.write() as session:
        session.get_one(Story, number).edition.status = "held"
    pages = set()
    for wrong in (number, 999, 0, "007", "-1", "9" * 40, "x"):
        answer = site.client().get(f"/story/{wrong}")
        assert answer.status_code == 404
        pages.add(answer.text)
    assert len(pages) == 1
    assert "There is no such page" in pages.pop()


def test_a_story_tells_other_sites_what_it_is(site: Site) -> None:
    number = story_of(site, "Talks on the river treaty resume after eleven years")
    page = html.fromstring(site.client().get(f"/story/{number}").text)
    address = f"http://127.0.0.1:8000/story/{number}"
    assert page.xpath("//link[@rel='canonical']/@href") == [address]
    assert page.xpath("string(//title)").startswith("Talks on the river treaty")
    said = {
        tag.get("property") or tag.get("name"): tag.get("content") for tag in page.xpath("//meta[@content]")
    }
    assert said["og:type"] == "article"
    assert said["og:url"] == address
    assert said["og:title"] == "Talks on the river treaty resume after eleven years"
    assert said["og:description"] == said["description"]
    assert said["description"].startswith("What is known so far")
    assert said["article:published_time"] == "2026-11-22T05:00:00+00:00"
    assert "robots" not in said


def test_a_story_may_be_kept_and_is_not_sent_again_to_who_has_it(site: Site) -> None:
    client, path = site.client(), f"/story/{story_of(site, 'A chip that sleeps between keystrokes')}"
    answer = client.get(path)
    assert answer.headers["Cache-Control"] == "public, max-age=300, stale-while-revalidate=60"
    assert "Set-Cookie" not in answer.headers
    again = client.get(path, headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_a_story_in_another_language_says_so_and_runs_its_way(site: Site) -> None:
    with site.database.write() as session:
        topic = add_topic(session, "arabic")
        source = add_source(session, "Elsewhere")
        edition = add_edition(
            session, topic, date(2026, 11, 22), [[(source, "العاصفة"), (source, "الموانئ")]]
        )
        edition.language = "ar"
        session.flush()
        number = edition.stories[0].id
    page = html.fromstring(site.client().get(f"/story/{number}").text)
    (article,) = page.xpath("//article")
    assert (article.get("lang"), article.get("dir")) == ("ar", "rtl")
    assert page.xpath("string(//article//h2/bdi[@lang='en'])") == "Related articles"
    assert page.get("lang") == "en"


def test_hostile_words_of_a_feed_are_shown_as_words(site: Site) -> None:
    number = story_of(site, "Ports shut as storm stays")
    odd = "<script>alert(1)</script>\"'>‮" + "x" * 10_000
    with site.database.write() as session:
        story = session.get_one(Story, number)
        story.summary = odd
        for article in story.articles:
            article.title = article.source_name = article.excerpt = odd
            article.url = "javascript:alert(1)"
    for path in (f"/story/{number}", "/archive/world/2026-11-22", "/issue/2026-11-22/1"):
        answer = site.client().get(path)
        assert answer.status_code == 200
        assert scripts(answer.data) == []
        assert "javascript:" not in answer.text


def test_an_edition_and_the_front_page_lead_to_the_pages_of_their_stories(site: Site) -> None:
    number = story_of(site, "Storm closes the northern ports for a second day")
    edition = html.fromstring(site.client().get("/archive/world/2026-11-22").text)
    (link,) = edition.xpath(f"//a[@href='/story/{number}']")
    assert link.text_content() == (
        "2 reports of this story: Storm closes the northern ports for a second day"
    )
    assert len(edition.xpath("//a[starts-with(@href, '/story/')]")) == 4
    assert f'href="/story/{number}"' in site.client().get("/").text
