"""A story's thread, key points, picture to share, and what a model may be asked about it."""

from datetime import datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
from lxml import html
from PIL import Image
from sqlalchemy.orm import Session

from newsletter.models import Story, Thread
from newsletter.web import asking, share_fonts
from newsletter.web.machine import MachineWords
from newsletter.web.share_picture import Shown, share_picture
from tests.web.builders import add_edition, add_source, add_topic
from tests.web.conftest import Site
from tests.web.strings import shared_strings
from tests.web.test_hostile_input import scripts
from tests.web.test_story_page import steps, story_of, text_of

LEAD = "Storm closes the northern ports for a second day"


class FakeMachine:
    """Says what it was asked; knows no answer to `nothing`."""

    def explain(self, story_id: int, language: str) -> MachineWords | None:
        return MachineWords((f"Simply {story_id} in {language}.", "<b>bold</b>"), "tiny-1")

    def answer(self, story_id: int, language: str, question: str) -> MachineWords | None:
        said = f"About {question} ({story_id}, {language})"
        return None if question == "nothing" else MachineWords((said,), "tiny-1")

    def translate(self, _story_id: int, language: str) -> MachineWords | None:
        return MachineWords((f"In {language}",), "tiny-1")


@pytest.fixture
def machine(site: Site) -> Site:
    site.app.extensions["newsletter.machine"] = FakeMachine()
    return site


def add_thread(session: Session, handle: str, now: datetime, into: int | None = None) -> Thread:
    thread = Thread(handle=handle, born_at=now, moved_at=now, merged_into_id=into)
    session.add(thread)
    session.flush()
    return thread


@pytest.fixture
def threads(site: Site) -> Site:
    """Two threads, the younger joined to the older: yesterday's story in one, today's in the other."""
    with site.database.write() as session:
        old = add_thread(session, "old", site.now)
        young = add_thread(session, "young", site.now, old.id)
        add_thread(session, "empty", site.now)
        session.get_one(Story, story_of(site, LEAD)).thread_id = old.id
        herald, topic = add_source(session, "Night Herald"), add_topic(session, "weather")
        day = site.now.date() - timedelta(days=1)
        add_edition(session, topic, day, [[(herald, "A storm gathers")]]).stories[0].thread_id = young.id
    return site


def test_stories_of_joined_threads_stand_in_one_timeline(threads: Site) -> None:
    page = threads.client().get(f"/story/{story_of(threads, LEAD)}")
    assert steps(page) == [LEAD, "A storm gathers"]
    assert "moved on" in threads.client().get(f"/story/{story_of(threads, 'A storm gathers')}").text


def test_a_threads_address_leads_to_its_newest_story_also_after_it_was_joined(threads: Site) -> None:
    for handle in ("old", "young"):
        answer = threads.client().get(f"/thread/{handle}")
        assert answer.status_code == 302
        assert answer.headers["Location"] == f"/story/{story_of(threads, LEAD)}"
    for handle in ("empty", "none", "x" * 500, "%00"):
        assert threads.client().get(f"/thread/{handle}").status_code == 404


def test_threads_joined_in_a_circle_end_somewhere(threads: Site) -> None:
    with threads.database.write() as session:
        session.get_one(Thread, 1).merged_into_id = 2
    assert threads.client().get("/thread/old").status_code == 302


def test_key_points_news_and_reading_time_stand_on_the_page_where_there_are_any(site: Site) -> None:
    number = story_of(site, LEAD)
    assert "Key points" not in site.client().get(f"/story/{number}").text
    with site.database.write() as session:
        story = session.get_one(Story, number)
        story.key_points = ["Ports are shut.", "Ships wait <outside>."]
        story.news, story.reading_seconds, story.written_by = "A second day.", 150, "tiny-1"
        story.edition.closed_at += timedelta(seconds=1)
    page = site.client().get(f"/story/{number}")
    assert text_of(page, "//article/ul[not(@class)]/li") == ["Ports are shut.", "Ships wait <outside>."]
    assert text_of(page, "//p[@class='newer']") == ["New: A second day."]
    assert "Reading the report takes about 2 minutes" in page.text
    assert "Summed up by a machine (tiny-1)" in page.text


def test_nothing_is_offered_while_no_model_is_set(site: Site) -> None:
    number = story_of(site, LEAD)
    assert "<form" not in site.client().get(f"/story/{number}").text
    assert site.client().post(f"/story/{number}/explain").status_code == 404


