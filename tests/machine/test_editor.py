"""An edition that a model sums up: from the plan to the page, and without it when there is no answer."""

import json
import threading
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from newsletter import jobs
from newsletter.db import Database
from newsletter.editions.due import DueEdition
from newsletter.editions.sentences import sentences
from newsletter.machine.author import Author
from newsletter.machine.editor import Editor
from newsletter.mail.fragment import render_fragment
from newsletter.mail.muted import without_sources
from newsletter.models import Edition, Story
from newsletter.printed import edition_content
from tests.editions.catalogue import WINDOW, add_article, add_day, add_topic
from tests.editions.newsroom import MORNING
from tests.machine.model_server import ModelServer

JUST_AFTER = MORNING + timedelta(seconds=40)
A_DAY = timedelta(days=1)
MOVED = (
    "Harbour bridge in Port Elden stays closed: second crack is found",
    "Port Elden harbour bridge: second crack in the girder means eleven weeks of repairs",
)
MOVED_ON = (
    "Engineers found a second crack in the main girder of the harbour bridge in Port Elden on Sunday. "
    "Contractor Vale & Sons now needs eleven weeks for the repairs, the city said."
)


def honest(material: dict[str, Any]) -> str:
    """A model that says the last report's first sentence, and the first report's last."""
    told = [sentences(one["text"]) or [one["title"]] for one in material["reports"]]
    said = {"summary": [told[-1][0]], "key_points": [told[0][-1]], "brief": [told[0][0]]}
    return json.dumps(said | ({"news": [told[0][0]]} if "before" in material else {}))


@pytest.fixture
def topic(db: Database) -> int:
    """A topic with the invented news day."""
    with db.write() as session:
        topic = add_topic(session)
        add_day(session, topic)
        return topic.id


def close(db: Database, topic: int, author: Author, days: int = 0, seconds: float = 20) -> Edition:
    """Close the topic's edition with the model, and return it."""
    cutoff = MORNING + days * A_DAY
    due = DueEdition(topic, cutoff.date(), cutoff)
    edit = Editor(author, call_seconds=5, round_seconds=seconds)
    assert jobs.close_one(db, due, cutoff + timedelta(seconds=40), WINDOW, edit=edit)
    with db.read() as session:
        return session.scalars(select(Edition).where(Edition.date == cutoff.date())).one()


def test_an_edition_is_told_by_the_model_and_says_so(
    db: Database, topic: int, author: Author, model: ModelServer
) -> None:
    model.speak = honest
    edition = close(db, topic, author)
    assert edition.brief
    assert edition.brief_by == "tiny-1"
    with db.read() as session:
        content = edition_content(session, session.get_one(Edition, edition.id))
    bridge = next(story for story in content.stories if "bridge" in story.headline)
    assert bridge.written_by == "tiny-1"
    assert (
        bridge.summary
        == "About 40,000 drivers a day must find another way after the harbour bridge was closed."
    )
    for length in ("standard", "full"):
        fragment = render_fragment(content, "en", length)
        told = fragment.pieces[content.stories.index(bridge)].top
        for words in (told.html, " ".join(told.text.split())):
            assert "Summed up by a machine (tiny-1) from these reports." in words
            assert "About 40,000 drivers a day must find another way" in words
        assert content.brief in fragment.head.html
        assert "Summed up by a machine" in fragment.head.text
    short = render_fragment(content, "en", "headlines")
    assert "machine" not in short.head.html + "".join(piece.top.html for piece in short.pieces)


def test_whoever_mutes_one_of_its_sources_reads_the_others_own_words(
    db: Database, topic: int, author: Author, model: ModelServer
) -> None:
    model.speak = honest
    edition = close(db, topic, author)
    with db.read() as session:
        content = edition_content(session, session.get_one(Edition, edition.id))
    bridge = next(story for story in content.stories if "bridge" in story.headline)
    without = without_sources(content, {bridge.related[0].source_id})
    told = next(story for story in without.stories if story.article_id == bridge.article_id)
    assert told.written_by == ""
    assert told.summary.startswith("Engineers shut the Port Elden harbour bridge")
    assert without.brief == ""
    assert without_sources(content, {9999}) == content


def test_what_is_new_since_yesterday_is_asked_with_what_readers_know(
    db: Database, topic: int, author: Author, model: ModelServer
) -> None:
    model.speak = honest
    close(db, topic, author)
    with db.write() as session:
        for source, title in zip(session.get_one(Edition, 1).topic.sources, MOVED, strict=False):
            add_article(session, source, title, MOVED_ON, published=MORNING + timedelta(hours=10))
    model.asked.clear()
    edition = close(db, topic, author, days=1)
    with db.read() as session:
        story = session.scalars(select(Story).where(Story.edition_id == edition.id)).one()
        assert story.previous_id is not None
        assert story.news.startswith("Engineers found a second crack")
    (asked,) = [json.loads(one["messages"][1]["content"]) for one in model.asked]
    assert "crack is found" in asked["before"][0]["title"]


@pytest.mark.parametrize("trouble", ["invents", "refuses", "hangs", "gone"])
def test_whatever_the_model_does_the_edition_is_told_in_time(
    db: Database, topic: int, author: Author, model: ModelServer, trouble: str
) -> None:
    match trouble:
        case "invents":
            model.speak = lambda _: json.dumps({"summary": ["Mayor Zorb fled to Bergen with 99 goats."]})
        case "refuses":
            model.status = 401
        case "hangs":
            model.hold = threading.Event()
        case "gone":
            model.cut = True
    edition = close(db, topic, author, seconds=2)
    with db.read() as session:
        stories = session.scalars(select(Story).where(Story.edition_id == edition.id)).all()
        assert len(stories) == 10
        assert {story.written_by for story in stories} == {None}
        assert all(story.summary for story in stories)
        assert (edition.brief, edition.brief_by) == ("", None)
    if trouble != "invents":
        assert len(model.asked) <= 4, "after the first failure nobody is asked any more"


def test_editions_that_close_again_ask_nothing_twice(
    db: Database, topic: int, author: Author, model: ModelServer
) -> None:
    model.speak = honest
    close(db, topic, author)
    asked = len(model.asked)
    with db.write() as session:
        session.delete(session.get_one(Edition, 1))
    close(db, topic, author)
    assert len(model.asked) == asked
