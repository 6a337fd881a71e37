import importlib.util
import os
import re
import shutil
from datetime import datetime
from pathlib import Path

import pytest
from flask import request
from pydantic import SecretStr
from sqlalchemy import text

from newsletter.db import Database
from newsletter.tokens import Purpose
from tests.web.builders import SECRET, add_news, add_subscriber
from tests.web.conftest import Site, make_site
from tests.web.forms import ANN, submit


def paths(site: Site) -> list[str]:
    """One address for every route there is."""
    values = {
        "slug": "world",
        "day": "2026-11-22",
        "key": "1.example",
        "filename": "site.css",
        "edition_id": "1",
        "story_id": "1",
        "comment_id": "1",
        "month": "2026-11",
        "handle": "0123456789abcdef",
        "part": "1",
        "ids": "1-2",
        "name": "0123456789abcdef0123456789abcdef.jpg",
    }
    found = []
    for rule in site.app.url_map.iter_rules():
        purpose = next((p for p, page in PAGES.items() if rule.rule.startswith(f"/{page}/")), None)
        token = site.link(purpose).rsplit("/", 1)[1] if purpose else ""
        filled = {**values, "token": token}
        parts = re.split(r"<(?:\w+:)?(\w+)>", rule.rule)
        found.append("".join(filled[part] if place % 2 else part for place, part in enumerate(parts)))
    return found


PAGES = {
    Purpose.CONFIRM: "confirm",
    Purpose.MANAGE: "preferences",
    Purpose.UNSUBSCRIBE: "unsubscribe",
    Purpose.ADDRESS_OLD: "address/old",
    Purpose.ADDRESS_NEW: "address/new",
    Purpose.ADDRESS: "address",
    Purpose.MINE: "mine",
    Purpose.UNDO: "undo",
}


def test_every_answer_of_every_route_carries_the_protecting_headers(site: Site) -> None:
    with site.database.write() as session:
        add_subscriber(session, "ann@example.com", site.now)
    for path in [*paths(site), "/no-such-page"]:
        for method in ("GET", "POST"):
            with site.client().open(path, method=method) as answer:
                policy = answer.headers["Content-Security-Policy"]
                assert "default-src 'none'" in policy, path
                assert "unsafe-inline" not in policy.partition("script-src")[2], path
                assert "frame-ancestors" in policy
                assert answer.headers["X-Content-Type-Options"] == "nosniff"
                personal = path.split("/")[1] in (*PAGES.values(), "outbox")
                assert (answer.headers["Cache-Control"] == "no-store") == personal, path
                secret = path.split("/")[1] in PAGES.values()
                assert answer.headers["Referrer-Policy"] == ("no-referrer" if secret else "same-origin"), path


def test_every_answer_has_a_nonce_of_its_own_and_scripts_carry_it(site: Site) -> None:
    nonces = set()
    for _ in range(2):
        answer = site.client().get("/")
        nonce = re.search(r"'nonce-([\w-]+)'", answer.headers["Content-Security-Policy"])
        assert nonce
        nonces.add(nonce[1])
        tags = re.findall(r"<script[^>]*>", answer.get_data(as_text=True))
        assert tags
        assert all(f'nonce="{nonce[1]}"' in tag for tag in tags)
    assert len(nonces) == 2


@pytest.mark.parametrize(
    ("base_url", "secure"), [("http://127.0.0.1:8000", False), ("https://example.com", True)]
)
def test_the_cookie_is_out_of_reach_of_scripts_and_of_other_sites(
    db: Database, now: datetime, tmp_path: Path, base_url: str, secure: bool
) -> None:
    with db.write() as session:
        add_news(session, now.date())
    answer = make_site(db, now, tmp_path, base_url=base_url).client().get("/", base_url=base_url)
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert ("Secure" in cookie) == secure
    assert ("Strict-Transport-Security" in answer.headers) == secure


def test_signing_up_works_over_https_although_pages_send_no_referer(
    db: Database, now: datetime, tmp_path: Path
) -> None:
    with db.write() as session:
        add_news(session, now.date())
    client = make_site(db, now, tmp_path, base_url="https://example.com").client()
    token = re.search(r'csrf_token" value="([^"]+)', client.get("/", base_url="https://example.com").text)
    assert token
    answer = client.post("/", base_url="https://example.com", data={**ANN, "csrf_token": token[1]})
    assert answer.status_code == 303


def test_forwarded_addresses_count_only_from_trusted_proxies(
    db: Database, now: datetime, tmp_path: Path
) -> None:
    for hops, expected in ((0, "127.0.0.1"), (1, "192.0.2.9")):
        site = make_site(db, now, tmp_path, trusted_proxies=hops)
        seen: list[str | None] = []
        site.app.before_request(lambda seen=seen: seen.append(request.remote_addr))
        site.client().get("/healthz", headers={"X-Forwarded-For": "192.0.2.9"})
        assert seen == [expected]


def put_mail(folder: Path, name: str = "1.example") -> None:
    place = folder / "outbox" / "new"
    place.mkdir(parents=True, exist_ok=True)
    (place / name).write_bytes(
        b"From: news@example.com\r\nTo: ann@example.com\r\nSubject: Please confirm\r\n"
        b"Date: Sun, 22 Nov 2026 06:00:00 +0000\r\nMIME-Version: 1.0\r\n"
        b'Content-Type: multipart/alternative; boundary="b"\r\n\r\n'
        b"--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nPlain words\r\n"
        b"--b\r\nContent-Type: text/html; charset=utf-8\r\n\r\n"
        b"<html><head></head><body><b>Rich words</b><script>alert(1)</script></body></html>\r\n"
        b"--b--\r\n"
    )


