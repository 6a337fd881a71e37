"""Comments: by readers with a fresh link, shown once let through, erasable, harmless."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from lxml import html
from sqlalchemy import select

from newsletter import comments, subscribers
from newsletter.db import Database
from newsletter.models import Comment, CommentState, Story, Subscriber, Thread
from newsletter.tokens import Purpose, make_dated_token
from tests.web.builders import SECRET, add_news, add_subscriber
from tests.web.conftest import Site, make_site
from tests.web.forms import submit
from tests.web.strings import shared_strings

STORY = "/story/1"


@pytest.fixture
def site(any_db: Database, now: datetime, tmp_path: Path) -> Site:
    """Comments are on; story 1 has a thread, and its elder one."""
    with any_db.write() as session:
        add_news(session, now.date())
        add_subscriber(session, "ann@example.com", now)
        add_subscriber(session, "bob@example.com", now)
        elder = Thread(handle="elder", born_at=now, moved_at=now)
        session.add(elder)
        session.flush()
        thread = Thread(handle="storm", born_at=now, moved_at=now, merged_into_id=elder.id)
        session.add(thread)
        session.flush()
        session.get_one(Story, 1).thread_id = thread.id
        session.get_one(Story, 2).thread_id = elder.id
    return make_site(any_db, now, tmp_path, comments=True)


def fresh(site: Site, address: str, age: timedelta = timedelta(0)) -> str:
    with site.database.read() as session:
        handle = session.scalars(select(Subscriber.handle).where(Subscriber.address == address)).one()
    return f"/preferences/{make_dated_token([SECRET], Purpose.MANAGE, handle, site.now - age)}"


def signed_in(site: Site, address: str = "ann@example.com") -> FlaskClient:
    client, page = site.client(), fresh(site, address)
    assert submit(client, page, f"{page}/comment-here").status_code == 303
    return client


def say(client: FlaskClient, text: str, name: str = "Ann B.") -> Any:
    return submit(client, STORY, f"{STORY}/comment", {"name": name, "text": text})


def kept(site: Site) -> list[Comment]:
    with site.database.read() as session:
        return list(session.scalars(select(Comment).order_by(Comment.id)))


def approve(site: Site) -> None:
    with site.database.write() as session:
        waiting = [one.id for one in comments.waiting(session)]
        assert comments.decide(session, waiting, CommentState.SHOWN, site.now) == len(waiting)


def test_a_comment_shows_once_it_was_let_through(site: Site) -> None:
    ann = signed_in(site)
    assert say(ann, "I saw the storm.\n\nIt was loud.").status_code == 303
    assert "not shown yet" in ann.get(STORY).text
    assert "I saw the storm" not in site.client().get(STORY).text
    assert "I saw the storm" not in signed_in(site, "bob@example.com").get(STORY).text
    approve(site)
    for page in (STORY, "/story/2"):
        shown = site.client().get(page)
        assert "I saw the storm.<br><br>It was loud." in shown.text
        assert "Ann B." in shown.text
        assert "csrf_token" not in html.tostring(
            html.fromstring(shown.text).get_element_by_id("comments"), encoding="unicode"
        )
    assert "ann@example.com" not in site.client().get(STORY).text


def test_a_page_of_somebody_signed_in_is_kept_for_nobody(site: Site) -> None:
    answer = signed_in(site).get(STORY)
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Your comment" in answer.text
    assert "Your comment" not in site.client().get(STORY).text


def test_an_old_link_lets_nobody_comment(site: Site) -> None:
    page = fresh(site, "ann@example.com", timedelta(hours=25))
    client = site.client()
    assert "have a fresh link mailed" in client.get(page).text
    assert submit(client, "/link", f"{page}/comment-here").status_code == 403
    assert "Your comment" not in client.get(STORY).text


def test_who_is_not_signed_in_or_left_writes_nothing(site: Site) -> None:
    stranger = site.client()
    assert submit(stranger, "/link", f"{STORY}/comment", {"name": "Eve", "text": "Hello"}).status_code == 403
    ann = signed_in(site)
    with site.database.write() as session:
        reader = session.scalars(select(Subscriber).where(Subscriber.address == "ann@example.com")).one()
        subscribers.unsubscribe(session, reader.handle, "page", "Leave.", site.now)
    assert submit(ann, "/link", f"{STORY}/comment", {"name": "Ann", "text": "Hello"}).status_code == 403
    assert kept(site) == []


def test_a_month_later_the_browser_has_to_be_signed_in_anew(site: Site) -> None:
    ann = signed_in(site)
    site.pass_time(timedelta(days=31))
    assert "Your comment" not in ann.get(STORY).text


def test_a_reader_erases_their_own_comment_and_no_other(site: Site) -> None:
    ann, bob = signed_in(site), signed_in(site, "bob@example.com")
    say(ann, "Mine")
    (mine,) = kept(site)
    path = f"{STORY}/comment/{mine.id}/take-back"
    assert submit(bob, STORY, path).status_code == 404
    assert submit(ann, STORY, path).status_code == 303
    assert kept(site) == []


def test_erasing_a_reader_erases_their_comments_and_the_export_has_them(site: Site) -> None:
    say(signed_in(site), "Mine")
    with site.database.write() as session:
        reader = session.scalars(select(Subscriber).where(Subscriber.address == "ann@example.com")).one()
        told = subscribers.everything_about(session, reader)
        assert [row["text"] for row in told["comment"]] == ["Mine"]  # type: ignore[attr-defined]
        session.delete(reader)
    assert kept(site) == []


def test_nobody_writes_without_end(site: Site) -> None:
    ann = signed_in(site)
    answers = [say(ann, f"Comment {number}").status_code for number in range(comments.MOST_AN_HOUR + 1)]
    assert answers == [303] * comments.MOST_AN_HOUR + [429]


@pytest.mark.parametrize(
    ("name", "text"), [("", "Hello"), ("Ann", ""), ("...", "Hello"), ("Ann", " \u200b\n ")]
)
def test_a_comment_needs_a_name_and_a_text(site: Site, name: str, text: str) -> None:
    assert say(signed_in(site), text, name).status_code == 422
    assert kept(site) == []


def test_addresses_are_links_that_lend_no_weight(site: Site) -> None:
    say(signed_in(site), 'See https://example.org/a?b=1&c="x", or javascript:alert(1) <b>bold</b>.')
    approve(site)
    section = html.fromstring(site.client().get(STORY).text).get_element_by_id("comments")
    link = next(one for one in section.iter("a") if "example.org" in (one.get("href") or ""))
    assert link.get("href") == "https://example.org/a?b=1&c="
    assert link.get("rel") == "ugc nofollow noopener noreferrer"
    assert not list(section.iter("b"))


def test_hostile_strings_run_nowhere(site: Site) -> None:
    with site.database.write() as session:
        reader = session.scalars(select(Subscriber.id)).first() or 0
        for number, hostile in enumerate(shared_strings()):
            text, name = comments.read_text(hostile), comments.read_name(hostile)
            assert len(text) <= comments.LONGEST
            if text and name:
                at = site.now - timedelta(hours=2 * number + 2)
                made = Comment(thread_id=1, subscriber_id=reader, name=name, text=text, language="en")
                made.at, made.state = at, CommentState.SHOWN
                session.add(made)
    answer = site.client().get(STORY)
    assert answer.status_code == 200
    section = html.fromstring(answer.text).get_element_by_id("comments")
    allowed = {"section", "h2", "h3", "p", "article", "time", "a", "br"}
    assert {one.tag for one in section.iter()} <= allowed
    assert all(
        name in {"href", "rel", "dir", "class", "lang", "datetime", "id", "tabindex", "aria-labelledby"}
        for one in section.iter()
        for name in one.attrib
    )
    assert all((one.get("href") or "").startswith(("http://", "https://", "/")) for one in section.iter("a"))


def test_where_comments_are_off_there_are_none(any_db: Database, site: Site, tmp_path: Path) -> None:
    say(signed_in(site), "Hello")
    approve(site)
    off = make_site(any_db, site.now, tmp_path)
    assert 'id="comments"' not in off.client().get(STORY).text
    page = fresh(off, "ann@example.com")
    assert submit(off.client(), "/link", f"{page}/comment-here").status_code == 404
