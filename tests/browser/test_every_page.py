"""Every page of the site, found in its routes: accessible, no wider than a small telephone, without errors.

A new page fails here until it has a sample or a reason why it needs none.
"""

import os
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Page
from pydantic import SecretStr
from sqlalchemy import select

from newsletter import comments, subscribers
from newsletter.db import Database
from newsletter.models import CommentState, Edition, PreferenceChange, Source, Story, Subscriber, Thread
from newsletter.push.envelope import new_key
from newsletter.tokens import Purpose, make_token
from tests.browsing import OpenPage, Serve
from tests.judges.room import NODE_TOOLS
from tests.web.builders import SECRET, add_news, add_subscriber
from tests.web.conftest import Site, make_site
from tests.web.test_security import put_mail
from tests.web.test_story_extras import FakeMachine

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

AXE = NODE_TOOLS / "node_modules" / "axe-core" / "axe.min.js"
ANN, BOB, EVE = "ann@example.com", "a-rather-long-name-for-a-reader@example.com", "eve@example.com"
DAY = "/archive/world/2026-11-22"

# Answered, but no pages: pictures, feeds, what programs and browsers ask for, and raw mails.
_NO_PAGES = """
static embed.script sample.mail mine.download feeds.atom feeds.atom_all feeds.json feeds.json_all
sitemap.robots sitemap.whole sitemap.part share.of_site share.of_edition share.of_story
app_shell.manifest app_shell.icon app_shell.worker app_shell.newest health.healthz hub.intent
images.image brand.colours outbox.html story.thread
"""
NO_PAGES = frozenset(_NO_PAGES.split())


def manage(site: Site, rest: str = "") -> str:
    return site.link(Purpose.MANAGE, BOB) + rest


def undo(site: Site) -> str:
    with site.database.read() as session:
        handle = session.scalars(select(PreferenceChange.handle)).one()
    return f"/undo/{make_token([SECRET], Purpose.UNDO, handle)}"


# By endpoint: where to look, of a site as `site` makes it. Several places where one page has several faces.
SAMPLES: dict[str, list[Callable[[Site], str]]] = {
    "public.front": [lambda _: "/"],
    "public.check_inbox": [lambda _: "/check-your-inbox"],
    "embed.look": [lambda _: "/embed"],
    "sample.look": [lambda _: "/sample"],
    "confirm.look": [
        lambda site: site.link(Purpose.CONFIRM, ANN),
        lambda site: site.link(Purpose.CONFIRM, BOB),
    ],
    "preferences.look": [manage, lambda site: manage(site, "?done=saved")],
    "preferences.look_at_pause": [lambda site: manage(site, "/pause")],
    "hour.look": [lambda site: manage(site, "/later"), lambda site: manage(site, "/earlier")],
    "less.look": [lambda site: manage(site, "/less/1")],
    "resume.look": [lambda site: manage(site, "/resume")],
    "link.look": [lambda _: "/link"],
    "link.sent": [lambda _: "/link/sent"],
    "address.look": [lambda site: site.link(Purpose.ADDRESS, BOB)],
    "address.asked": [lambda _: "/address/asked"],
    "mine.look": [lambda site: site.link(Purpose.MINE, BOB)],
    "mine.erased": [lambda _: "/erased"],
    "undo.look": [undo, lambda site: site.link(Purpose.UNDO, BOB)],
    "unsubscribe.look": [
        lambda site: site.link(Purpose.UNSUBSCRIBE, BOB),
        lambda site: site.link(Purpose.UNSUBSCRIBE, EVE),
    ],
    "archive.editions": [lambda _: "/archive"],
    "archive.month": [lambda _: "/archive/2026-11"],
    "archive.topic": [lambda _: "/archive/world"],
    "archive.topic_month": [lambda _: "/archive/world/2026-11"],
    "archive.edition": [lambda _: DAY],
    "search.look": [lambda _: "/search", lambda _: "/search?q=storm", lambda _: "/search?q=zzzz"],
    "story.look": [lambda _: "/story/1", lambda _: "/story/2"],
    "issue.look": [lambda _: "/issue/2026-11-22/1-2"],
    "about.status": [lambda _: "/status"],
    "about.privacy": [lambda _: "/privacy"],
    "app_shell.offline": [lambda _: "/offline"],
    "outbox.mails": [lambda _: "/outbox"],
    "outbox.mail": [lambda _: "/outbox/1.example", lambda _: "/outbox/1.example?view=source"],
    # The links of a change of address are looked at by the journeys that ask for one.
    "address.look_at_change": [],
}


