"""The links of a mail that change something: the page says what will be, only its button does it."""

import re
from datetime import date, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from newsletter.models import Edition, Source, Subscriber
from newsletter.tokens import Purpose
from tests.web.builders import add_subscriber
from tests.web.conftest import Site
from tests.web.forms import csrf_token
from tests.web.test_security import paths

WEEK = timedelta(days=7)


@pytest.fixture
def site_with_ann(site: Site) -> Site:
    """Ann reads World at 07:00 in Berlin, where it is 07:00 just now: today's hour is over."""
    with site.database.write() as session:
        add_subscriber(session, "ann@example.com", site.now)
    return site


def ann(site: Site) -> Subscriber:
    with site.database.read() as session:
        found = session.scalars(select(Subscriber).where(Subscriber.address == "ann@example.com")).one()
        session.expunge_all()
        return found


def world(site: Site) -> int:
    with site.database.read() as session:
        return session.scalars(select(Edition.id).where(Edition.topic.has(slug="world"))).one()


def source(site: Site, name: str = "The Wire") -> int:
    with site.database.read() as session:
        return session.scalars(select(Source.id).where(Source.name == name)).one()


def hidden(page: str, *, form: int = 0) -> dict[str, str]:
    """What a page's form would send by itself."""
    inside = re.findall(r"<form.*?</form>", page, re.DOTALL)[form]
    return dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', inside))


def press(client: FlaskClient, page: str, **button: str) -> TestResponse:
    """Open a page and press its button."""
    shown = client.get(page).text
    return client.post(page, data={**hidden(shown), **button})


def undo(client: FlaskClient, answer: TestResponse) -> TestResponse:
    """Press the button that takes back what the page says was done."""
    action = re.search(r'<form method="post" action="([^"]+)">', answer.text)
    assert action, answer.text
    return client.post(action[1], data=hidden(answer.text))


def quick_links(site: Site) -> list[str]:
    base = site.link(Purpose.MANAGE)
    return [base, *(f"{base}/{path}" for path in ("pause", "earlier", "later", f"less/{world(site)}"))]


@pytest.mark.parametrize("status", ["pending", "active", "paused", "unsubscribed"])
def test_fetching_any_address_three_times_changes_nothing(site: Site, status: str) -> None:
    with site.database.write() as session:
        add_subscriber(session, "ann@example.com", site.now, status=status)
    before = site.dump()
    everywhere = [*paths(site), *quick_links(site)]
    for path in everywhere:
        for query in ("", "?for=week&mute=1&at=06:00&was=07:00", "?from=mail&until=2026-12-01&source=1"):
            for method in ("GET", "HEAD"):
                site.client().open(path + query, method=method).close()
    assert site.dump() == before
    assert site.woken == 0


def test_pausing_says_until_when_and_holds_mail_back(site_with_ann: Site) -> None:
    site, client = site_with_ann, site_with_ann.client()
    page = site.link(Purpose.MANAGE) + "/pause"
    shown = client.get(page).text
    assert "Nothing comes to a…@e….com until Sunday, 29 November 2026." in shown
    assert "ann@example.com" not in shown
    answer = press(client, page)
    assert answer.status_code == 200
    assert "It goes on by itself on Sunday, 29 November 2026." in answer.text
    assert (ann(site).status, ann(site).paused_until) == ("paused", site.now.date() + WEEK)
    undone = undo(client, answer)
    assert "Your mail goes on" in undone.text
    assert "The next issue comes tomorrow at 07:00 – that is in 24 hours." in undone.text
    assert ann(site).status == "active"
    undo(client, undone)
    assert (ann(site).status, ann(site).paused_until) == ("paused", date(2026, 11, 29))


def test_a_button_pressed_again_days_later_does_not_lengthen_the_pause(site_with_ann: Site) -> None:
    site, client = site_with_ann, site_with_ann.client()
    page = site.link(Purpose.MANAGE) + "/pause"
    form = hidden(client.get(page).text)
    client.post(page, data=form)
    site.pass_time(timedelta(days=3))
    client.post(page, data=form)
    assert ann(site).paused_until == date(2026, 11, 29)


def test_who_is_paused_already_is_offered_the_way_back(site_with_ann: Site) -> None:
    site, client = site_with_ann, site_with_ann.client()
    page = site.link(Purpose.MANAGE) + "/pause"
    press(client, page)
    shown = client.get(page).text
    assert "goes on by itself on Sunday, 29 November 2026" in shown
    assert "Go on now" in shown
    assert "Pause for a week" not in shown
    for _ in range(2):
        answer = client.post(page.replace("/pause", "/resume"), data=hidden(shown))
        assert "Undo: pause again" in answer.text
        assert ann(site).status == "active"


def test_a_pause_page_left_open_too_long_changes_nothing_and_asks_for_a_date(site_with_ann: Site) -> None:
    site, client = site_with_ann, site_with_ann.client()
    page = site.link(Purpose.MANAGE) + "/pause"
    form = hidden(client.get(page).text)
    site.pass_time(timedelta(days=8))
    answer = client.post(page, data=form)
    assert answer.status_code == 422
    assert "Please choose a date after today" in answer.text
    assert ann(site).status == "active"


