"""What readers do on pages is told by mail: pausing, coming back, leaving, and quiet days."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from newsletter.models import Delivery, Subscriber
from newsletter.tokens import Purpose
from tests.web.builders import add_subscriber
from tests.web.conftest import Site
from tests.web.forms import submit


@pytest.fixture
def with_ann(site: Site) -> Site:
    with site.database.write() as session:
        add_subscriber(session, "ann@example.com", site.now, topics=("world",))
    return site


def kinds(site: Site) -> list[str]:
    with site.database.read() as session:
        return list(session.scalars(select(Delivery.kind).order_by(Delivery.id)))


def test_a_pause_and_the_return_are_each_told_once(with_ann: Site) -> None:
    site = with_ann
    page = site.link(Purpose.MANAGE)
    for _ in range(2):
        submit(site.client(), page, f"{page}/pause", {"for": "week"})
        submit(site.client(), page, f"{page}/resume")
    submit(site.client(), page, f"{page}/resume")

    assert kinds(site) == ["paused", "resumed"]


def test_coming_back_without_a_pause_is_not_told(with_ann: Site) -> None:
    page = with_ann.link(Purpose.MANAGE)
    submit(with_ann.client(), page, f"{page}/resume")

    assert kinds(with_ann) == []


def test_the_mails_link_shows_a_button_that_ends_the_pause(with_ann: Site) -> None:
    site = with_ann
    page = site.link(Purpose.MANAGE)
    submit(site.client(), page, f"{page}/pause", {"for": "open"})
    before = site.dump()
    shown = site.client().get(f"{page}/resume").get_data(as_text=True)
    assert "Go on now" in shown
    assert "a…@e….com" in shown
    assert site.dump() == before

    submit(site.client(), f"{page}/resume")

    assert "Nothing is paused" in site.client().get(f"{page}/resume").get_data(as_text=True)


def test_goodbye_is_said_once_by_whichever_way(with_ann: Site) -> None:
    site = with_ann
    page = site.link(Purpose.UNSUBSCRIBE)
    site.client().post(page, data={"List-Unsubscribe": "One-Click"})
    assert submit(site.client(), page).status_code == 200
    site.pass_time(timedelta(days=1))
    site.client().post(page, data={"List-Unsubscribe": "One-Click"})

    assert kinds(site) == ["goodbye"]


def test_who_never_confirmed_leaves_without_a_word(site: Site) -> None:
    with site.database.write() as session:
        add_subscriber(session, "ann@example.com", site.now, status="pending")

    site.client().post(site.link(Purpose.UNSUBSCRIBE), data={"List-Unsubscribe": "One-Click"})

    assert kinds(site) == []


def test_the_note_of_quiet_days_is_a_choice(with_ann: Site) -> None:
    site = with_ann
    page = site.link(Purpose.MANAGE)
    choices = {"topics": ["world"], "hour": "07:00", "zone": "Europe/Berlin", "days": ["0"]}
    for wanted in ({"quiet": "yes"}, {}):
        submit(site.client(), page, fields={**choices, **wanted})
        with site.database.read() as session:
            assert session.scalars(select(Subscriber.quiet_note)).one() == bool(wanted)
        shown = site.client().get(page).get_data(as_text=True)
        assert ('value="yes" checked' in shown) == bool(wanted)