@pytest.fixture
def site(db: Database, now: datetime, tmp_path: Path) -> Site:
    """Everything a page may show is there: readers of every kind, a change, a mute, points, a model."""
    with db.write() as session:
        add_news(session, now.date())
        add_subscriber(session, ANN, now, status="pending")
        bob = add_subscriber(session, BOB, now, ("world", "science"))
        was = subscribers.choices_now(bob)
        bob.muted_sources, bob.weekdays = str(session.scalars(select(Source.id)).first()), 0b0111110
        subscribers.remember(session, bob, was, now)
        add_subscriber(session, EVE, now)
        eve = session.scalars(select(Subscriber).where(Subscriber.address == EVE)).one()
        subscribers.unsubscribe(session, eve.handle, "page", "Leave.", now)
        _dress(session.get_one(Story, 1), session.get_one(Edition, 1))
        odd = session.get_one(Story, 2).articles[0]
        odd.source_name, odd.title = "TheVeryLongWindedHeraldOfTheNorthernIslands" * 3, "Storm" * 60
        thread = Thread(handle="storm", born_at=now - timedelta(days=1), moved_at=now)
        session.add(thread)
        session.flush()
        session.get_one(Story, 1).thread_id = thread.id
        said = comments.write(session, thread.id, bob.id, "Bob", "See https://example.org/x", "en", now)
        comments.decide(session, [said.id], CommentState.SHOWN, now)
    put_mail(tmp_path)
    site = make_site(
        db,
        now,
        tmp_path,
        embed_origins=("https://www.example.net",),
        altcha=True,
        push_key=SecretStr(new_key()),
        comments=True,
    )
    site.app.extensions["newsletter.machine"] = FakeMachine()
    return site


def _dress(story: Story, edition: Edition) -> None:
    story.key_points = ["Two ferries are held in the harbour.", "Trains run late."]
    story.news, story.written_by, story.reading_seconds = "The harbour stays shut.", "tiny-1", 150
    edition.brief, edition.brief_by = "A storm closes the ports, and talks go on.", "tiny-1"


def pages_of(app: Flask) -> set[str]:
    rules = (rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ()))
    return {rule.endpoint for rule in rules} - NO_PAGES


def test_every_page_is_looked_at(site: Site) -> None:
    assert pages_of(site.app) == set(SAMPLES)
    for endpoint, places in SAMPLES.items():
        for place in places:
            answer = site.client().get(place(site))
            assert (answer.status_code, answer.mimetype) == (200, "text/html"), endpoint


@pytest.mark.parametrize(
    ("locale", "scheme", "width"), [("en-GB", "light", 1280), ("en-GB", "dark", 320), ("ar", "light", 320)]
)
def test_no_page_has_a_fault_that_axe_knows_nor_scrolls_sideways(
    site: Site, serve: Serve, open_page: OpenPage, locale: str, scheme: str, width: int
) -> None:
    axe = _axe()
    base = serve(site.app)
    page = open_page(locale=locale, color_scheme=scheme, viewport={"width": width, "height": 700})
    found: dict[str, list[str]] = {}
    for endpoint, places in SAMPLES.items():
        for number, place in enumerate(places):
            page.goto(base + place(site))
            if faults := _faults(page, axe):
                found[f"{endpoint} {number}"] = faults
    assert found == {}


def _faults(page: Page, axe: str) -> list[str]:
    page.evaluate(axe)
    faults: list[str] = page.evaluate(RUN_AXE)
    if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
        faults.append("it scrolls sideways")
    return faults


def _axe() -> str:
    if not AXE.is_file():
        if os.environ.get("CI"):
            pytest.fail(f"axe-core is missing: {AXE}")
        pytest.skip("NOT TESTED WITH AXE: run `npm ci` in tests/judges")
    return AXE.read_text(encoding="utf-8")


RUN_AXE = """async () => {
  const { violations } = await axe.run(document, { iframes: false });
  return violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.html).join(" | ")}`);
}"""