def test_a_model_explains_answers_and_translates_by_plain_forms(machine: Site) -> None:
    number = story_of(machine, LEAD)
    client = machine.client()
    page = html.fromstring(client.get(f"/story/{number}", headers={"Accept-Language": "de"}).text)
    assert page.xpath("//form/@action") == [
        f"/story/{number}/explain#said",
        f"/story/{number}/translate#said",
        f"/story/{number}/ask#said",
    ]
    said = client.post(f"/story/{number}/explain", data={"shown_in": "de"})
    assert said.headers["Cache-Control"] == "no-store"
    assert f"Simply {number} in de." in said.text
    assert "&lt;b&gt;bold" in said.text
    assert "tiny-1" in said.text
    assert "In fr" in client.post(f"/story/{number}/translate", data={"shown_in": "fr"}).text
    assert "About who waits? (" in client.post(f"/story/{number}/ask", data={"question": "who waits?"}).text


def test_who_gets_no_answer_is_told_so(machine: Site) -> None:
    number = story_of(machine, LEAD)
    answer = machine.client().post(f"/story/{number}/ask", data={"question": "nothing"})
    assert "The machine has no answer to that" in answer.text
    assert machine.client().post(f"/story/{number}/ask", data={"question": " "}).status_code == 422


def test_a_page_in_the_readers_language_offers_no_translation(machine: Site) -> None:
    page = machine.client().get(f"/story/{story_of(machine, LEAD)}").text
    assert "/explain" in page
    assert "/translate" not in page


@pytest.mark.parametrize(
    "header", [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://elsewhere.example"}, {"Origin": "null"}]
)
def test_other_sites_cannot_make_a_visitor_ask(machine: Site, header: dict[str, str]) -> None:
    path = f"/story/{story_of(machine, LEAD)}/explain"
    assert machine.client().post(path, headers=header).status_code == 403


def test_a_network_may_ask_only_so_often(machine: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    path = f"/story/{story_of(machine, LEAD)}/explain"
    here: dict[str, Any] = {"environ_base": {"REMOTE_ADDR": "192.0.2.1"}}
    answers = [machine.client().post(path, **here).status_code for _ in range(asking.EACH.amount + 1)]
    assert answers == [200] * asking.EACH.amount + [429]
    assert machine.client().post(path, environ_base={"REMOTE_ADDR": "192.0.2.2"}).status_code == 200


def test_no_question_breaks_the_page_or_runs_on_it(machine: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "_in_turn", lambda: True)
    path = f"/story/{story_of(machine, LEAD)}/ask"
    for text in ["a\0b", "x" * 10_000, *shared_strings()[::9]]:
        question = text.encode("utf-8", "replace").decode()
        answer = machine.client().post(path, data={"question": question})
        assert answer.status_code in (200, 422), text
        assert scripts(answer.data) == [], text


@pytest.mark.parametrize("path", ["/share.png", "/archive/world/2026-11-22/share.png", "/story/1/share.png"])
def test_a_picture_to_share_has_the_size_that_other_sites_show(site: Site, path: str) -> None:
    answer = site.client().get(path)
    assert answer.content_type == "image/png"
    assert Image.open(BytesIO(answer.data)).size == (1200, 630)
    assert len(answer.data) < 100_000
    assert "public" in answer.headers["Cache-Control"]


@pytest.mark.parametrize(
    "headline",
    ["", "العاصفة تغلق الموانئ", "暴風雨で港が閉鎖", "x" * 160, "Été à Zürich – “oui”", "\u0e01\ufffe😀"],
)
def test_any_script_makes_a_picture_on_any_machine(headline: str, monkeypatch: pytest.MonkeyPatch) -> None:
    shown = Shown("The Daily", "World · Sunday", headline, "#8f1d21", rtl="ا" in headline)
    drawn = share_picture(shown)
    assert share_picture(shown) == drawn
    monkeypatch.setattr(share_fonts, "_NAMES", ())
    share_fonts._fonts.cache_clear()
    bare = share_picture(shown)
    share_fonts._fonts.cache_clear()
    assert Image.open(BytesIO(bare)).size == (1200, 630)


def test_the_page_names_its_picture_and_says_what_it_is(site: Site) -> None:
    number = story_of(site, LEAD)
    page = html.fromstring(site.client().get(f"/story/{number}").text)
    base = "http://127.0.0.1:8000"
    assert page.xpath("//meta[@property='og:image']/@content") == [f"{base}/story/{number}/share.png"]
    (data,) = page.xpath("//script[@type='application/ld+json']/text()")
    assert '"@type":"CollectionPage"' in data
    assert "NewsArticle" not in data
