"""What stands between the form and a stranger's inbox: time, proof of work, domains, sameness."""

import base64
import html
import json
import os
import re
from datetime import datetime, timedelta
from pathlib import Path
from statistics import median
from time import perf_counter

import pytest
from altcha.v1 import solve_challenge
from sqlalchemy import select

from newsletter.attempts.networks import UNKNOWN
from newsletter.db import Database
from newsletter.models import ConsentRecord, Delivery, Subscriber
from newsletter.tokens import Purpose
from tests.test_addresses import corpus
from tests.web.builders import add_news, add_subscriber
from tests.web.conftest import Site, make_site
from tests.web.forms import ANN, csrf_token, hidden, submit

# How many sign-ups of each kind are timed; 500 to measure.
ROUNDS = int(os.environ.get("TIMED_SIGN_UPS", "40"))
SECONDS_APART = 0.005


def mails(site: Site) -> int:
    with site.database.read() as session:
        return len(session.scalars(select(Delivery.id)).all())


def with_settings(db: Database, now: datetime, folder: Path, **settings: object) -> Site:
    with db.write() as session:
        add_news(session, now.date())
    return make_site(db, now, folder, **settings)


def test_a_form_sent_sooner_than_anybody_could_is_thanked_and_ignored(site: Site) -> None:
    client = site.client()
    fields = {**ANN, **hidden(client.get("/").text)}
    for _ in range(2):
        site.pass_time(timedelta(milliseconds=900))
        assert client.post("/", data=fields).location == "/check-your-inbox"
    assert mails(site) == 0
    site.pass_time(timedelta(milliseconds=300))
    client.post("/", data=fields)
    assert mails(site) == 1


def test_a_form_that_comes_back_with_mistakes_keeps_the_moment_it_was_shown(site: Site) -> None:
    client = site.client()
    shown = hidden(client.get("/").text)
    site.pass_time(timedelta(seconds=3))
    page = client.post("/", data={**ANN, **shown, "address": "ann"})
    assert hidden(page.text)["shown_at"] == shown["shown_at"]
    assert client.post("/", data={**ANN, **hidden(page.text)}).status_code == 303
    assert mails(site) == 1


@pytest.mark.parametrize("stamp", ["", "1764000000000.made-up", "x" * 5000, "١٢٣.é", "1.2.3", "\ud83d."])
def test_a_form_without_a_moment_of_ours_is_thanked_and_ignored(site: Site, stamp: str) -> None:
    fields = {**ANN, "shown_at": stamp.encode("utf-8", "replace").decode()}
    assert submit(site.client(), "/", fields=fields).status_code == 303
    assert mails(site) == 0


def test_who_has_asked_is_not_asked_again_and_may_sign_up_another(site: Site) -> None:
    client = site.client()
    assert 'name="address"' in client.get("/").text
    submit(client, "/", fields=ANN)
    page = client.get("/").text
    assert "You have asked already" in page
    assert 'name="address"' not in page
    assert "ann@" not in page
    assert 'name="address"' in client.get("/?another=1").text
    assert 'name="address"' in site.client().get("/").text


def challenge_on(page: str) -> dict[str, object]:
    found = re.search(r'data-challenge="([^"]+)"', page)
    assert found
    challenge: dict[str, object] = json.loads(html.unescape(found[1]))
    return challenge


def solved(page: str) -> str:
    asked = challenge_on(page)
    solution = solve_challenge(str(asked["challenge"]), str(asked["salt"]), "SHA-256", 50_000)
    assert solution
    kept = {key: asked[key] for key in ("algorithm", "challenge", "salt", "signature")}
    return base64.b64encode(json.dumps({**kept, "number": solution.number}).encode()).decode()


def test_with_proof_of_work_a_network_has_its_usual_room_and_without_less(
    db: Database, now: datetime, tmp_path: Path
) -> None:
    site = with_settings(db, now, tmp_path, altcha=True)
    statuses = [
        submit(site.client(), "/", fields={**ANN, "address": f"r{n}@example.com"}).status_code
        for n in range(4)
    ]
    assert statuses == [303, 303, 303, 429]
    client = site.client()
    page = client.get("/").text
    fields = {**ANN, "csrf_token": csrf_token(page), "altcha": solved(page)}
    assert client.post("/", data={**fields, "address": "one@example.com"}).status_code == 303
    # The same work does not count twice.
    assert client.post("/", data={**fields, "address": "two@example.com"}).status_code == 429


@pytest.mark.parametrize(
    "proof", ["", "x", "W10=", "e30=", "bnVsbA==", base64.b64encode(b"[" * 1400).decode(), "é", "9" * 9000]
)
def test_a_made_up_proof_is_none(db: Database, now: datetime, tmp_path: Path, proof: str) -> None:
    site = with_settings(db, now, tmp_path, altcha=True)
    for number in range(4):
        fields = {**ANN, "address": f"r{number}@example.com", "altcha": proof}
        status = submit(site.client(), "/", fields=fields).status_code
        assert status == (303 if number < 3 else 429)


def test_a_proof_lapses_after_a_day(db: Database, now: datetime, tmp_path: Path) -> None:
    site = with_settings(db, now, tmp_path, altcha=True)
    page = site.client().get("/").text
    late = {**ANN, "altcha": solved(page)}
    site.pass_time(timedelta(days=1, seconds=1))
    for number in range(3):
        submit(site.client(), "/", fields={**ANN, "address": f"r{number}@example.com"})
    assert submit(site.client(), "/", fields=late).status_code == 429


