import re
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from newsletter import subscribers
from newsletter.models import ConsentRecord, Subscriber
from newsletter.tokens import Purpose, make_token
from tests.web.builders import SECRET, add_subscriber
from tests.web.conftest import Site
from tests.web.forms import submit

ONE_CLICK = {"List-Unsubscribe": "One-Click"}


@pytest.fixture
def site_with_ann(site: Site) -> Site:
    with site.database.write() as session:
        add_subscriber(session, "ann@example.com", site.now, topics=("world", "science"))
    return site


@pytest.fixture
def site_with_pending(site: Site) -> Site:
    with site.database.write() as session:
        add_subscriber(session, "ann@example.com", site.now, topics=("world",), status="pending")
    return site


def ann(site: Site) -> Subscriber:
    with site.database.read() as session:
        query = select(Subscriber).where(Subscriber.address == "ann@example.com")
        found = session.scalars(query.options(selectinload(Subscriber.topics))).one()
        session.expunge_all()
        return found


@pytest.mark.parametrize("status", ["pending", "active", "paused", "unsubscribed"])
def test_looking_at_any_link_changes_nothing_however_often(site: Site, status: str) -> None:
    with site.database.write() as session:
        add_subscriber(session, "ann@example.com", site.now, status=status)
    before = site.dump()
    for client in (site.client(), site.app.test_client(use_cookies=False)):
        for purpose in set(Purpose) - {Purpose.FORM}:
            for method in ("GET", "HEAD", "GET", "OPTIONS"):
                answer = client.open(site.link(purpose), method=method)
                assert answer.status_code in (200, 404)
    assert site.dump() == before
    assert site.woken == 0


def test_confirming_takes_the_button_and_promises_the_welcome_issue(site_with_pending: Site) -> None:
    site = site_with_pending
    page = site.link(Purpose.CONFIRM)
    shown = site.client().get(page).get_data(as_text=True)
    assert "a…@e….com" in shown
    assert "ann@example.com" not in shown
    assert "Every day at 07:00, Europe/Berlin time" in shown
    answer = submit(site.client(), page)
    assert answer.status_code == 200
    assert "Your welcome issue is on its way" in answer.get_data(as_text=True)
    assert ann(site).status == "active"
    assert site.woken == 1


def test_confirming_twice_is_as_good_as_once(site_with_pending: Site) -> None:
    site = site_with_pending
    client = site.client()
    page = site.link(Purpose.CONFIRM)
    token = re.search(r'csrf_token" value="([^"]+)', client.get(page).get_data(as_text=True))
    assert token
    for _ in range(2):
        assert client.post(page, data={"csrf_token": token[1]}).status_code == 200
    with site.database.read() as session:
        assert [r.kind for r in session.scalars(select(ConsentRecord))] == ["requested", "confirmed"]


def test_who_follows_topics_without_an_edition_is_not_promised_one_at_once(site: Site) -> None:
    with site.database.write() as session:
        add_subscriber(session, "ann@example.com", site.now, topics=("sport",), status="pending")
    answer = submit(site.client(), site.link(Purpose.CONFIRM))
    assert "still being gathered" in answer.get_data(as_text=True)


