"""Sign-ups taken at the door: as the application takes them, and only those that are as they should be."""

import re
from collections.abc import Mapping
from typing import Any

import pytest
from flask import Flask, session
from flask_wtf.csrf import generate_csrf, validate_csrf
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import selectinload
from werkzeug.datastructures import Headers
from wtforms import ValidationError

from newsletter.models import ConsentRecord, Delivery, Subscriber
from newsletter.web import joining, public
from newsletter.web.browser_guard import BrowserGuard
from newsletter.web.offers import Offers
from tests.web.builders import SECRET
from tests.web.conftest import Site
from tests.web.forms import ANN, csrf_token

_NONCE = re.compile(r"'nonce-([\w-]+)'")
_IN_PARTS = "multipart/form-data"


@pytest.fixture
def reached(site: Site, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Grows by one whenever a sign-up reaches the application."""
    calls: list[str] = []
    view = site.app.view_functions["public.sign_up"]

    def counted() -> Any:
        calls.append("reached")
        return view()

    monkeypatch.setitem(site.app.view_functions, "public.sign_up", counted)
    return calls


def sent(site: Site, fields: Mapping[str, Any] | None = None, query: str = "", **more: Any) -> Any:
    """The answer to a sign-up by a visitor who was shown the form."""
    client = site.client()
    given = {"csrf_token": csrf_token(client.get(f"/{query}").text), **ANN, **(fields or {})}
    return client.post(f"/{query}", data=given, **more)


def stored(site: Site) -> list[tuple[object, ...]]:
    """All that sign-ups leave behind, but for what is made up at random."""
    with site.database.read() as reading:
        people = reading.scalars(select(Subscriber).options(selectinload(Subscriber.topics))).all()
        asked = reading.scalars(select(ConsentRecord).order_by(ConsentRecord.id)).all()
        mails = reading.scalars(select(Delivery).order_by(Delivery.id)).all()
        return [
            *((p.status, p.language, p.timezone, p.send_time, [t.slug for t in p.topics]) for p in people),
            *((one.kind, one.via, one.wording, one.language, one.network, one.at) for one in asked),
            *((mail.kind, mail.state, mail.occasion) for mail in mails),
        ]


def told(headers: Headers) -> dict[str, str]:
    """Headers without what is the visitor's own."""
    kept = {name: value for name, value in headers if name != "Set-Cookie"}
    return {name: _NONCE.sub("'nonce-'", value) for name, value in kept.items()}


@pytest.mark.parametrize(
    ("query", "fields", "headers"),
    [
        ("", {}, {}),
        ("", {}, {"Accept-Language": "ar"}),
        ("", {"shown_in": "de"}, {"Accept-Language": "ar"}),
        ("", {"shown_in": "xx"}, {"Accept-Language": "xx, fr;q=0.5"}),
        ("?language=uk", {"shown_in": "de"}, {}),
    ],
)
def test_what_is_taken_at_the_door_is_what_the_application_would_have_taken(
    query: str, fields: dict[str, str], headers: dict[str, str], site: Site, reached: list[str]
) -> None:
    at_the_door = sent(site, {**fields, "address": "ann@example.com"}, query, headers=headers)
    assert reached == []
    mine = stored(site)
    with site.database.write() as writing:
        writing.delete(writing.scalars(select(Subscriber)).one())
    # The door takes only what browsers send such a form as.
    inside = sent(
        site, {**fields, "address": "bob@example.com"}, query, headers=headers, content_type=_IN_PARTS
    )
    assert reached == ["reached"]
    assert mine == stored(site)
    assert (at_the_door.status, at_the_door.data) == (inside.status, inside.data)
    assert told(at_the_door.headers) == told(inside.headers)
    assert [c.partition("=")[0] for c in at_the_door.headers.getlist("Set-Cookie")] == ["session"]
    attributes = [answer.headers["Set-Cookie"].partition(";")[2] for answer in (at_the_door, inside)]
    assert attributes[0] == attributes[1]
    assert site.woken == 2


def test_every_visitor_gets_a_cookie_and_a_nonce_of_their_own(site: Site, reached: list[str]) -> None:
    clients = [site.client() for _ in range(3)]
    guards, nonces = set(), set()
    for number, client in enumerate(clients):
        token = csrf_token(client.get("/").text)
        fields = {"csrf_token": token, **ANN, "address": f"reader{number}@example.com"}
        nonces.add(_NONCE.findall(client.post("/", data=fields).headers["Content-Security-Policy"])[0])
        with client.session_transaction() as kept:
            assert kept[public.ASKED] is True
            guards.add(kept["csrf_token"])
        # The cookie goes on guarding the forms this visitor has open.
        assert client.post("/", data={**fields, "address": f"other{number}@example.com"}).status_code == 303
    assert (len(guards), len(nonces), reached) == (3, 3, [])


@pytest.mark.parametrize(
    "fields",
    [
        {"csrf_token": "nonsense"},
        {"csrf_token": ""},
        {"address": "no address"},
        {"topics": []},
        {"hour": "25:00"},
        {"zone": "Moon/Base"},
        {"website": "https://example.net"},
        {"shown_at": ""},
        {"shown_at": "1.forged"},
    ],
)
def test_a_form_that_is_not_as_it_should_be_is_answered_by_the_application(
    fields: dict[str, Any], site: Site, reached: list[str]
) -> None:
    answer = sent(site, fields)
    assert reached == ["reached"] or answer.status_code == 400
    assert stored(site) == []


def test_nothing_is_taken_without_the_cookie(site: Site, reached: list[str]) -> None:
    token = csrf_token(site.client().get("/").text)
    for client in (site.client(), site.client()):
        assert client.post("/", data={"csrf_token": token, **ANN}).status_code == 400
        client.get("/")  # a cookie, but another one
        assert client.post("/", data={"csrf_token": token, **ANN}).status_code == 400
    assert (stored(site), reached) == ([], [])


def test_a_limit_that_is_reached_is_told_by_the_application(site: Site, reached: list[str]) -> None:
    answers = [sent(site, {"address": f"reader{number}@example.com"}).status_code for number in range(21)]
    assert answers == [303] * 20 + [429]
    assert reached == ["reached"]


@pytest.mark.parametrize(("where", "what"), [(joining, "join"), (Offers, "__call__")])
def test_a_database_that_is_away_is_told_by_the_application(
    where: object, what: str, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_given: object) -> None:
        raise OperationalError("", {}, Exception("away"))

    client = site.client()
    token = csrf_token(client.get("/").text)
    monkeypatch.setattr(where, what, away)
    answer = client.post("/", data={"csrf_token": token, **ANN})
    assert answer.status_code == 503
    assert "We cannot answer just now" in answer.text


@pytest.mark.parametrize(
    "body",
    [b"address=%ff&topics=world", b"\xff", b"&".join([b"a=b"] * 250), b"a" * 20_000, b"", b"=&=&;"],
)
def test_bodies_of_any_kind_are_answered(body: bytes, site: Site) -> None:
    answer = site.client().post("/", data=body, content_type="application/x-www-form-urlencoded")
    assert 400 <= answer.status_code < 500
    with site.database.read() as reading:
        assert reading.scalar(select(func.count()).select_from(Subscriber)) == 0


def test_the_guard_says_what_flasks_own_says(site: Site) -> None:
    guard = BrowserGuard(SECRET)
    with site.app.test_request_context("/"):
        good, mine = generate_csrf(), dict(session)
    strangers = BrowserGuard("another-key-that-is-32-bytes-long")._signing.dumps(mine["csrf_token"])
    others = guard._signing.dumps("another session's text")
    for sent_along in (
        good,
        good[:-1],
        f"{good}x",
        strangers,
        others,
        "",
        ".",
        "ü",
        "a" * 600,
        mine["csrf_token"],
    ):
        for kept in (mine, {}, {"csrf_token": "other"}, {"csrf_token": 5}):
            assert guard.holds(kept, sent_along) == _flask_agrees(site.app, kept, sent_along)
    assert guard.holds(mine, good)


def _flask_agrees(app: Flask, kept: Mapping[str, object], sent_along: str) -> bool:
    with app.test_request_context("/"):
        session.update(kept)
        try:
            validate_csrf(sent_along)
        except (ValidationError, TypeError):
            return False
        return True