def test_blocked_domains_and_what_is_below_them_are_refused_with_a_word(
    db: Database, now: datetime, tmp_path: Path
) -> None:
    site = with_settings(db, now, tmp_path, blocked_domains=("disposable", "example.net"))
    for address, status in (
        ("ann@mailinator.com", 422),
        ("ann@in.Example.NET", 422),
        ("ann@example.com", 303),
        ("ann@notexample.net", 303),
    ):
        answer = submit(site.client(), "/", fields={**ANN, "address": address})
        assert answer.status_code == status, address
        assert ("Mailboxes there do not last" in answer.text) == (status == 422)


def test_the_flood_of_all_together_is_stopped_with_words_of_its_own(
    db: Database, now: datetime, tmp_path: Path
) -> None:
    site = with_settings(db, now, tmp_path, sign_ups_per_hour=2)
    for number in range(2):
        submit(site.client(), "/", fields={**ANN, "address": f"r{number}@example.com"})
    answer = submit(site.client(), "/", fields=ANN)
    assert answer.status_code == 429
    assert "Very many people are signing up" in answer.text
    assert 0 < int(answer.headers["Retry-After"]) <= 3600


@pytest.mark.parametrize("keep", [False, True])
def test_the_network_is_kept_with_the_consent_only_where_that_is_set(
    db: Database, now: datetime, tmp_path: Path, keep: bool
) -> None:
    site = with_settings(db, now, tmp_path, keep_network=keep)
    submit(site.client(), "/", fields=ANN)
    submit(site.client(), site.link(Purpose.CONFIRM))
    with site.database.read() as session:
        rows = session.execute(select(ConsentRecord.kind, ConsentRecord.network).order_by(ConsentRecord.id))
        network = "127.0.0.1" if keep else None
        assert rows.all() == [("requested", network), ("confirmed", network)]
        assert network != UNKNOWN


@pytest.mark.parametrize(("expect", "status"), [("valid", 303), ("invalid", 422)])
def test_the_form_takes_98_of_100_good_addresses_and_refuses_98_of_100_bad(
    site: Site, expect: str, status: int
) -> None:
    addresses = corpus(expect)
    client = site.client()
    token = csrf_token(client.get("/").text)
    right = 0
    for number, address in enumerate(addresses):
        place = {"REMOTE_ADDR": f"10.0.{number // 250}.{number % 250}"}
        fields = {**ANN, "address": address.encode("utf-8", "replace").decode(), "csrf_token": token}
        right += client.post("/", data=fields, environ_overrides=place).status_code == status
    assert right >= 0.98 * len(addresses)


def test_the_route_too_sends_nobody_more_than_three_mails(site: Site) -> None:
    for day in range(5):
        client = site.client()
        token = csrf_token(client.get("/").text)
        for number in range(8):
            place = {"REMOTE_ADDR": f"10.0.{day}.{number}"}
            fields = {**ANN, "address": f"v{number % 2}@example.com", "csrf_token": token}
            assert client.post("/", data=fields, environ_overrides=place).status_code == 303
        site.pass_time(timedelta(days=1))
    assert mails(site) == 6


def test_a_known_and_an_unknown_address_take_the_same_time(
    db: Database, now: datetime, tmp_path: Path
) -> None:
    site = with_settings(db, now, tmp_path, sign_ups_per_hour=1_000_000)
    known, unknown = ([f"{kind}{n}@example.com" for n in range(ROUNDS)] for kind in ("known", "unknown"))
    with db.write() as session:
        for address in known:
            add_subscriber(session, address, now)
    client = site.client()
    fields = {**ANN, "csrf_token": csrf_token(client.get("/").text)}
    taken: tuple[list[float], list[float]] = ([], [])
    for number, pair in enumerate(zip(known, unknown, strict=True)):
        place = {"REMOTE_ADDR": f"10.0.{number // 250}.{number % 250}"}
        for address, times in zip(pair, taken, strict=True):
            began = perf_counter()
            answer = client.post("/", data={**fields, "address": address}, environ_overrides=place)
            times.append(perf_counter() - began)
            assert answer.status_code == 303
    apart = abs(median(taken[0]) - median(taken[1]))
    assert apart < SECONDS_APART, [median(times) for times in taken]
    with db.read() as session:
        assert len(session.scalars(select(Subscriber.id)).all()) == 2 * ROUNDS


def test_the_sample_is_the_newest_edition_as_a_mail_shut_in(site: Site) -> None:
    client = site.client()
    assert "/sample" in client.get("/").text
    assert "Storm closes the northern ports" in client.get("/sample").text
    answer = client.get("/sample/mail")
    assert "Storm closes the northern ports" in answer.text
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert "Set-Cookie" not in answer.headers


def test_the_sample_is_made_up_in_the_visitors_language_while_there_is_no_edition(
    db: Database, now: datetime, tmp_path: Path
) -> None:
    client = make_site(db, now, tmp_path).client()
    assert 'lang="ar"' in client.get("/sample/mail?language=ar").text
    assert "<img" not in client.get("/sample/mail").text