@pytest.fixture
def bad_links(site_with_ann: Site) -> dict[str, str]:
    """Links that must not work, by what is wrong with them."""
    good = site_with_ann.link(Purpose.MANAGE).removeprefix("/preferences/")
    other = site_with_ann.link(Purpose.UNSUBSCRIBE).removeprefix("/unsubscribe/")
    return {
        "nonsense": "nonsense",
        "tampered": good[:-2] + ("AA" if good[-2:] != "AA" else "BB"),
        "cut short": good[: len(good) // 2],
        "for something else": other,
        "of a stranger's key": make_token(["another key"], Purpose.MANAGE, "handle"),
        "of nobody": make_token([SECRET], Purpose.MANAGE, "nobody"),
        "endless": "x" * 5000,
    }


def test_every_bad_link_gets_the_same_kind_page(site_with_ann: Site, bad_links: dict[str, str]) -> None:
    pages = set()
    for token in bad_links.values():
        answer = site_with_ann.client().get(f"/preferences/{token}")
        assert answer.status_code == 404
        pages.add(answer.get_data(as_text=True))
    assert len(pages) == 1
    assert "sign up once more" in pages.pop()


def test_a_confirmation_link_is_good_for_seven_days(site_with_pending: Site) -> None:
    page = site_with_pending.link(Purpose.CONFIRM)
    client = site_with_pending.client()
    site_with_pending.pass_time(timedelta(days=6, hours=23))
    assert client.get(page).status_code == 200
    site_with_pending.pass_time(timedelta(hours=2))
    assert client.get(page).status_code == 404


def test_an_old_confirmation_link_shows_nothing_after_unsubscribing(site_with_ann: Site) -> None:
    site = site_with_ann
    page = site.link(Purpose.CONFIRM)
    submit(site.client(), site.link(Purpose.UNSUBSCRIBE))
    assert site.client().get(page).status_code == 404
    assert ann(site).status == "unsubscribed"


def test_preferences_show_the_choices_and_when_the_next_issue_comes(site_with_ann: Site) -> None:
    page = site_with_ann.client().get(site_with_ann.link(Purpose.MANAGE)).get_data(as_text=True)
    assert "a…@e….com: Monday, 07:00 – that is in 24 hours." in page
    assert 'value="world" checked' in page
    assert 'value="technology" checked' not in page
    assert "Storm closes the northern ports" in page
    assert "ann@example.com" not in page


def choices(**changes: object) -> dict[str, object]:
    days = [str(day) for day in range(7)]
    return {"topics": ["technology"], "hour": "18:00", "zone": "Asia/Tokyo", "days": days, **changes}


def test_changed_preferences_are_kept_and_the_next_issue_moves(site_with_ann: Site) -> None:
    site = site_with_ann
    client = site.client()
    answer = submit(client, site.link(Purpose.MANAGE), fields=choices(days=["0", "4"]))
    assert answer.status_code == 303
    page = client.get(answer.location).get_data(as_text=True)
    assert "Your choices are saved." in page
    assert "Monday, 18:00" in page
    changed = ann(site)
    assert ([t.slug for t in changed.topics], changed.timezone) == (["technology"], "Asia/Tokyo")
    assert changed.weekdays == 0b10001


def test_preferences_without_a_topic_or_a_day_are_explained_and_not_taken(site_with_ann: Site) -> None:
    site = site_with_ann
    before = site.dump()
    answer = submit(site.client(), site.link(Purpose.MANAGE), fields=choices(topics=[], days=[]))
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert 'id="topics-problem"' in page
    assert 'id="days-problem"' in page
    assert site.dump() == before


def test_a_pause_of_a_week_says_when_it_ends_and_can_be_ended_early(site_with_ann: Site) -> None:
    site = site_with_ann
    page = site.link(Purpose.MANAGE)
    client = site.client()
    answer = submit(client, page, f"{page}/pause", {"for": "week"})
    assert "It goes on on Sunday, 29 November 2026." in client.get(answer.location).get_data(as_text=True)
    assert (ann(site).status, ann(site).next_issue_at) == ("paused", None)
    submit(client, page, f"{page}/resume")
    assert ann(site).status == "active"


def test_a_pause_can_have_no_end(site_with_ann: Site) -> None:
    site = site_with_ann
    page = site.link(Purpose.MANAGE)
    client = site.client()
    answer = submit(client, page, f"{page}/pause", {"for": "open"})
    assert "is paused until you come back." in client.get(answer.location).get_data(as_text=True)
    assert ann(site).paused_until is None


@pytest.mark.parametrize(
    ("status", "words"), [("pending", "confirm first"), ("unsubscribed", "unsubscribed")]
)
def test_preferences_of_who_is_no_reader_say_why(site: Site, status: str, words: str) -> None:
    with site.database.write() as session:
        add_subscriber(session, "ann@example.com", site.now, status=status)
    assert words in site.client().get(site.link(Purpose.MANAGE)).get_data(as_text=True)


def test_unsubscribing_by_the_page_takes_effect_and_can_be_undone(site_with_ann: Site) -> None:
    site = site_with_ann
    page = site.link(Purpose.UNSUBSCRIBE)
    client = site.client()
    answer = submit(client, page)
    assert answer.status_code == 200
    assert "You are unsubscribed" in answer.get_data(as_text=True)
    assert ann(site).status == "unsubscribed"
    undone = submit(client, page, f"{page}/undo")
    assert "You are subscribed again" in undone.get_data(as_text=True)
    assert ann(site).status == "active"


def test_after_a_week_an_old_mail_cannot_undo_an_unsubscription(site_with_ann: Site) -> None:
    site = site_with_ann
    page = site.link(Purpose.UNSUBSCRIBE)
    client = site.client()
    submit(client, page)
    site.pass_time(timedelta(days=8))
    assert "Undo" not in client.get(page).get_data(as_text=True)
    assert submit(client, "/", f"{page}/undo").status_code == 409
    assert ann(site).status == "unsubscribed"


@pytest.mark.parametrize("encoding", ["urlencoded", "multipart", "nameless"])
def test_one_click_unsubscribes_without_cookie_token_or_redirect_however_often(
    site_with_ann: Site, encoding: str
) -> None:
    site = site_with_ann
    page = site.link(Purpose.UNSUBSCRIBE)
    client: FlaskClient = site.app.test_client(use_cookies=False)
    kind = {"urlencoded": None, "multipart": "multipart/form-data", "nameless": None}[encoding]
    body = "List-Unsubscribe=One-Click" if encoding == "nameless" else ONE_CLICK
    for _ in range(2):
        answer = client.post(page, data=body, content_type=kind)
        assert answer.status_code == 200
        assert answer.mimetype == "text/plain"
        assert "Location" not in answer.headers
        assert "Set-Cookie" not in answer.headers
        assert ann(site).status == "unsubscribed"
    with site.database.read() as session:
        records = session.scalars(select(ConsentRecord).where(ConsentRecord.kind == "withdrawn")).all()
        assert [(r.via, r.wording) for r in records] == [("one-click", "List-Unsubscribe=One-Click")]


def test_one_click_with_a_bad_link_is_answered_plainly_and_changes_nothing(site_with_ann: Site) -> None:
    before = site_with_ann.dump()
    answer = site_with_ann.client().post("/unsubscribe/nonsense", data=ONE_CLICK)
    assert (answer.status_code, answer.mimetype) == (404, "text/plain")
    assert site_with_ann.dump() == before


def test_unsubscribing_somebody_erased_is_answered_kindly(site_with_ann: Site) -> None:
    site = site_with_ann
    page = site.link(Purpose.UNSUBSCRIBE)
    with site.database.write() as session:
        found = subscribers.find_by_address(session, "ann@example.com")
        assert found
        subscribers.erase(session, found)
    client = site.client()
    assert client.get(page).status_code == 200
    assert "not on our list" in client.get(page).get_data(as_text=True)
    assert client.post(page, data=ONE_CLICK).status_code == 200
    assert submit(client, "/", page).status_code == 200
    assert submit(client, "/", f"{page}/undo").status_code == 200


@pytest.mark.parametrize(
    ("purpose", "path"),
    [
        (Purpose.CONFIRM, ""),
        (Purpose.MANAGE, ""),
        (Purpose.MANAGE, "/pause"),
        (Purpose.MANAGE, "/resume"),
        (Purpose.UNSUBSCRIBE, ""),
        (Purpose.UNSUBSCRIBE, "/undo"),
    ],
)
@pytest.mark.parametrize("status", ["pending", "active", "paused", "unsubscribed"])
def test_no_page_acts_without_its_form_token(site: Site, purpose: Purpose, path: str, status: str) -> None:
    with site.database.write() as session:
        add_subscriber(session, "ann@example.com", site.now, status=status)
    before = site.dump()
    answer = site.client().post(site.link(purpose) + path, data=choices(**{"for": "week"}))
    assert answer.status_code == 400
    assert site.dump() == before
