"""A reader's own page is made once for readers of the same choices; what is one's alone stays so."""

import re
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update
from structlog.testing import capture_logs
from werkzeug.test import Client, TestResponse

from newsletter.addresses import masked
from newsletter.models import Subscriber, Topic
from newsletter.tokens import Purpose
from newsletter.web import own_pages, preferences_page
from newsletter.web.own_pages import OwnPagesDoor
from newsletter.web.sign_up_door import SignUpDoor
from tests.web.builders import add_subscriber
from tests.web.conftest import Site
from tests.web.forms import csrf_token

NONCE = re.compile(r"nonce[-=]\"?([\w-]{22})")


def two_readers(site: Site) -> dict[str, str]:
    """Two readers who chose the same, and where their pages are."""
    addresses = ("ann@example.com", "bob@example.org")
    with site.database.write() as session:
        for address in addresses:
            add_subscriber(session, address, site.now)
    return {address: site.link(Purpose.MANAGE, address) for address in addresses}


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Grows by one whenever a page is made to be shared."""
    calls: list[object] = []
    real = own_pages._made

    def counted(*values: Any) -> own_pages.SharedPage | None:
        calls.append(values)
        return real(*values)

    monkeypatch.setattr(own_pages, "_made", counted)
    return calls


def from_the_application(site: Site, link: str) -> TestResponse:
    """The page as it is made for one reader, without the door."""
    assert isinstance(site.app.wsgi_app, SignUpDoor)
    door = site.app.wsgi_app.inner
    assert isinstance(door, OwnPagesDoor)
    return Client(door.inner).get(link)


def test_readers_of_the_same_choices_share_a_page_but_nothing_of_their_own(
    site: Site, made: list[object]
) -> None:
    links = two_readers(site)
    pages = {address: site.client().get(link).text for address, link in links.items()}
    assert len(made) == 1
    ann, bob = pages.values()
    for address, other in (tuple(links), tuple(links)[::-1]):
        assert masked(address) in pages[address]
        assert links[address] in pages[address]
        assert masked(other) not in pages[address]
        assert links[other] not in pages[address]
    assert csrf_token(ann) != csrf_token(bob)


@pytest.mark.parametrize("query", ["", "?language=ar", "?done=saved", "?done=saved&language=de", "?else=1"])
def test_a_shared_page_is_what_the_application_would_have_said(site: Site, query: str) -> None:
    for link in two_readers(site).values():
        shared, alone = site.client().get(link + query), from_the_application(site, link + query)
        assert NONCE.sub("", shared.text) == NONCE.sub("", alone.text)
        assert {name: NONCE.sub("", value) for name, value in shared.headers} == {
            name: NONCE.sub("", value) for name, value in alone.headers
        }


def test_every_answer_has_a_nonce_of_its_own_in_its_policy_and_on_its_scripts(site: Site) -> None:
    (link, _other), seen = two_readers(site).values(), set()
    for _ in range(3):
        answer = site.client().get(link)
        (nonce,) = {*NONCE.findall(answer.text), *NONCE.findall(answer.headers["Content-Security-Policy"])}
        seen.add(nonce)
    assert len(seen) == 3


def test_what_a_page_tells_is_never_older_than_the_last_change(site: Site, made: list[object]) -> None:
    ann, bob = two_readers(site).values()
    client = site.client()

    def changed(text: str, by: str = ann) -> bool:
        """Whether the text came onto one reader's page, as it now is, and not onto the other's."""
        return text in client.get(by).text

    assert not changed("Go on now")
    with site.database.write() as session:
        paused = session.scalars(select(Subscriber).where(Subscriber.address == "ann@example.com")).one()
        paused.status = "paused"
    assert changed("Go on now")
    assert not changed("Go on now", by=bob)
    with site.database.write() as session:
        session.execute(update(Topic).where(Topic.slug == "world").values(name="The wide world"))
    assert changed("The wide world", by=bob)
    before = len(made)
    client.get(bob)
    assert len(made) == before
    site.pass_time(timedelta(hours=2))
    waits = re.findall(r"that is ([^.]+)\.", client.get(bob).text)
    assert waits == re.findall(r"that is ([^.]+)\.", from_the_application(site, bob).text) != []


def test_a_page_that_would_show_what_is_one_readers_alone_is_not_shared(
    site: Site, made: list[object], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(preferences_page, "own", lambda _name, word: word)
    links = two_readers(site)
    with capture_logs() as log:
        pages = [site.client().get(link).text for link in links.values()]
    assert [masked(address) in page for address, page in zip(links, pages, strict=True)] == [True, True]
    assert len(made) == 2
    assert {line["log_level"] for line in log} == {"error"}
    assert not any(address in str(log) for address in links)


def test_no_cookie_is_set_and_none_is_needed(site: Site) -> None:
    ann, bob = two_readers(site).values()
    client = site.app.test_client(use_cookies=False)
    page = client.get(ann)
    assert "Set-Cookie" not in page.headers
    token = csrf_token(page.text)
    assert client.post(f"{bob}/pause", data={"csrf_token": token, "for": "week"}).status_code == 400
    assert client.post(f"{ann}/pause", data={"csrf_token": token, "for": "week"}).status_code == 303
    assert "paused" in client.get(ann).text
    assert "is paused" not in client.get(bob).text


def test_a_change_while_a_page_is_made_leaves_it_to_nobody_else(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann, bob = two_readers(site).values()
    real = own_pages._made

    def pauses_first(*values: Any) -> own_pages.SharedPage | None:
        with site.database.write() as session:
            one = session.scalars(select(Subscriber).where(Subscriber.address == "ann@example.com")).one()
            one.status = "paused"
        return real(*values)

    monkeypatch.setattr(own_pages, "_made", pauses_first)
    assert "Go on now" in site.client().get(ann).text
    monkeypatch.setattr(own_pages, "_made", real)
    assert "Go on now" not in site.client().get(bob).text


@pytest.mark.parametrize("table", ["subscriber", "edition"])
def test_what_goes_wrong_is_the_applications_to_tell(site: Site, table: str) -> None:
    ann, _bob = two_readers(site).values()
    with site.database.write() as session:
        session.connection().exec_driver_sql(f"ALTER TABLE {table} RENAME TO elsewhere")
    answer = site.client().get(ann)
    assert answer.status_code == 503
    assert "We cannot answer just now" in answer.text


def test_a_guard_of_a_form_is_no_link(site: Site) -> None:
    ann, _bob = two_readers(site).values()
    guard = csrf_token(site.client().get(ann).text)
    for page in ("preferences", "unsubscribe", "confirm", "mine", "undo", "address"):
        assert site.client().get(f"/{page}/{guard}").status_code == 404