@pytest.mark.parametrize(
    ("until", "status"),
    [
        ("2026-11-23", 303),
        ("2027-11-23", 303),
        ("2026-11-22", 422),
        ("2026-11-21", 422),
        ("2027-11-24", 422),
        ("2026-02-30", 422),
        ("20261201", 422),
        ("soon", 422),
        ("", 422),
    ],
)
def test_a_pause_until_a_date_takes_dates_from_tomorrow_to_a_year(
    site_with_ann: Site, until: str, status: int
) -> None:
    site, client = site_with_ann, site_with_ann.client()
    page = site.link(Purpose.MANAGE)
    form = {"csrf_token": csrf_token(client.get(page).text), "for": "date", "until": until}
    answer = client.post(f"{page}/pause", data=form)
    assert answer.status_code == status
    taken = ann(site)
    assert (taken.status == "paused") == (status == 303)
    assert taken.paused_until == (date.fromisoformat(until) if status == 303 else None)
    if status == 422:
        assert 'id="until-problem"' in answer.text


def test_earlier_says_what_will_be_and_can_be_undone(site_with_ann: Site) -> None:
    site, client = site_with_ann, site_with_ann.client()
    page = site.link(Purpose.MANAGE) + "/earlier"
    shown = client.get(page).text
    assert "comes at 07:00 now. With the button it comes at 06:00, Europe/Berlin time." in shown
    assert "That holds from tomorrow at 06:00 – that is in 23 hours." in shown
    answer = press(client, page)
    assert "Your mail now comes at 06:00" in answer.text
    assert "The next issue comes tomorrow at 06:00 – that is in 23 hours." in answer.text
    assert f"{ann(site).send_time:%H:%M}" == "06:00"
    undone = undo(client, answer)
    assert "Your mail now comes at 07:00" in undone.text
    assert f"{ann(site).send_time:%H:%M}" == "07:00"


@pytest.mark.parametrize(("way", "expected"), [("earlier", "06:00"), ("later", "08:00")])
def test_a_double_click_moves_one_hour_only(site_with_ann: Site, way: str, expected: str) -> None:
    site, client = site_with_ann, site_with_ann.client()
    page = f"{site.link(Purpose.MANAGE)}/{way}"
    form = hidden(client.get(page).text)
    for _ in range(3):
        answer = client.post(page, data=form)
        assert answer.status_code == 200
        assert f"Your mail now comes at {expected}" in answer.text
        assert f"{ann(site).send_time:%H:%M}" == expected


def test_around_midnight_the_page_says_which_end_of_the_day_is_meant(site_with_ann: Site) -> None:
    site, client = site_with_ann, site_with_ann.client()
    for at, way, words in (("00:00", "earlier", "late in the evening"), ("23:00", "later", "very start")):
        with site.database.write() as session:
            reader = session.merge(ann(site))
            reader.send_time = reader.send_time.replace(hour=int(at[:2]))
        page = f"{site.link(Purpose.MANAGE)}/{way}"
        assert words in client.get(page).text
        assert words not in client.get(page.replace(way, "later" if way == "earlier" else "earlier")).text


def test_an_hour_changed_elsewhere_in_between_is_not_overruled(site_with_ann: Site) -> None:
    site, client = site_with_ann, site_with_ann.client()
    page = site.link(Purpose.MANAGE) + "/earlier"
    form = hidden(client.get(page).text)
    with site.database.write() as session:
        session.merge(ann(site)).send_time = ann(site).send_time.replace(hour=12)
    answer = client.post(page, data=form)
    assert answer.status_code == 409
    assert "Nothing was changed" in answer.text
    assert "With the button it comes at 11:00" in answer.text
    assert f"{ann(site).send_time:%H:%M}" == "12:00"


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"was": "07:00", "at": "03:00"},
        {"was": "07:00", "at": "08:00"},
        {"was": "07:00", "at": "six"},
        {"was": "07:00:00", "at": "06:00:00"},
        {"was": "-", "at": "06:00"},
    ],
)
def test_a_target_that_is_not_the_offered_hour_is_refused(
    site_with_ann: Site, fields: dict[str, str]
) -> None:
    site, client = site_with_ann, site_with_ann.client()
    page = site.link(Purpose.MANAGE) + "/earlier"
    token = csrf_token(client.get(page).text)
    before = site.dump()
    assert client.post(page, data={"csrf_token": token, **fields}).status_code == 400
    assert site.dump() == before


def test_less_from_a_source_lists_those_of_the_edition_and_mutes_the_chosen_one(site_with_ann: Site) -> None:
    site, client = site_with_ann, site_with_ann.client()
    page = f"{site.link(Purpose.MANAGE)}/less/{world(site)}"
    shown = client.get(page).text
    buttons = re.findall(r'name="mute" value="\d+">([^<]+)<', shown)
    assert buttons == ["Less from Harbour Herald", "Less from The Wire", "Less from Courier"]
    assert "3 stories here" in shown
    wire = str(source(site))
    for _ in range(2):
        answer = press(client, page, mute=wire)
        assert answer.status_code == 200
        assert "From your next issue on, nothing from The Wire any more." in answer.text
        assert "Bring The Wire back" in answer.text
        assert ann(site).muted_sources == wire
    for _ in range(2):
        answer = press(client, page, unmute=wire)
        assert "The Wire is back from your next issue on." in answer.text
        assert ann(site).muted_sources == ""


