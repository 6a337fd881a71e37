"""What is kept about a reader: whole, for the mailbox's owner alone, and gone when they say so."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import func, select, text

from newsletter import subscribers
from newsletter.db import Database
from newsletter.delivery.suppression import is_suppressed, suppress
from newsletter.models import LinkRequest, Subscriber, metadata
from newsletter.tokens import Purpose, make_dated_token
from tests.move.installation import fill
from tests.web.builders import SECRET, add_subscriber
from tests.web.conftest import Site
from tests.web.forms import csrf_token, submit

# Every table that points at a subscriber, and by which column.
OWNED = [
    (table, key.parent.name)
    for table in metadata.sorted_tables
    for key in table.foreign_keys
    if key.column.table.name == "subscriber"
]


@pytest.fixture
def with_ann(site: Site) -> Site:
    with site.database.write() as session:
        add_subscriber(session, "ann@example.com", site.now)
        add_subscriber(session, "bob@example.com", site.now)
    return site


def readers(site: Site) -> list[str]:
    with site.database.read() as session:
        return list(session.scalars(select(Subscriber.address).order_by(Subscriber.id)))


def test_everything_is_shown_of_every_table_that_knows_the_reader_and_erased(any_db: Database) -> None:
    fill(any_db)
    assert len(OWNED) > 6
    with any_db.read() as session:
        people = session.scalars(select(Subscriber)).all()
        shown = [subscribers.everything_about(session, person) for person in people]
        for table, column in OWNED:
            total = session.scalar(select(func.count()).select_from(table)) or 0
            found = [one[table.name] for one in shown]
            assert total == sum(len(rows) for rows in found if isinstance(rows, list)), table.name
            assert column == "subscriber_id"
        assert any(one["delivery_event"] for one in shown)
        json.dumps(shown)

    with any_db.write() as session:
        for person in session.scalars(select(Subscriber)):
            session.add(LinkRequest(address_key=person.address_key, requested_at=person.created_at))
            session.flush()
            assert subscribers.everything_about(session, person)["link_request"]
            subscribers.erase(session, person)
    with any_db.read() as session:
        for table, _column in OWNED:
            assert session.scalar(select(func.count()).select_from(table)) == 0, table.name
        assert session.scalars(select(LinkRequest.address_key)).all() == ["carol@example.org"]


def test_the_download_holds_what_is_kept_and_nothing_of_others(with_ann: Site) -> None:
    answer = with_ann.client().get(f"{with_ann.link(Purpose.MINE)}/download")

    assert answer.mimetype == "application/json"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert "attachment" in answer.headers["Content-Disposition"]
    kept = json.loads(answer.data)
    assert kept["subscriber"][0]["address"] == "ann@example.com"
    assert [record["wording"] for record in kept["consent_record"]] == ["Yes, please.", "Confirm."]
    assert list(kept["names"]["topics"].values()) == ["World"]
    assert kept["never_mail"] is False
    assert "bob@example.com" not in answer.get_data(as_text=True)


def test_erasing_takes_a_press_and_leaves_others_and_the_ban_on_mail(with_ann: Site) -> None:
    site = with_ann
    with site.database.write() as session:
        suppress(session, [SECRET], "ann@example.com", "complaint", site.now)
    page = site.link(Purpose.MINE)
    for method in ("GET", "HEAD"):
        assert site.client().open(f"{page}/erase", method=method).status_code == 405
    assert site.client().post(f"{page}/erase").status_code == 400, "without the form's token"
    assert len(readers(site)) == 2

    answer = submit(site.client(), page, f"{page}/erase")

    assert (answer.status_code, answer.headers["Location"]) == (303, "/erased?language=en")
    assert readers(site) == ["bob@example.com"]
    assert "Everything is erased" in site.client().get("/erased").get_data(as_text=True)
    with site.database.read() as session:
        assert is_suppressed(session, [SECRET], "ann@example.com")


def test_a_link_is_short_lived_and_a_used_expired_or_foreign_one_gets_the_same_page(with_ann: Site) -> None:
    site = with_ann
    page = site.link(Purpose.MINE)
    client = site.client()
    token = csrf_token(client.get("/").text)
    handle = page.removeprefix("/mine/").partition(".")[0]
    foreign = f"/mine/{make_dated_token([SECRET], Purpose.ADDRESS, handle, site.now)}"
    manage = site.link(Purpose.MANAGE).replace("preferences", "mine")
    nobody = f"/mine/{make_dated_token([SECRET], Purpose.MINE, 'nobody', site.now)}"
    client.post(f"{page}/erase", data={"csrf_token": token})
    fresh = site.link(Purpose.MINE, "bob@example.com")
    site.pass_time(timedelta(days=2, seconds=1))

    answers = [client.get(one) for one in (page, fresh, page[:-1], foreign, manage, nobody)]

    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.data for answer in answers}) == 1
    assert client.post(f"{fresh}/erase", data={"csrf_token": token}).status_code == 404
    assert readers(site) == ["bob@example.com"]


@pytest.mark.parametrize("purpose", [Purpose.MANAGE, Purpose.UNSUBSCRIBE])
def test_the_pages_of_a_forwarded_mail_tell_no_address(with_ann: Site, purpose: Purpose) -> None:
    page = with_ann.client().get(with_ann.link(purpose)).get_data(as_text=True)

    assert "ann@example.com" not in page
    assert "/mine/" not in page
    assert "/address/" not in page


def test_what_is_shown_cannot_run(with_ann: Site) -> None:
    with with_ann.database.write() as session:
        session.execute(text("UPDATE consent_record SET wording = '</pre><script>alert(1)</script>{{7*7}}'"))
    page = with_ann.client().get(with_ann.link(Purpose.MINE)).get_data(as_text=True)

    assert "<script>alert" not in page
    assert "{{7*7}}" in page


def test_looking_and_downloading_change_nothing_however_often(with_ann: Site) -> None:
    before = with_ann.dump()
    page = with_ann.link(Purpose.MINE)
    for client in (with_ann.client(), with_ann.app.test_client(use_cookies=False)):
        for path in (page, f"{page}/download", "/erased"):
            for method in ("GET", "HEAD") * 3:
                assert client.open(path, method=method).status_code == 200
    assert with_ann.dump() == before
