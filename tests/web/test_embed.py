import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from lxml import html
from sqlalchemy import select
from werkzeug.test import TestResponse

from newsletter.db import Database
from newsletter.models import ConsentRecord, Delivery, Subscriber
from newsletter.web.wording import sign_up_wording
from tests.web.builders import add_news, add_subscriber
from tests.web.conftest import Site, make_site
from tests.web.strings import shared_strings
from tests.web.test_hostile_input import scripts

THERE = "https://blog.example.org"
JSON = {"Accept": "application/json"}
FIELDS = {"address": "ann@example.com", "topics": ["world"], "hour": "07:00", "zone": "Europe/Berlin"}


@pytest.fixture
def site(db: Database, now: datetime, tmp_path: Path) -> Site:
    with db.write() as session:
        add_news(session, now.date())
    return make_site(db, now, tmp_path, embed_origins=(THERE, "https://www.example.net"))


def send(site: Site, headers: Mapping[str, str] | None = None, **fields: Any) -> TestResponse:
    client = site.app.test_client(use_cookies=False)
    return client.post("/embed", data={**FIELDS, **fields}, headers={"Origin": THERE, **(headers or {})})


def asked(site: Site) -> list[str]:
    with site.database.read() as session:
        return list(session.scalars(select(Subscriber.address)))


def test_a_form_on_an_allowed_site_brings_a_mail_that_asks_without_cookie_or_token(site: Site) -> None:
    answer = send(site)
    assert (answer.status_code, answer.location) == (303, "/check-your-inbox")
    assert "Set-Cookie" not in answer.headers
    with site.database.read() as session:
        assert session.scalars(select(Delivery.kind)).all() == ["confirm"]
        consent = session.scalars(select(ConsentRecord)).one()
        assert (consent.via, consent.wording) == ("embed", sign_up_wording("Daily Edition"))
    assert site.woken == 1


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example.com"},
        {"Origin": "null"},
        {"Origin": ""},
        {"Origin": "http://blog.example.org"},
        {"Origin": "https://blog.example.org.evil.example.com"},
        {"Origin": "https://evil.example.com", "Referer": f"{THERE}/page"},
    ],
)
def test_a_form_elsewhere_is_refused_and_changes_nothing(site: Site, headers: dict[str, str]) -> None:
    for accept in ({}, JSON):
        answer = send(site, {**headers, **accept})
        assert answer.status_code == 403
        assert "Access-Control-Allow-Origin" not in answer.headers
    assert asked(site) == []


def test_where_a_browser_sends_no_origin_the_referer_tells(site: Site) -> None:
    client = site.app.test_client(use_cookies=False)
    assert client.post("/embed", data=FIELDS).status_code == 403
    assert client.post("/embed", data=FIELDS, headers={"Referer": "https://["}).status_code == 403
    assert client.post("/embed", data=FIELDS, headers={"Referer": f"{THERE}/page"}).status_code == 303


def test_the_script_gets_its_answer_as_json_for_that_origin_alone(site: Site) -> None:
    answer = send(site, JSON)
    assert answer.status_code == 200
    assert "inbox" in answer.get_json()["message"]
    assert answer.headers["Access-Control-Allow-Origin"] == THERE
    assert "Access-Control-Allow-Credentials" not in answer.headers
    assert "Origin" in answer.headers["Vary"]
    wrong = send(site, JSON, address="ann", topics=[])
    assert (wrong.status_code, wrong.get_json()["fields"]) == (422, ["address", "topics"])


@pytest.mark.parametrize("accept", [{}, JSON])
def test_a_known_address_gets_the_answer_of_an_unknown_one(site: Site, accept: dict[str, str]) -> None:
    with site.database.write() as session:
        add_subscriber(session, "known@example.com", site.now)
    known, unknown = (send(site, accept, address=f"{name}@example.com") for name in ("known", "unknown"))
    nonce = re.compile(r"nonce-[\w-]+")
    seen = [(a.status_code, a.data, nonce.sub("", str(a.headers))) for a in (known, unknown)]
    assert seen[0] == seen[1]


def test_mistakes_are_shown_on_our_own_form_with_everything_typed(site: Site) -> None:
    answer = send(site, address="ann.example.com")
    assert answer.status_code == 422
    assert 'value="ann.example.com"' in answer.text
    assert 'name="topics" value="world" checked' in answer.text


def test_the_limits_of_a_network_hold_here_as_well(site: Site) -> None:
    for number in range(20):
        assert send(site, address=f"r{number}@example.com").status_code == 303
    assert send(site, address="more@example.com").status_code == 429
    full = send(site, JSON, address="more@example.com")
    assert full.status_code == 429
    assert full.headers["Access-Control-Allow-Origin"] == THERE
    assert 0 < int(full.headers["Retry-After"]) <= 3600
    site.pass_time(timedelta(hours=1))
    assert send(site, address="more@example.com").status_code == 303


def test_a_program_that_fills_in_the_hidden_field_is_thanked_and_ignored(site: Site) -> None:
    assert send(site, website="https://spam.example.com").status_code == 303
    assert asked(site) == []


def test_the_snippet_is_a_form_that_works_as_it_stands(site: Site) -> None:
    page = site.client().get("/embed?language=de")
    assert THERE in page.text
    snippet = html.fromstring(page.data).xpath("//pre")[0].text_content()
    form = html.fromstring(snippet)
    fields = {one.get("name"): one.get("value") for one in form.xpath(".//input[@name]")}
    topics = form.xpath(".//input[@name='topics'][@checked]/@value")
    path = form.get("action").removeprefix("http://127.0.0.1:8000")
    typed = {**fields, "address": "ann@example.com", "topics": topics}
    answer = site.app.test_client().post(path, data=typed, headers={"Origin": THERE})
    assert answer.status_code == 303
    with site.database.read() as session:
        consent = session.scalars(select(ConsentRecord)).one()
        assert consent.language == "de"
        assert consent.wording in snippet


def test_the_script_may_be_loaded_from_anywhere_and_is_not_kept_for_long(site: Site) -> None:
    with site.client().get("/embed/form.js") as answer:
        assert answer.mimetype == "text/javascript"
        assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
        assert answer.cache_control.max_age == 300


def test_without_allowed_sites_there_is_nothing(db: Database, now: datetime, tmp_path: Path) -> None:
    client = make_site(db, now, tmp_path).client()
    for path in ("/embed", "/embed/form.js"):
        assert client.get(path).status_code == 404
    assert client.post("/embed", data=FIELDS, headers={"Origin": THERE}).status_code == 404


@pytest.mark.parametrize("share", range(2))
def test_no_hostile_string_in_any_field_breaks_it_or_runs(site: Site, share: int) -> None:
    for text in shared_strings()[share::2]:
        wrong = text.encode("utf-8", "replace").decode()
        fields: dict[str, Any] = dict.fromkeys(("address", "topics", "hour", "zone"), wrong)
        answer = send(site, **fields)
        assert answer.status_code in (303, 413, 422, 429), text
        assert scripts(answer.data) == [], text
        inline = send(site, JSON, **fields)
        assert inline.status_code in (200, 413, 422, 429), text
        assert inline.mimetype in ("application/json", "text/html"), text
