"""Signing up as people do: by keyboard alone, in Arabic, on a small screen, from another site."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from threading import Thread
from wsgiref.simple_server import make_server

import pytest
from flask import Flask
from playwright.sync_api import Page, expect
from sqlalchemy import select

from newsletter.db import Database
from newsletter.models import ConsentRecord, Subscriber
from newsletter.tokens import Purpose
from tests.browsing import OpenPage, Serve, tab_to
from tests.web.builders import add_news
from tests.web.conftest import Site, make_site

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


@pytest.fixture
def site(db: Database, now: datetime, tmp_path: Path) -> Site:
    with db.write() as session:
        add_news(session, now.date())
    return make_site(db, now, tmp_path)


def asked(site: Site) -> list[tuple[str, str, str]]:
    with site.database.read() as session:
        rows = session.execute(select(Subscriber.address, Subscriber.status, Subscriber.language))
        return [(address, status, language) for address, status, language in rows]


def test_a_visitor_opens_the_sample_signs_up_and_confirms_by_keyboard_alone(
    site: Site, serve: Serve, browser_page: Page
) -> None:
    page, base = browser_page, serve(site.app)
    heading = page.get_by_role("heading", level=1)
    page.goto(f"{base}/")
    tab_to(page, "e.textContent === 'Open a sample mail'")
    page.keyboard.press("Enter")
    expect(heading).to_have_text("A sample mail")
    frame = page.frame_locator("iframe")
    expect(frame.get_by_text("Storm closes the northern ports").first).to_be_visible()
    tab_to(page, "e.textContent === 'Get it by mail'")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Your e-mail address")).to_be_visible()
    site.pass_time(timedelta(seconds=30))
    tab_to(page, "e.id === 'address'")
    page.keyboard.type("ann@example.com")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    expect(heading).to_have_text("Look in your inbox")
    page.goto(f"{base}/")
    expect(page.get_by_role("heading", name="You have asked already")).to_be_visible()
    expect(page.get_by_label("Your e-mail address")).to_have_count(0)
    page.goto(base + site.link(Purpose.CONFIRM))
    tab_to(page, "e.textContent === 'Confirm'")
    page.keyboard.press("Enter")
    expect(heading).to_have_text("Welcome")
    assert asked(site) == [("ann@example.com", "active", "en")]


def test_an_arabic_visitor_with_scripts_off_and_a_small_screen_signs_up(
    site: Site, serve: Serve, open_page: OpenPage
) -> None:
    page = open_page(
        java_script_enabled=False, locale="ar", viewport={"width": 320, "height": 640}, color_scheme="dark"
    )
    base = serve(site.app)
    page.goto(f"{base}/")
    assert page.locator("html").get_attribute("dir") == "rtl"
    page.locator("#address").fill("ann@example.com")
    page.locator("input[name=topics]").first.check()
    site.pass_time(timedelta(seconds=30))
    page.locator("form button").click()
    page.wait_for_url("**/check-your-inbox*")
    assert page.locator("html").get_attribute("lang") == "ar"
    page.goto(base + site.link(Purpose.CONFIRM))
    page.locator("form button").click()
    expect(page.locator("form button")).to_have_count(0)
    assert asked(site) == [("ann@example.com", "active", "ar")]


def test_the_browser_proves_its_work_while_the_form_is_filled_in(
    db: Database, now: datetime, tmp_path: Path, serve: Serve, browser_page: Page
) -> None:
    with db.write() as session:
        add_news(session, now.date())
    site = make_site(db, now, tmp_path, altcha=True)
    base, page = serve(site.app), browser_page
    for number in range(4):
        page.goto(f"{base}/?another=1")
        page.get_by_label("Your e-mail address").fill(f"r{number}@example.com")
        page.get_by_label("World").check()
        site.pass_time(timedelta(seconds=5))
        page.get_by_role("button", name="Subscribe").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Look in your inbox", timeout=30_000)
    # Without the work done the fourth would have been one too many.
    assert len(asked(site)) == 4


def host(snippet: Callable[[], str]) -> tuple[str, Callable[[], None]]:
    """Another site with a page made of the snippet; its address, and what ends it."""

    def app(_environ: object, start: Callable[..., object]) -> list[bytes]:
        start("200 OK", [("Content-Type", "text/html; charset=utf-8")])
        page = f'<!doctype html><html lang="en"><title>Blog</title><link rel="icon" href="data:,">{snippet()}'
        return [page.encode()]

    server = make_server("127.0.0.1", 0, app)
    Thread(target=server.serve_forever, daemon=True).start()

    def end() -> None:
        server.shutdown()
        server.server_close()

    return f"http://127.0.0.1:{server.server_port}", end


@pytest.mark.parametrize("with_script", [True, False])
def test_a_visitor_of_another_site_signs_up_there(
    db: Database, now: datetime, tmp_path: Path, serve: Serve, browser_page: Page, with_script: bool
) -> None:
    with db.write() as session:
        add_news(session, now.date())
    page, copied = browser_page, [""]
    there, end = host(lambda: copied[0])
    shell = Flask("shell")
    base = serve(shell)
    site = make_site(db, now, tmp_path, embed_origins=(there,), base_url=base)
    shell.wsgi_app = site.app.wsgi_app  # type: ignore[method-assign]
    page.goto(f"{base}/embed")
    parts = page.locator("pre").all_text_contents()
    copied[0] = "".join(parts if with_script else parts[:1])
    page.goto(there)
    page.get_by_label("Your e-mail address").fill("ann@example.com")
    page.get_by_role("button", name="Subscribe").click()
    if with_script:
        expect(page.get_by_role("status")).to_contain_text("Look in your inbox")
        assert page.url.startswith(there)
    else:
        expect(page.get_by_role("heading", level=1)).to_have_text("Look in your inbox")
    end()
    assert asked(site) == [("ann@example.com", "pending", "en")]
    with db.read() as session:
        assert session.scalars(select(ConsentRecord.via)).one() == "embed"