def test_only_a_source_of_that_edition_can_be_muted_there(site_with_ann: Site) -> None:
    site, client = site_with_ann, site_with_ann.client()
    page = f"{site.link(Purpose.MANAGE)}/less/{world(site)}"
    before = site.dump()
    for wrong in ("999", "0", "-1", "1 OR 1=1", "", "٣"):
        assert press(client, page, mute=wrong).status_code == 400
    assert site.dump() == before


def test_the_fifty_first_source_is_refused_in_words(site_with_ann: Site) -> None:
    site, client = site_with_ann, site_with_ann.client()
    with site.database.write() as session:
        session.merge(ann(site)).muted_sources = ",".join(str(900 + n) for n in range(50))
    page = f"{site.link(Purpose.MANAGE)}/less/{world(site)}"
    answer = press(client, page, mute=str(source(site)))
    assert answer.status_code == 409
    assert "You do without fifty sources already." in answer.text


def test_an_edition_nobody_may_see_has_no_such_page(site_with_ann: Site) -> None:
    site, number = site_with_ann, world(site_with_ann)
    with site.database.write() as session:
        session.get_one(Edition, number).status = "held"
    for wrong in (str(number), "999", "0", "99999999999999999999"):
        assert site.client().get(f"{site.link(Purpose.MANAGE)}/less/{wrong}").status_code == 404


def test_preferences_show_muted_sources_and_bring_them_back(site_with_ann: Site) -> None:
    site, client = site_with_ann, site_with_ann.client()
    page = site.link(Purpose.MANAGE)
    assert "Sources you do without" not in client.get(page).text
    wire = str(source(site))
    with site.database.write() as session:
        session.merge(ann(site)).muted_sources = f"{wire},4711"
    shown = client.get(page).text
    assert "Sources you do without" in shown
    data = {"csrf_token": csrf_token(shown), "source": wire}
    answer = client.post(f"{page}/bring-back", data=data)
    assert answer.status_code == 303
    assert "That source is back from your next issue on." in client.get(answer.location).text
    assert ann(site).muted_sources == "4711"


@pytest.mark.parametrize("path", ["pause", "resume", "earlier", "later", "less/1", "bring-back"])
@pytest.mark.parametrize("status", ["pending", "active", "paused", "unsubscribed"])
def test_nothing_is_done_without_the_form_token(site: Site, path: str, status: str) -> None:
    with site.database.write() as session:
        add_subscriber(session, "ann@example.com", site.now, status=status)
    before = site.dump()
    fields = {"for": "week", "was": "07:00", "at": "06:00", "mute": "1", "source": "1"}
    assert site.client().post(f"{site.link(Purpose.MANAGE)}/{path}", data=fields).status_code == 400
    assert site.dump() == before


@pytest.mark.parametrize("path", ["pause", "resume", "earlier", "later", "less/1", "bring-back", ""])
@pytest.mark.parametrize(
    ("status", "words"), [("pending", "confirm first"), ("unsubscribed", "unsubscribed")]
)
def test_who_is_no_reader_is_told_why_and_changes_nothing(
    site: Site, path: str, status: str, words: str
) -> None:
    with site.database.write() as session:
        add_subscriber(session, "ann@example.com", site.now, status=status)
    page = f"{site.link(Purpose.MANAGE)}/{path}".rstrip("/")
    client, before = site.client(), site.dump()
    if path not in ("resume", "bring-back"):
        looked = client.get(page)
        assert (looked.status_code, words in looked.text) == (200, True)
    fields = {"for": "week", "was": "07:00", "at": hour_of(path), "mute": "1", "source": "1"}
    token = csrf_token(client.get("/").text)
    pressed = client.post(page, data={"csrf_token": token, **fields})
    assert (pressed.status_code, words in pressed.text) == (409, True)
    assert site.dump() == before


def test_links_that_do_not_work_are_answered_alike_on_every_page(site_with_ann: Site) -> None:
    site, client = site_with_ann, site_with_ann.client()
    good = site.link(Purpose.MANAGE)
    bad = [
        site.link(Purpose.UNSUBSCRIBE).replace("unsubscribe", "preferences"),
        f"{good[:-2]}{'AA' if good[-2:] != 'AA' else 'BB'}",
        "/preferences/nonsense",
    ]
    token = csrf_token(client.get("/").text)
    for link in bad:
        for path in ("pause", "earlier", "later", f"less/{world(site)}"):
            for answer in (
                client.get(f"{link}/{path}"),
                client.post(
                    f"{link}/{path}", data={"csrf_token": token, "was": "07:00", "at": hour_of(path)}
                ),
            ):
                assert answer.status_code == 404
                assert "This link does not work" in answer.text


def hour_of(path: str) -> str:
    """The hour that the button of a page offers to who reads at 07:00."""
    return "08:00" if path == "later" else "06:00"
