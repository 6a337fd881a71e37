"""Commenting as a reader does: from the mailed link to the story, and what others see of it."""

from datetime import datetime
from pathlib import Path

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from newsletter import comments
from newsletter.db import Database
from newsletter.models import CommentState, Story, Subscriber, Thread
from newsletter.tokens import Purpose, make_dated_token
from tests.browsing import OpenPage, Serve
from tests.web.builders import SECRET, add_news, add_subscriber
from tests.web.conftest import Site, make_site

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


@pytest.fixture
def site(db: Database, now: datetime, tmp_path: Path) -> Site:
    with db.write() as session:
        add_news(session, now.date())
        add_subscriber(session, "ann@example.com", now)
        thread = Thread(handle="storm", born_at=now, moved_at=now)
        session.add(thread)
        session.flush()
        session.get_one(Story, 1).thread_id = thread.id
    return make_site(db, now, tmp_path, comments=True)


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_a_reader_comments_and_others_read_it_once_it_was_let_through(
    site: Site, serve: Serve, open_page: OpenPage, scripts: bool
) -> None:
    base, page = serve(site.app), open_page(java_script_enabled=scripts)
    with site.database.read() as session:
        handle = session.scalars(select(Subscriber.handle)).one()
    page.goto(f"{base}/preferences/{make_dated_token([SECRET], Purpose.MANAGE, handle, site.now)}")
    page.get_by_role("button", name="Comment in this browser").click()
    expect(page.get_by_role("status")).to_contain_text("You can comment in this browser now")
    page.goto(f"{base}/story/1")
    page.get_by_label("Your name, as it is shown").fill("Ann")
    page.get_by_label("Your comment").fill("It was loud here.")
    page.get_by_role("button", name="Send it").click()
    expect(page.get_by_text("not shown yet")).to_be_visible()

    visitor = open_page(java_script_enabled=scripts)
    visitor.goto(f"{base}/story/1")
    expect(visitor.get_by_text("Nobody has written anything yet.")).to_be_visible()
    with site.database.write() as session:
        comments.decide(session, [one.id for one in comments.waiting(session)], CommentState.SHOWN, site.now)
    visitor.reload()
    expect(visitor.get_by_text("It was loud here.")).to_be_visible()

    page.goto(f"{base}/story/1")
    page.get_by_role("button", name="Erase my comment").click()
    expect(page.get_by_text("It was loud here.")).to_have_count(0)
