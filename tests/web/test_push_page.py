"""Allowing and stopping notices on the preferences page."""

from datetime import datetime
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy import select

from newsletter.db import Database
from newsletter.models import PushBrowser
from newsletter.push.envelope import new_key, public_key
from newsletter.tokens import Purpose
from tests.push.service import Browser
from tests.web.builders import add_news, add_subscriber
from tests.web.conftest import Site, make_site
from tests.web.forms import submit

KEY = new_key()
ENDPOINT = "https://push.example.net/send/1"


@pytest.fixture
def site(db: Database, now: datetime, tmp_path: Path) -> Site:
    with db.write() as session:
        add_news(session, now.date())
        add_subscriber(session, "ann@example.com", now)
    return make_site(db, now, tmp_path, push_key=SecretStr(KEY))


def fields() -> dict[str, str]:
    told = Browser().subscription(ENDPOINT)
    return {"endpoint": told.endpoint, "p256dh": told.p256dh, "auth": told.auth}


def known(site: Site) -> list[PushBrowser]:
    with site.database.read() as session:
        return list(session.scalars(select(PushBrowser)))


def test_a_browser_is_allowed_and_stopped(site: Site) -> None:
    page = site.link(Purpose.MANAGE)
    client = site.client()
    shown = client.get(page).text
    assert f'data-key="{public_key(KEY)}"' in shown
    assert "Stop these notices" not in shown
    assert submit(client, page, f"{page}/notices", fields()).status_code == 303
    assert submit(client, page, f"{page}/notices", fields()).status_code == 303
    (browser,) = known(site)
    assert (browser.endpoint, browser.language, browser.told_until) == (ENDPOINT, "en", site.now)
    shown = client.get(page).text
    assert "One browser tells you when your edition is ready." in shown
    assert submit(client, page, f"{page}/notices/stop").status_code == 303
    assert known(site) == []


def test_what_is_no_subscription_keeps_nothing(site: Site) -> None:
    page = site.link(Purpose.MANAGE)
    answer = submit(site.client(), page, f"{page}/notices", {"endpoint": "http://127.0.0.1/x"})
    assert answer.status_code == 422
    assert known(site) == []


def test_without_the_forms_guard_nothing_is_kept(site: Site) -> None:
    page = site.link(Purpose.MANAGE)
    assert site.client().post(f"{page}/notices", data=fields()).status_code == 400
    assert known(site) == []


def test_without_a_key_nothing_is_offered(db: Database, site: Site, tmp_path: Path) -> None:
    bare = make_site(db, site.now, tmp_path)
    assert "allow-notices" not in bare.client().get(bare.link(Purpose.MANAGE)).text
