"""The button that lets a browser be told, in a real browser; the push service itself is played."""

from datetime import datetime
from pathlib import Path

import pytest
from playwright.sync_api import expect
from pydantic import SecretStr
from sqlalchemy import select

from newsletter.db import Database
from newsletter.models import PushBrowser
from newsletter.push.envelope import new_key
from newsletter.tokens import Purpose
from tests.browsing import OpenPage, Serve
from tests.push.service import Browser
from tests.web.builders import add_news, add_subscriber
from tests.web.conftest import Site, make_site

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

# Chromium would ask its maker's push service, which no test may; the worker itself has tests of its own.
PLAYED = """(keys) => {
  const subscribe = async (wanted) => {
    if (!wanted.userVisibleOnly || wanted.applicationServerKey.length !== 65) throw new Error("wrong key");
    return { toJSON: () => keys };
  };
  const pushManager = { getSubscription: async () => null, subscribe };
  navigator.serviceWorker.register = async () => undefined;
  Object.defineProperty(navigator.serviceWorker, "ready", { value: Promise.resolve({ pushManager }) });
}"""
REFUSED = "() => { navigator.serviceWorker.register = async () => { throw new Error('no'); }; }"


@pytest.fixture
def site(db: Database, now: datetime, tmp_path: Path) -> Site:
    with db.write() as session:
        add_news(session, now.date())
        add_subscriber(session, "ann@example.com", now)
    return make_site(db, now, tmp_path, push_key=SecretStr(new_key()))


def test_a_reader_allows_notices_and_stops_them(site: Site, serve: Serve, open_page: OpenPage) -> None:
    page = open_page(permissions=["notifications"])
    told = Browser().subscription("https://push.example.net/send/1")
    keys = {"endpoint": told.endpoint, "keys": {"p256dh": told.p256dh, "auth": told.auth}}
    page.goto(serve(site.app) + site.link(Purpose.MANAGE))
    page.evaluate(PLAYED, keys)
    page.get_by_role("button", name="Tell me in this browser").click()
    expect(page.get_by_role("status")).to_have_text("This browser tells you from your next issue on.")
    with site.database.read() as session:
        assert session.scalars(select(PushBrowser.endpoint)).one() == told.endpoint
    page.get_by_role("button", name="Stop these notices").click()
    expect(page.get_by_role("status")).to_have_text("No browser tells you any more.")


def test_a_browser_that_refuses_is_told_of_in_words(site: Site, serve: Serve, open_page: OpenPage) -> None:
    page = open_page(permissions=["notifications"])
    page.goto(serve(site.app) + site.link(Purpose.MANAGE))
    page.evaluate(REFUSED)
    page.get_by_role("button", name="Tell me in this browser").click()
    expect(page.get_by_text("The browser did not allow it.")).to_be_visible()


def test_without_scripts_nothing_is_offered_that_cannot_work(
    site: Site, serve: Serve, open_page: OpenPage
) -> None:
    page = open_page(java_script_enabled=False)
    page.goto(serve(site.app) + site.link(Purpose.MANAGE))
    expect(page.get_by_role("heading", level=1)).to_have_text("Your preferences")
    expect(page.get_by_role("button", name="Tell me in this browser")).to_be_hidden()
