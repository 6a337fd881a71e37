"""A mail's links, followed as readers do: by mouse, by keyboard, on a small screen, without scripts."""

import json
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from newsletter.models import Edition, Subscriber
from newsletter.tokens import Purpose
from tests.browsing import OpenPage, Serve, tab_to
from tests.web.conftest import Site

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

SMALL = {"viewport": {"width": 320, "height": 640}, "java_script_enabled": False}


@pytest.fixture
def link(site: Site, serve: Serve) -> Callable[[str], str]:
    """The full address of one of Ann's links."""
    base = serve(site.app)
    return lambda path: f"{base}{path if path.startswith('/') else f'{site.link(Purpose.MANAGE)}/{path}'}"


def ann(site: Site) -> Subscriber:
    with site.database.read() as session:
        found = session.scalars(select(Subscriber)).one()
        session.expunge_all()
        return found


def world(site: Site) -> int:
    with site.database.read() as session:
        return session.scalars(select(Edition.id).where(Edition.topic.has(slug="world"))).one()


def click(page: Page, name: str) -> None:
    page.get_by_role("button", name=name).first.click()


def type_through(page: Page, name: str) -> None:
    """Reach a button with the Tab key alone, and press it."""
    expect(page.get_by_role("button", name=name).first).to_be_visible()
    tab_to(page, f"e.matches('button') && e.innerText.startsWith({json.dumps(name)})")
    page.keyboard.press("Enter")


@pytest.fixture(params=["by mouse", "by keyboard", "small and without scripts"])
def hand(request: pytest.FixtureRequest, open_page: OpenPage) -> tuple[Page, Callable[[Page, str], None]]:
    """A reader's page, and how they press a button on it."""
    if request.param == "by keyboard":
        return open_page(viewport={"width": 320, "height": 640}), type_through
    options = SMALL if request.param == "small and without scripts" else {}
    return open_page(**options), click


Hand = tuple[Page, Callable[[Page, str], None]]


def test_a_reader_pauses_for_a_week_and_comes_back(
    site: Site, link: Callable[[str], str], hand: Hand
) -> None:
    page, press = hand
    heading = page.get_by_role("heading", level=1)
    page.goto(link("pause"))
    expect(heading).to_have_text("Pause for a week")
    assert ann(site).status == "active"
    press(page, "Pause for a week")
    expect(heading).to_have_text("Your mail is paused")
    assert ann(site).status == "paused"
    press(page, "Undo: go on now")
    expect(heading).to_have_text("Your mail goes on")
    assert ann(site).status == "active"


def test_a_reader_moves_their_hour_and_takes_it_back(
    site: Site, link: Callable[[str], str], hand: Hand
) -> None:
    page, press = hand
    heading = page.get_by_role("heading", level=1)
    page.goto(link("later"))
    press(page, "Send it at 08:00")
    expect(heading).to_have_text("Your mail now comes at 08:00")
    page.reload()  # a form sent twice
    expect(heading).to_have_text("Your mail now comes at 08:00")
    assert f"{ann(site).send_time:%H:%M}" == "08:00"
    press(page, "Undo: back to 07:00")
    expect(heading).to_have_text("Your mail now comes at 07:00")
    assert f"{ann(site).send_time:%H:%M}" == "07:00"


def test_a_reader_mutes_a_source_and_finds_it_in_their_preferences(
    site: Site, link: Callable[[str], str], hand: Hand
) -> None:
    page, press = hand
    page.goto(link(f"less/{world(site)}"))
    press(page, "Less from The Wire")
    expect(page.get_by_role("status")).to_have_text(
        "From your next issue on, nothing from The Wire any more."
    )
    press(page, "Undo: bring The Wire back")
    expect(page.get_by_role("status")).to_have_text("The Wire is back from your next issue on.")
    assert ann(site).muted_sources == ""
    press(page, "Less from Courier")
    expect(page.get_by_role("status")).to_contain_text("nothing from Courier")
    assert ann(site).muted_sources != ""
    page.get_by_role("link", name="All your preferences").click()
    expect(page.get_by_role("heading", name="Sources you do without")).to_be_visible()
    press(page, "Bring Courier back")
    expect(page.get_by_role("status")).to_have_text("That source is back from your next issue on.")
    assert ann(site).muted_sources == ""


def test_a_reader_pauses_until_a_date_in_their_preferences(
    site: Site, link: Callable[[str], str], browser_page: Page
) -> None:
    page = browser_page
    page.goto(link(site.link(Purpose.MANAGE)))
    page.get_by_role("button", name="Pause until this date").click()
    expect(page.get_by_label("Or until a date")).to_be_focused()
    expect(page.get_by_label("Or until a date")).to_have_accessible_description(
        "Please choose a date after today, at most a year away."
    )
    page.get_by_label("Or until a date").fill("2026-12-24")
    page.get_by_role("button", name="Pause until this date").click()
    expect(page.get_by_text("It goes on on Thursday, 24 December 2026.")).to_be_visible()


def test_a_story_is_read_from_the_issue_in_the_browser_to_its_earlier_days(
    site: Site, link: Callable[[str], str], hand: Hand
) -> None:
    page, _press = hand
    page.goto(link(f"/issue/2026-11-22/{world(site)}"))
    page.get_by_role("link", name=re.compile("2 reports of this story ?: Storm closes")).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Storm closes the northern ports")
    page.get_by_role("link", name="World, Sunday, 22 November 2026").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("World")
