"""Pages that are kept and given out again: the same for everybody, and never longer than they are true."""

import re

import pytest
from flask.typing import ResponseReturnValue
from sqlalchemy import event, select

from newsletter.db import Database
from newsletter.models import Edition, Story
from newsletter.web.kept_pages import Page
from newsletter.web.page_store import PageStore
from newsletter.web.versions import Version
from tests.web.conftest import Site
from tests.web.test_story_page import story_of

PATHS = ("/archive", "/archive/world", "/archive/world/2026-11-22", "/story/1", "/feed.atom", "/sitemap.xml")


def rename(site: Site) -> None:
    """Change what pages would say, without anything that tells of it."""
    with site.database.write() as session:
        for story in session.scalars(select(Story)):
            story.articles[0].title = "Another headline"


@pytest.mark.parametrize("path", ["/archive", "/archive/world/2026-11-22", "/story/1", "/feed.json"])
def test_a_page_is_made_once_and_given_to_everybody(site: Site, path: str) -> None:
    first = site.client().get(path)
    rename(site)
    again = site.client().get(path)
    assert again.data == first.data
    assert dict(again.headers) == dict(first.headers)
    assert site.client().get(path + "?fresh").status_code == 200


def test_a_kept_page_may_be_kept_elsewhere_too_and_is_not_sent_twice(site: Site) -> None:
    for path in PATHS:
        answer = site.client().get(path)
        assert answer.headers["Cache-Control"] == "public, max-age=300, stale-while-revalidate=60", path
        assert "Set-Cookie" not in answer.headers
        again = site.client().get(path, headers={"If-None-Match": answer.headers["ETag"]})
        assert (again.status_code, again.data) == (304, b""), path
        head = site.client().head(path)
        assert (head.status_code, head.data) == (200, b"")
        assert head.headers["Content-Length"] == str(len(answer.data))


def test_an_edition_that_is_withheld_or_published_makes_every_page_a_fresh_one(site: Site) -> None:
    assert "world/2026-11-22" in site.client().get("/archive").text
    number = story_of(site, "Ports shut as storm stays")
    assert site.client().get(f"/story/{number}").status_code == 200
    with site.database.write() as session:
        edition = session.get_one(Story, number).edition
        edition.status, edition.published_at = "held", None
    assert "world/2026-11-22" not in site.client().get("/archive").text
    assert site.client().get(f"/story/{number}").status_code == 404
    with site.database.write() as session:
        held = session.scalars(select(Edition).where(Edition.status == "held")).one()
        held.status, held.published_at = "published", site.now
    assert site.client().get(f"/story/{number}").status_code == 200


def test_each_language_has_its_own_and_says_so(site: Site) -> None:
    pages = {
        tag: site.client().get("/archive", headers={"Accept-Language": tag}) for tag in ("de", "ar", "fr-CA")
    }
    assert [page.headers["Content-Language"] for page in pages.values()] == ["de", "ar", "fr"]
    assert all("Accept-Language" in page.headers["Vary"] for page in pages.values())
    asked = site.client().get("/archive?language=uk", headers={"Accept-Language": "de"})
    assert asked.headers["Content-Language"] == "uk"
    assert site.client().get("/archive", headers={"Accept-Language": "de"}).data == pages["de"].data


def test_nothing_a_visitor_sends_along_gets_into_what_others_are_shown(site: Site) -> None:
    client = site.client()
    client.get("/archive", data={"shown_in": "ar"})
    client.get("/archive", headers={"Accept-Language": ", " * 600 + "ar"})
    client.get("/archive?x=1&language=ar")
    client.get("/archive", headers={"Host": "elsewhere.example", "X-Forwarded-Host": "elsewhere.example"})
    page = site.client().get("/archive")
    assert page.headers["Content-Language"] == "en"
    assert "elsewhere" not in page.text


def test_who_has_a_session_gets_a_page_of_their_own(site: Site) -> None:
    site.client().get("/archive")
    rename(site)
    client = site.client()
    assert "session=" in client.get("/").headers["Set-Cookie"]
    assert "Another headline" in client.get("/archive").text


def test_a_page_that_sets_a_cookie_is_never_kept_nor_said_to_be(site: Site) -> None:
    from flask import session as visit

    from newsletter.web.caching import kept

    def odd() -> ResponseReturnValue:
        visit["mine"] = "1"
        return kept("mine")

    site.app.view_functions["archive.editions"] = odd
    for path in ("/archive", "/archive?x"):
        answer = site.client().get(path)
        assert answer.headers["Cache-Control"] == "private, no-cache"
        assert "Set-Cookie" in answer.headers


def test_no_nonce_is_given_out_twice(site: Site) -> None:
    for path in PATHS:
        answer = site.client().get(path)
        assert "nonce" not in answer.headers["Content-Security-Policy"]
        assert "script-src 'self'" in answer.headers["Content-Security-Policy"]
        assert not re.search(r"nonce=", answer.text)


def test_errors_and_personal_pages_are_not_kept(site: Site) -> None:
    assert site.client().get("/archive/nothing").status_code == 404
    with site.database.write() as session:
        from tests.web.builders import add_topic

        add_topic(session, "nothing")
    assert site.client().get("/archive/nothing").status_code == 200


def test_a_kept_page_asks_the_database_nothing(site: Site) -> None:
    version = site.app.extensions["newsletter.version"]
    version.seconds = 60
    site.client().get("/archive")
    asked: list[object] = []
    event.listen(site.database.engine, "before_cursor_execute", lambda *given: asked.append(given))
    assert site.client().get("/archive").status_code == 200
    assert asked == []


def test_while_the_database_is_away_there_is_no_version(db: Database) -> None:
    version = Version(db, seconds=0)
    assert version() == version() is not None
    with db.write() as session:
        session.connection().exec_driver_sql("DROP TABLE comment")
    assert version() is None


def test_the_longest_unused_go_first_when_there_are_too_many() -> None:
    pages: PageStore[Page] = PageStore(most_bytes=100)
    for name in "abc":
        pages.put(((name,), 1), Page((), b"x" * 40, float("inf")))
        pages.get((("a",), 1))
    assert [bool(pages.get(((name,), 1))) for name in "abc"] == [True, False, True]
    pages.put((("old",), 1), Page((), b"", 0.0))
    assert pages.get((("old",), 1)) is None
