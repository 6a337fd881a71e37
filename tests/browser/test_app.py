"""The pages as an app: what can be installed, and what is read without a network."""

import json
from datetime import datetime
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import expect

from newsletter.db import Database
from tests.browsing import OpenPage, Serve
from tests.web.builders import add_news
from tests.web.conftest import Site, make_site

# Until the worker has kept the page and looks after this one; ten seconds at most.
_IS_KEPT = """async (address) => {
  for (let tries = 0; tries < 200; tries++) {
    if ((await caches.match(address)) && navigator.serviceWorker.controller) return true;
    await new Promise((resume) => setTimeout(resume, 50));
  }
  return false;
}"""


@pytest.fixture
def site(db: Database, now: datetime, tmp_path: Path) -> Site:
    with db.write() as session:
        add_news(session, now.date())
    return make_site(db, now, tmp_path)


def test_the_manifest_names_the_publication_and_pictures_that_are_there(site: Site) -> None:
    client = site.client()
    told = json.loads(client.get("/manifest.webmanifest").text)
    assert (told["name"], told["display"]) == ("Daily Edition", "standalone")
    assert client.get(told["start_url"]).status_code == 200
    for icon in told["icons"]:
        picture = Image.open(BytesIO(client.get(icon["src"]).data))
        assert f"{picture.width}x{picture.height}" == icon["sizes"]
    assert client.get("/icon-9999.png").status_code == 404


def test_the_worker_may_fetch_from_here_alone_and_keeps_no_personal_page(site: Site) -> None:
    answer = site.client().get("/worker.js")
    assert answer.content_type.startswith("text/javascript")
    assert (
        answer.headers["Content-Security-Policy"]
        == "default-src 'none'; connect-src 'self'; frame-ancestors 'none'"
    )
    for word in ("preferences", "unsubscribe", "confirm", "mine"):
        assert word not in answer.text


@pytest.mark.browser
@pytest.mark.xdist_group("browser")
def test_the_newest_editions_can_be_read_without_a_network(
    site: Site, serve: Serve, open_page: OpenPage
) -> None:
    base = serve(site.app)
    (newest, *_) = json.loads(site.client().get("/newest.json").text)["editions"]
    page = open_page()
    page.goto(f"{base}/archive")
    assert page.evaluate(_IS_KEPT, newest)
    page.context.set_offline(True)
    page.goto(base + newest)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    page.goto(f"{base}/privacy")
    expect(page.get_by_role("heading", name="No connection")).to_be_visible()
    page.context.set_offline(False)
