from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from newsletter.db import Database
from newsletter.models import Subscriber
from newsletter.tokens import Purpose
from tests.browsing import OpenPage, Serve
from tests.web.builders import add_news, add_subscriber
from tests.web.conftest import Site, make_site

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

Address = Callable[[str], str]
# What people take over a form; the clock of a site stands still by itself.
A_WHILE = timedelta(seconds=10)


@pytest.fixture
def site(db: Database, now: datetime, tmp_path: Path) -> Site:
    with db.write() as session:
        add_news(session, now.date())
    return make_site(db, now, tmp_path)


@pytest.fixture
def at(site: Site, serve: Serve) -> Address:
    """The full address of a page of the site."""
    base = serve(site.app)
    return lambda path: base + path


def subscriber(site: Site, address: str = "ann@example.com") -> Subscriber:
    with site.database.read() as session:
        query = select(Subscriber).where(Subscriber.address == address)
        found = session.scalars(query.options(selectinload(Subscriber.topics))).one()
        session.expunge_all()
        return found


def fits(page: Page) -> bool:
    """Whether the page needs no sideways scrolling."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"))


def test_a_visitor_signs_up_by_mouse_with_the_time_zone_guessed(
    site: Site, at: Address, browser_page: Page
) -> None:
    page = browser_page
    page.goto(at("/"))
    expect(page.get_by_label("On the clock of")).to_have_value("Europe/Berlin")
    expect(page.get_by_text("Guessed from your browser.")).to_be_visible()
    page.get_by_label("Your e-mail address").fill("ann@example.com")
    page.get_by_label("World").check()
    page.get_by_label("Science").check()
    page.get_by_label("Every day at").select_option("08:00")
    site.pass_time(A_WHILE)
    page.get_by_role("button", name="Subscribe").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Look in your inbox")
    assert "ann" not in page.url
    ann = subscriber(site)
    assert ([t.slug for t in ann.topics], ann.timezone) == (["world", "science"], "Europe/Berlin")
    assert f"{ann.send_time:%H:%M}" == "08:00"


def test_a_visitor_signs_up_by_keyboard_alone(site: Site, at: Address, browser_page: Page) -> None:
    page = browser_page
    page.goto(at("/"))
    press = page.keyboard.press
    press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    press("Enter")
    for _ in range(40):
        press("Tab")
        if page.evaluate("document.activeElement.id") == "address":
            break
    page.keyboard.type("ann@example.com")
    press("Tab")
    press("Space")
    for _ in range(3):
        press("Tab")
    press("Tab")
    page.keyboard.type("19")
    press("Tab")
    page.keyboard.type("Lisbon")
    press("Tab")
    expect(page.get_by_role("button", name="Subscribe")).to_be_focused()
    site.pass_time(A_WHILE)
    press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Look in your inbox")
    ann = subscriber(site)
    assert [topic.slug for topic in ann.topics] == ["world"]
    assert (f"{ann.send_time:%H:%M}", ann.timezone) == ("19:00", "Europe/Lisbon")


def test_a_visitor_signs_up_with_scripts_off(site: Site, at: Address, open_page: OpenPage) -> None:
    page = open_page(java_script_enabled=False)
    page.goto(at("/"))
    expect(page.get_by_label("On the clock of")).to_have_value("UTC")
    expect(page.get_by_text("Guessed from your browser.")).to_be_hidden()
    page.get_by_label("Your e-mail address").fill("ann@example.com")
    page.get_by_label("World").check()
    page.get_by_label("On the clock of").select_option("Asia/Tokyo")
    site.pass_time(A_WHILE)
    page.get_by_role("button", name="Subscribe").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Look in your inbox")
    assert subscriber(site).timezone == "Asia/Tokyo"


@pytest.mark.parametrize("zone", ["America/New_York", "Asia/Calcutta", "Europe/Kiev"])
def test_the_guessed_zone_is_taken_whatever_spelling_the_browser_uses(
    at: Address, open_page: OpenPage, zone: str
) -> None:
    page = open_page(timezone_id=zone)
    page.goto(at("/"))
    guessed = page.evaluate("Intl.DateTimeFormat().resolvedOptions().timeZone")
    expect(page.get_by_label("On the clock of")).to_have_value(guessed)


def test_mistakes_stand_beside_their_fields_and_what_was_typed_stays(
    site: Site, at: Address, browser_page: Page
) -> None:
    page = browser_page
    page.goto(at("/"))
    page.get_by_label("Your e-mail address").fill("ann.example.com")
    page.get_by_label("Every day at").select_option("21:00")
    page.get_by_role("button", name="Subscribe").click()
    expect(page.get_by_role("alert")).to_be_focused()
    expect(page.get_by_role("alert")).to_contain_text("2 things need your attention")
    address = page.get_by_label("Your e-mail address")
    expect(address).to_have_value("ann.example.com")
    expect(address).to_have_attribute("aria-invalid", "true")
    expect(address).to_have_accessible_description(
        "An e-mail address has one @ sign, as in name@example.com."
    )
    expect(page.get_by_role("group", name="Topics")).to_have_accessible_description(
        "Please tick at least one topic."
    )
    expect(page.get_by_label("Every day at")).to_have_value("21:00")
    expect(page.get_by_label("On the clock of")).to_have_value("Europe/Berlin")
    page.get_by_role("alert").get_by_role("link").first.click()
    expect(address).to_be_focused()
    address.fill("ann@example.com")
    page.get_by_label("Technology").check()
    site.pass_time(A_WHILE)
    page.get_by_role("button", name="Subscribe").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Look in your inbox")


def test_a_reader_confirms_changes_pauses_leaves_and_comes_back(
    site: Site, at: Address, browser_page: Page
) -> None:
    page = browser_page
    with site.database.write() as session:
        add_subscriber(session, "ann@example.com", site.now, status="pending")
    heading = page.get_by_role("heading", level=1)

    page.goto(at(site.link(Purpose.CONFIRM)))
    assert subscriber(site).status == "pending"
    page.get_by_role("button", name="Confirm").click()
    expect(page.get_by_text("Your welcome issue is on its way")).to_be_visible()
    assert subscriber(site).status == "active"

    page.get_by_role("link", name="Change topics or hour").click()
    expect(heading).to_have_text("Your preferences")
    page.get_by_label("Technology").check()
    page.get_by_label("Sunday").uncheck()
    page.get_by_label("Hour").select_option("09:00")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status")).to_have_text("Your choices are saved.")
    changed = subscriber(site)
    assert [topic.slug for topic in changed.topics] == ["world", "technology"]
    assert changed.weekdays == 0b0111111

    page.get_by_role("button", name="Pause until I come back").click()
    expect(page.get_by_text("is paused until you come back")).to_be_visible()
    page.get_by_role("button", name="Go on now").click()
    expect(page.get_by_role("status")).to_have_text("Welcome back. Your mail goes on.")

    page.get_by_role("link", name="Unsubscribe").click()
    assert subscriber(site).status == "active"
    page.get_by_role("button", name="Unsubscribe").click()
    expect(heading).to_have_text("You are unsubscribed")
    assert subscriber(site).status == "unsubscribed"
    page.get_by_role("button", name="Undo").click()
    expect(heading).to_have_text("You are subscribed again")
    assert subscriber(site).status == "active"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_form_with_a_mistake_does_not_scroll_sideways_at_320_pixels(
    site: Site, at: Address, open_page: OpenPage, scheme: str
) -> None:
    page = open_page(viewport={"width": 320, "height": 640}, color_scheme=scheme)
    page.goto(at("/"))
    page.get_by_role("button", name="Subscribe").click()
    expect(page.get_by_role("alert")).to_be_visible()
    assert fits(page)


def test_a_mail_in_the_outbox_opens_its_links_in_a_new_page_and_runs_nothing(
    site: Site, at: Address, open_page: OpenPage, tmp_path: Path
) -> None:
    page = open_page()
    link = at("/check-your-inbox")
    place = tmp_path / "outbox" / "new"
    place.mkdir(parents=True)
    (place / "2.example").write_text(
        "Subject: Hello\nTo: ann@example.com\nContent-Type: text/html; charset=utf-8\n\n"
        f'<html><head></head><body><a href="{link}">Follow me</a></body></html>'
    )
    page.goto(at("/outbox"))
    page.get_by_role("link", name="Hello").click()
    with page.context.expect_page() as opened:
        page.frame_locator("iframe").get_by_role("link", name="Follow me").click()
    expect(opened.value.get_by_role("heading", level=1)).to_have_text("Look in your inbox")
