"""Feeds, sitemap, robots.txt: as their rules have it, and as cheap as they can be asked for."""

import json
from datetime import UTC, datetime
from typing import Any

import feedparser
import pytest
from lxml import etree
from sqlalchemy import select

from newsletter.models import Edition, Story
from newsletter.web import sitemap
from tests.web.builders import add_edition, add_source, add_topic
from tests.web.conftest import Site
from tests.web.test_story_page import story_of

BASE = "http://127.0.0.1:8000"
ATOM = "{http://www.w3.org/2005/Atom}"
MAPS = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


def json_of(site: Site, path: str) -> Any:
    return json.loads(site.client().get(path).data)


def test_an_atom_feed_has_what_the_rule_asks_for(site: Site) -> None:
    answer = site.client().get("/archive/world/feed.atom")
    assert answer.content_type == "application/atom+xml; charset=utf-8"
    feed = etree.fromstring(answer.data)
    assert feed.findtext(f"{ATOM}id") == f"{BASE}/archive/world/feed.atom"
    assert feed.findtext(f"{ATOM}updated") == "2026-11-22T05:00:00+00:00"
    assert {link.get("rel"): link.get("href") for link in feed.findall(f"{ATOM}link")} == {
        "self": f"{BASE}/archive/world/feed.atom",
        "alternate": f"{BASE}/archive/world",
    }
    entries = feed.findall(f"{ATOM}entry")
    assert len(entries) == 4
    for entry in entries:
        for needed in ("id", "title", "updated", "author", "content"):
            assert len(entry.findall(f"{ATOM}{needed}")) == 1, needed
    assert len({entry.findtext(f"{ATOM}id") for entry in entries}) == 4


def test_a_reader_of_feeds_understands_it(site: Site) -> None:
    read = feedparser.parse(site.client().get("/feed.atom").data)
    assert not read.bozo
    assert len(read.entries) == 8
    storm = next(entry for entry in read.entries if entry.title.startswith("Storm"))
    assert storm.link == f"{BASE}/story/{story_of(site, 'Ports shut as storm stays')}"
    assert storm.author == "Harbour Herald"
    assert "Ports shut as storm stays" in storm.content[0].value
    assert [tag.term for tag in storm.tags] == ["World"]


def test_a_json_feed_has_what_the_rule_asks_for(site: Site) -> None:
    feed = json_of(site, "/archive/world/feed.json")
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert (feed["home_page_url"], feed["feed_url"]) == (
        f"{BASE}/archive/world",
        f"{BASE}/archive/world/feed.json",
    )
    first = feed["items"][0]
    assert isinstance(first["id"], str)
    assert first["url"].startswith(f"{BASE}/story/")
    assert first["external_url"].startswith("https://harbour-herald.example.com/")
    assert datetime.fromisoformat(first["date_published"]).tzinfo
    assert first["content_html"]
    assert len(json_of(site, "/feed.json")["items"]) == 8


def test_who_has_a_feed_is_not_sent_it_again_until_it_changes(site: Site) -> None:
    client = site.client()
    answer = client.get("/feed.json")
    assert answer.headers["Last-Modified"] == "Sun, 22 Nov 2026 05:00:00 GMT"
    for had in (
        {"If-None-Match": answer.headers["ETag"]},
        {"If-Modified-Since": answer.headers["Last-Modified"]},
    ):
        assert client.get("/feed.json", headers=had).status_code == 304
    with site.database.write() as session:
        add_edition(
            session,
            add_topic(session, "new"),
            datetime(2026, 11, 23, tzinfo=UTC).date(),
            [[(add_source(session, "S"), "Later")]],
        )
    again = client.get("/feed.json", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 200
    assert json.loads(again.data)["items"][0]["title"] == "Later"


def test_what_is_withheld_is_in_no_feed(site: Site) -> None:
    with site.database.write() as session:
        for edition in session.scalars(select(Edition)):
            edition.status = "held"
    assert json_of(site, "/feed.json")["items"] == []
    empty = etree.fromstring(site.client().get("/feed.atom").data)
    assert empty.findtext(f"{ATOM}updated")
    assert site.client().get("/archive/none/feed.atom").status_code == 404


def test_hostile_words_stay_words_in_feeds(site: Site) -> None:
    odd = "<script>alert(1)</script>]]>\0\x0b\ufffe&amp;" + "\ud800"
    with site.database.write() as session:
        story = session.get_one(Story, story_of(site, "Ports shut as storm stays"))
        clean = odd.encode("utf-8", "replace").decode()
        story.summary = story.articles[0].title = story.articles[0].source_name = clean
        story.articles[0].url = "javascript:alert(1)"
    read = feedparser.parse(site.client().get("/archive/world/feed.atom").data)
    assert not read.bozo
    feed = site.client().get("/archive/world/feed.json").text
    assert "javascript:" not in feed
    assert "<script" not in json.loads(feed)["items"][0]["content_html"]


def test_robots_are_kept_off_readers_pages_and_shown_the_sitemap(site: Site) -> None:
    answer = site.client().get("/robots.txt")
    assert answer.content_type == "text/plain; charset=utf-8"
    lines = answer.text.splitlines()
    for personal in ("/preferences/", "/unsubscribe/", "/confirm/", "/address/", "/undo/"):
        assert f"Disallow: {personal}" in lines
    assert f"Sitemap: {BASE}/sitemap.xml" in lines


def test_the_sitemap_names_every_page(site: Site) -> None:
    tree = etree.fromstring(site.client().get("/sitemap.xml").data)
    assert tree.tag == f"{MAPS}urlset"
    places = [url.findtext(f"{MAPS}loc") for url in tree]
    assert len(places) == len(set(places)) == 2 + 4 + 3 + 8
    client = site.client()
    for place in places:
        assert place
        assert client.get(place.removeprefix(BASE)).status_code == 200, place


def test_a_sitemap_that_grows_too_long_comes_in_parts(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = [url.findtext(f"{MAPS}loc") for url in etree.fromstring(site.client().get("/sitemap.xml").data)]
    for most in (1, 4, 7, 16):
        monkeypatch.setattr(sitemap, "MOST", most)
        with site.app.test_request_context():
            index = etree.fromstring(sitemap.whole().data)
            assert index.tag == f"{MAPS}sitemapindex"
            parts = [etree.fromstring(sitemap.part(n + 1).data) for n in range(len(index))]
        assert all(len(part) <= most for part in parts)
        assert [url.findtext(f"{MAPS}loc") for part in parts for url in part] == whole
    assert site.client().get("/sitemap-99.xml").status_code == 404