def test_the_outbox_shows_each_mail_as_html_text_and_source(site: Site, tmp_path: Path) -> None:
    put_mail(tmp_path)
    client = site.client()
    assert "Please confirm" in client.get("/outbox").text
    assert "<iframe" in client.get("/outbox/1.example").text
    assert "Plain words" in client.get("/outbox/1.example?view=text").text
    assert "boundary=&#34;b&#34;" in client.get("/outbox/1.example?view=source").text


def test_a_mail_is_shut_in_so_that_nothing_in_it_runs_or_is_fetched(site: Site, tmp_path: Path) -> None:
    put_mail(tmp_path)
    answer = site.client().get("/outbox/1.example/html")
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "sandbox" in policy
    assert "allow-scripts" not in policy
    assert "allow-same-origin" not in policy
    assert '<base target="_blank">' in answer.text


@pytest.mark.parametrize("host", ["localhost", "localhost:8000", "127.0.0.1:8000", "[::1]:8000"])
def test_the_outbox_opens_at_names_of_this_machine(site: Site, host: str) -> None:
    assert site.client().get("/outbox", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize("path", ["/outbox", "/outbox/1.example", "/outbox/1.example/html"])
@pytest.mark.parametrize(
    ("caller", "headers"),
    [
        ("192.0.2.7", {}),
        ("", {}),
        ("127.0.0.1", {"Host": "evil.example.com"}),
        ("127.0.0.1", {"Host": "localhost.evil.example.com"}),
        ("127.0.0.1", {"Host": "127.0.0.1.example.com"}),
        ("127.0.0.1", {"X-Forwarded-For": "127.0.0.1"}),
        ("127.0.0.1", {"Forwarded": "for=127.0.0.1"}),
    ],
)
def test_the_outbox_is_closed_to_everybody_else(
    site: Site, tmp_path: Path, path: str, caller: str, headers: dict[str, str]
) -> None:
    put_mail(tmp_path)
    answer = site.client().get(path, headers=headers, environ_overrides={"REMOTE_ADDR": caller})
    assert answer.status_code == 403
    assert "ann@example.com" not in answer.text


@pytest.mark.parametrize("key", ["..", "../../newsletter.db", "%2e%2e%2fnewsletter.db", ".hidden", "nothing"])
def test_the_outbox_gives_out_mails_and_no_other_file(site: Site, tmp_path: Path, key: str) -> None:
    put_mail(tmp_path)
    (tmp_path / "outbox" / "new" / ".hidden").write_text("secret")
    assert site.client().get(f"/outbox/{key}").status_code in (308, 404)


def test_with_an_smtp_server_there_is_no_outbox_and_no_banner(
    db: Database, now: datetime, tmp_path: Path
) -> None:
    client = make_site(db, now, tmp_path, smtp_url="smtp://127.0.0.1:2525").client()
    assert client.get("/outbox").status_code == 404
    assert "NEWSLETTER_SMTP_URL" not in client.get("/").text


def test_without_an_smtp_server_every_page_says_that_nothing_leaves(site: Site) -> None:
    for path in ("/", "/archive", "/check-your-inbox", "/no-such-page"):
        assert "NEWSLETTER_SMTP_URL" in site.client().get(path).text


def test_health_says_whether_the_database_answers(site: Site) -> None:
    assert site.client().get("/healthz").json == {"status": "ok", "database": "answers"}
    with site.database.write() as session:
        session.execute(text("ALTER TABLE topic RENAME TO mislaid"))
    answer = site.client().get("/healthz")
    assert answer.status_code == 503


def test_a_database_that_is_away_brings_a_kind_page(site: Site) -> None:
    with site.database.write() as session:
        session.execute(text("ALTER TABLE topic RENAME TO mislaid"))
    answer = site.client().get("/")
    assert answer.status_code == 503
    assert "try again in a minute" in answer.text


def test_a_mistake_of_ours_brings_a_kind_page_without_details(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken() -> str:
        raise RuntimeError("secret detail")

    site.app.view_functions["archive.editions"] = broken
    answer = site.client().get("/archive")
    assert answer.status_code == 500
    assert "on our side" in answer.text
    assert "secret detail" not in answer.text


def test_the_archive_lists_editions_and_shows_each_with_its_related_coverage(site: Site) -> None:
    client = site.client()
    assert "/archive/world/2026-11-22" in client.get("/archive").text
    page = client.get("/archive/world/2026-11-22").text
    for words in ("Storm closes", "Also reporting", "Ports shut as storm stays", "Night trains return"):
        assert words in page
    for missing in ("/archive/world/2026-11-21", "/archive/nothing/2026-11-22", "/archive/world/yesterday"):
        assert client.get(missing).status_code == 404


def test_a_new_signing_key_keeps_forms_that_are_open_working(
    db: Database, now: datetime, tmp_path: Path
) -> None:
    with db.write() as session:
        add_news(session, now.date())
    first = make_site(db, now, tmp_path).client()
    cookie = first.get("/") and first.get_cookie("session")
    assert cookie
    rotated = make_site(db, now, tmp_path, secret_keys=(SecretStr("a newer key"), SecretStr(SECRET))).client()
    rotated.set_cookie("session", cookie.value)
    assert submit(rotated, "/", fields=ANN).status_code == 303


def test_pages_are_in_place_for_other_wsgi_servers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, migrated_sqlite: Path
) -> None:
    shutil.copy(migrated_sqlite, tmp_path / "newsletter.db")
    for name in [name for name in os.environ if name.startswith("NEWSLETTER_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("NEWSLETTER_DATA_DIR", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    place = Path(__file__).resolve().parents[2] / "wsgi.py"
    spec = importlib.util.spec_from_file_location("wsgi_under_test", place)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert module.app.test_client().get("/").status_code == 200
    module.app.extensions["newsletter"].database.close()
