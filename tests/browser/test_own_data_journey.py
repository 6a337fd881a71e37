"""What is kept of a reader: seen, taken along, erased; another address. By keyboard, and in Arabic."""

import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import func, select

from newsletter.models import AddressChange, Subscriber
from newsletter.tokens import Purpose, make_dated_token
from tests.browsing import OpenPage, Serve, tab_to
from tests.web.builders import SECRET
from tests.web.conftest import Site

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

Press = Callable[[Page, str], None]


def click(page: Page, selector: str) -> None:
    page.locator(selector).first.click()


def press_by_keyboard(page: Page, selector: str) -> None:
    """Reach what the selector names with the Tab key alone, and press Enter."""
    expect(page.locator(selector).first).to_be_visible()
    tab_to(page, f"e.matches({json.dumps(selector)})")
    page.keyboard.press("Enter")


@pytest.fixture(params=["by keyboard", "in Arabic, small, dark and without scripts"])
def hand(request: pytest.FixtureRequest, open_page: OpenPage) -> tuple[Page, Press]:
    """A reader's page, and how they press something on it."""
    small = {"viewport": {"width": 320, "height": 640}}
    if request.param == "by keyboard":
        return open_page(**small), press_by_keyboard
    return open_page(**small, java_script_enabled=False, locale="ar", color_scheme="dark"), click


def test_a_reader_sees_takes_along_and_erases_what_is_kept(
    site: Site, serve: Serve, hand: tuple[Page, Press], now: datetime
) -> None:
    (page, press), base = hand, serve(site.app)
    with site.database.write() as session:
        session.scalars(select(Subscriber)).one().language = _language_of(page)
    page.goto(base + site.link(Purpose.MINE))
    expect(page.locator("pre.kept")).not_to_be_visible()
    press(page, "summary")
    expect(page.locator("pre.kept")).to_contain_text("ann@example.com")
    with page.expect_download() as coming:
        press(page, "main a.button")
    kept = json.loads(Path(coming.value.path()).read_text(encoding="utf-8"))
    assert "ann@example.com" in json.dumps(kept)
    press(page, "form button")
    page.wait_for_url("**/erased*")
    assert page.locator("html").get_attribute("lang") == _language_of(page)
    assert "ann@" not in page.content()
    with site.database.read() as session:
        assert session.scalar(select(func.count()).select_from(Subscriber)) == 0


def test_a_reader_takes_another_address_once_both_mailboxes_agreed(
    site: Site, serve: Serve, hand: tuple[Page, Press]
) -> None:
    (page, press), base = hand, serve(site.app)
    page.goto(base + site.link(Purpose.ADDRESS))
    page.locator("#address").focus()
    page.keyboard.type("ann@example.org")
    press(page, "form button")
    page.wait_for_url("**/address/asked*")
    for side, purpose in (("old", Purpose.ADDRESS_OLD), ("new", Purpose.ADDRESS_NEW)):
        with site.database.read() as session:
            handle = session.scalars(select(AddressChange.handle)).one()
        page.goto(f"{base}/address/{side}/{make_dated_token([SECRET], purpose, handle, site.now)}")
        press(page, "button[value=confirm]")
        expect(page.locator("button[value=confirm]")).to_have_count(0)
    with site.database.read() as session:
        assert session.scalars(select(Subscriber.address)).all() == ["ann@example.org"]


def test_who_lost_all_mails_has_the_link_sent(site: Site, serve: Serve, hand: tuple[Page, Press]) -> None:
    (page, press), base = hand, serve(site.app)
    page.goto(f"{base}/link")
    page.locator("#address").focus()
    page.keyboard.type("ann@example.com")
    press(page, "form button")
    page.wait_for_url("**/link/sent*")
    assert site.woken == 1


def _language_of(page: Page) -> str:
    return str(page.evaluate("navigator.language")).partition("-")[0]
