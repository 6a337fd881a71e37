"""Every link of every kind of mail, followed again and again: looking changes nothing, scripts or not.

Scanners of mail follow links before their reader does (RFC 9110, section 9.2.1: GET and HEAD are safe).
"""

import re
from datetime import datetime
from email import message_from_bytes, policy
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from pydantic import SecretStr

from newsletter.db import Database
from newsletter.push.envelope import new_key
from tests.browsing import OpenPage, Serve
from tests.judges.mails import KEYS, PUBLICATION, all_mails
from tests.web.conftest import Site, make_site

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

TIMES = 3
_LINK = re.compile(r"https://news\.example\.com(/[^\s\"'<>)]*)")


@pytest.fixture
def links(db: Database) -> list[str]:
    """The paths of our own links in every kind of mail there is, both parts and the headers."""
    found: dict[str, None] = {}
    for mail in all_mails(db, languages=("en",), lengths=("standard",), contents=("ordinary",)):
        message = message_from_bytes(mail.eml, policy=policy.default)
        told = [str(message["List-Unsubscribe"] or "")]
        told += [str(part.get_content()) for part in message.walk() if part.get_content_maintype() == "text"]
        found |= dict.fromkeys(path.replace("&amp;", "&") for text in told for path in _LINK.findall(text))
    return list(found)


@pytest.fixture
def site(db: Database, links: list[str], now: datetime, tmp_path: Path) -> Site:
    keys = tuple(SecretStr(key) for key in KEYS)
    options = {"comments": True, "push_key": SecretStr(new_key()), "base_url": PUBLICATION.base_url}
    return make_site(db, now, tmp_path, secret_keys=keys, **options)


def test_no_link_changes_anything_when_programs_follow_it(site: Site, links: list[str]) -> None:
    kinds = {path.split("/")[1] for path in links}
    assert {"preferences", "unsubscribe", "confirm", "address", "mine", "undo", "issue", "story"} <= kinds
    before = site.dump()
    for path in links:
        for method in ("GET", "HEAD") * TIMES:
            client = site.app.test_client(use_cookies=False)
            status = client.open(path, method=method).status_code
            assert status in (200, 301, 302, 303, 308, 404, 410), (method, path)
    assert site.dump() == before
    assert site.woken == 0


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_no_link_changes_anything_in_a_browser(
    site: Site, links: list[str], serve: Serve, open_page: OpenPage, scripts: bool
) -> None:
    base, before = serve(site.app), site.dump()
    page = open_page(java_script_enabled=scripts)
    pages = [path for path in links if urlsplit(path).path.split("/")[1] not in ("image", "brand")]
    for path in pages:
        if site.client().get(path).status_code == 200:
            for _ in range(TIMES):
                page.goto(base + path)
    assert site.dump() == before
