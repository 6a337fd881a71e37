"""From the archive to an edition, a story, its source; the search: by mouse, keyboard, phone."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, Response, expect
from sqlalchemy import select

from newsletter import jobs
from newsletter.db import Database
from newsletter.models import Story, Topic
from tests.browser.test_reader_journey import fits
from tests.browsing import OpenPage, Serve, tab_to
from tests.web.builders import add_edition, add_news, add_source, add_topic
from tests.web.conftest import Site, make_site
from tests.web.test_story_extras import FakeMachine
from tests.web.test_story_page import story_of

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

Address = Callable[[str], str]
LEAD = "Storm closes the northern ports for a second day"


@pytest.fixture
def site(db: Database, now: datetime, tmp_path: Path) -> Site:
    """This morning's news, yesterday's of the world, an Arabic edition, and a model."""
    with db.write() as session:
        add_news(session, now.date())
        world = session.scalars(select(Topic).where(Topic.slug == "world")).one()
        yesterday = add_edition(
            session,
            world,
            now.date() - timedelta(days=1),
            [[(add_source(session, "Night Herald"), "A storm gathers")]],
        )
        source = add_source(session, "صحيفة")
        add_edition(
            session, add_topic(session, "arabic"), now.date(), [[(source, "العاصفة"), (source, "الموانئ")]]
        ).language = "ar"
        session.flush()
        found = session.scalars(select(Story).where(Story.summary.contains("storm closes"))).one()
        found.previous_id, found.key_points = yesterday.stories[0].id, ["Ports are shut.", "Ships wait."]
    jobs.index_stories(db)
    site = make_site(db, now, tmp_path)
    site.app.extensions["newsletter.machine"] = FakeMachine()
    return site


@pytest.fixture
def at(site: Site, serve: Serve) -> Address:
    base = serve(site.app)
    return lambda path: base + path


def journey(page: Page, at: Address) -> None:
    """Archive, edition, story, the day before, and the link to the source."""
    page.goto(at("/archive"))
    page.get_by_role("link", name="World").first.click()
    page.wait_for_url("**/archive/world")
    page.get_by_role("table").get_by_role("link", name="Sunday, 22 November 2026").click()
    page.wait_for_url("**/archive/world/2026-11-22")
    page.get_by_role("link", name="2 reports of this story").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(LEAD)
    expect(page.get_by_role("heading", name="Related articles")).to_be_visible()
    expect(page.get_by_text("Ports are shut.")).to_be_visible()
    source = page.get_by_role("link", name="Read it at Harbour Herald")
    expect(source).to_have_attribute("href", "https://harbour-herald.example.com/1")
    page.get_by_role("link", name="A storm gathers").click()
    expect(page.get_by_text("This story has moved on:")).to_be_visible()


def test_a_visitor_goes_from_the_archive_to_the_source(at: Address, browser_page: Page) -> None:
    journey(browser_page, at)


def test_the_same_without_scripts(at: Address, open_page: OpenPage) -> None:
    page = open_page(java_script_enabled=False)
    journey(page, at)
    page.get_by_role("button", name="Explain it simply").click()
    expect(page.get_by_role("heading", name="In simple words")).to_be_visible()
    page.get_by_label("Your question about this story").fill('<img src=x onerror="alert(1)">')
    page.get_by_role("button", name="Ask", exact=True).click()
    expect(page.get_by_text("About <img src=x")).to_be_visible()


def test_the_same_by_keyboard_alone(at: Address, browser_page: Page) -> None:
    page, heading = browser_page, browser_page.get_by_role("heading", level=1)

    def follow(name: str) -> None:
        expect(page.get_by_role("link", name=name).first).to_be_visible()
        tab_to(page, f"e.matches('a') && e.textContent.includes({json.dumps(name)})")
        page.keyboard.press("Enter")

    page.goto(at("/archive"))
    follow("World")
    expect(heading).to_have_text("World")
    follow("Sunday, 22 November 2026")
    page.wait_for_url("**/archive/world/2026-11-22")
    follow("2 reports of this story")
    expect(heading).to_have_text(LEAD)
    follow("A storm gathers")
    expect(page.get_by_text("This story has moved on:")).to_be_visible()


def test_an_arabic_visitor_with_scripts_off_and_a_small_screen_reads_and_searches(
    site: Site, at: Address, open_page: OpenPage
) -> None:
    page = open_page(java_script_enabled=False, locale="ar", viewport={"width": 320, "height": 640})
    page.goto(at("/archive"))
    assert page.locator("html").get_attribute("dir") == "rtl"
    page.locator("nav a[href='/archive/arabic']").click()
    page.locator("table a[href='/archive/arabic/2026-11-22']").click()
    page.locator(f"a[href='/story/{story_of(site, 'العاصفة')}']").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("العاصفة")
    page.goto(at("/search"))
    page.get_by_role("searchbox").fill("العاصفة")
    page.get_by_role("search").get_by_role("button").click()
    expect(page.locator("mark").first).to_have_text("العاصفة")
    assert fits(page)


def test_a_search_by_keyboard_alone(at: Address, browser_page: Page) -> None:
    page = browser_page
    page.goto(at("/archive"))
    page.get_by_label("Search the archive").focus()
    page.keyboard.type("ports")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_have_text("One story")
    expect(page.locator("mark").first).to_have_text("ports")
    page.get_by_role("heading", level=2).get_by_role("link").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(LEAD)


def test_what_is_typed_into_the_search_stays_words(at: Address, browser_page: Page) -> None:
    page = browser_page
    for text in ("<script>document.title='gone'</script>", '"><b id=odd>', "' OR 1=1 --"):
        page.goto(at("/search"))
        page.get_by_label("Search the archive").fill(text)
        page.get_by_role("button", name="Search").click()
        expect(page.get_by_label("Search the archive")).to_have_value(text)
        assert page.locator("#odd").count() == 0
        assert "gone" not in page.title().split(" – ")[1:]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_fits_a_small_phone_also_in_arabic(
    site: Site, at: Address, open_page: OpenPage, scheme: str
) -> None:
    paths = [
        "/archive",
        "/archive/world",
        "/archive/arabic/2026-11-22",
        "/search?q=storm",
        f"/story/{story_of(site, LEAD)}",
        f"/story/{story_of(site, 'العاصفة')}",
    ]
    for locale in ("en-GB", "ar"):
        page = open_page(viewport={"width": 320, "height": 640}, locale=locale, color_scheme=scheme)
        for path in paths:
            page.goto(at(path))
            assert fits(page), (path, locale)
            assert page.locator("html").get_attribute("dir") == ("rtl" if locale == "ar" else "ltr")


@pytest.mark.parametrize("path", ["/archive", "/archive/world/2026-11-22", "/story/1"])
def test_the_first_paint_is_small(at: Address, browser_page: Page, path: str) -> None:
    answers: list[Response] = []
    browser_page.on("response", lambda answer: answers.append(answer))
    browser_page.goto(at(path), wait_until="networkidle")
    assert 0 < sum(len(answer.body()) for answer in answers) < 50_000
