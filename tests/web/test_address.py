"""Another address, page by page, from the mails' links to the end."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from newsletter.delivery.suppression import suppress
from newsletter.models import AddressChange, Delivery, Subscriber
from newsletter.tokens import Purpose, make_dated_token
from tests.web.builders import SECRET, add_subscriber
from tests.web.conftest import Site
from tests.web.forms import submit

NEW = "ann@elsewhere.example.net"


@pytest.fixture
def with_ann(site: Site) -> Site:
    with site.database.write() as session:
        add_subscriber(session, "ann@example.com", site.now)
    return site


def ask(site: Site, address: str = NEW) -> int:
    page = site.link(Purpose.ADDRESS)
    return submit(site.client(), page, fields={"address": address}).status_code


def page_of(site: Site, side: str) -> str:
    """The page the newest wish's mail leads to."""
    purpose = Purpose.ADDRESS_OLD if side == "old" else Purpose.ADDRESS_NEW
    with site.database.read() as session:
        change = session.scalars(select(AddressChange).order_by(AddressChange.id.desc())).first()
        assert change is not None
        token = make_dated_token([SECRET], purpose, change.handle, change.requested_at)
    return f"/address/{side}/{token}"


def addresses(site: Site) -> list[str]:
    with site.database.read() as session:
        return list(session.scalars(select(Subscriber.address).order_by(Subscriber.id)))


def mailed(site: Site) -> list[tuple[str, str | None]]:
    with site.database.read() as session:
        rows = session.execute(select(Delivery.kind, Delivery.address).order_by(Delivery.id))
        return [(kind, address) for kind, address in rows]


def test_asked_confirmed_twice_changed(with_ann: Site) -> None:
    site = with_ann
    assert ask(site) == 303
    assert mailed(site) == [("address_old", None), ("address_new", NEW)]
    before = site.dump()
    for side in ("old", "new"):
        shown = site.client().get(page_of(site, side))
        assert shown.status_code == 200
        assert shown.headers["Cache-Control"] == "no-store"
        assert shown.headers["Referrer-Policy"] == "no-referrer"
        assert NEW not in shown.get_data(as_text=True)
        assert "ann@example.com" not in shown.get_data(as_text=True)
    assert site.dump() == before, "looking changes nothing"

    half = submit(site.client(), page_of(site, "new"), fields={"do": "confirm"})
    assert "One half is done" in half.get_data(as_text=True)
    assert addresses(site) == ["ann@example.com"]
    whole = submit(site.client(), page_of(site, "old"), fields={"do": "confirm"})
    assert "Your address is changed" in whole.get_data(as_text=True)
    assert addresses(site) == [NEW]
    for side in ("old", "new"):
        assert site.client().get(page_of(site, side)).status_code == 404


def test_every_page_is_in_the_readers_language_whatever_the_browser_asks_for(with_ann: Site) -> None:
    site, french = with_ann, {"Accept-Language": "fr"}
    with site.database.write() as session:
        session.execute(update(Subscriber).values(language="de"))
    client = site.client()

    assert client.get(site.link(Purpose.ADDRESS), headers=french).headers["Content-Language"] == "de"
    asked = submit(client, site.link(Purpose.ADDRESS), fields={"address": NEW})
    assert client.get(asked.location, headers=french).headers["Content-Language"] == "de"
    for side in ("old", "new"):
        assert client.get(page_of(site, side), headers=french).headers["Content-Language"] == "de"
    done = submit(client, page_of(site, "new"), fields={"do": "confirm"})
    assert done.headers["Content-Language"] == "de"


def test_the_old_mailbox_can_stop_it_and_the_new_one_cannot(with_ann: Site) -> None:
    site = with_ann
    ask(site)
    submit(site.client(), page_of(site, "new"), fields={"do": "stop"})
    answer = submit(site.client(), page_of(site, "old"), fields={"do": "stop"})

    assert "Nothing changes" in answer.get_data(as_text=True)
    assert site.client().get(page_of(site, "old")).status_code == 404
    assert site.client().get(site.link(Purpose.ADDRESS)).status_code == 404, "nor can it be asked again"
    assert addresses(site) == ["ann@example.com"]


def test_a_link_for_one_side_or_another_purpose_confirms_nothing(with_ann: Site) -> None:
    site = with_ann
    ask(site)
    token = page_of(site, "new").rsplit("/", 1)[1]

    assert site.client().get(f"/address/old/{token}").status_code == 404
    manage = site.link(Purpose.MANAGE).rsplit("/", 1)[1]
    assert site.client().get(f"/address/{manage}").status_code == 404


def test_links_are_good_for_seven_days(with_ann: Site) -> None:
    site = with_ann
    asking = site.link(Purpose.ADDRESS)
    ask(site)
    page = page_of(site, "old")
    site.pass_time(timedelta(days=6, hours=23))
    assert {site.client().get(one).status_code for one in (asking, page)} == {200}
    site.pass_time(timedelta(hours=2))
    assert {site.client().get(one).status_code for one in (asking, page)} == {404}


def test_the_answer_is_the_same_for_an_address_that_reads_us_and_its_owner_is_told(with_ann: Site) -> None:
    site = with_ann
    with site.database.write() as session:
        bob = add_subscriber(session, "bob@example.com", site.now).id
        sofar = session.query(Delivery).count()

    assert ask(site, "bob@example.com") == 303

    with site.database.read() as session:
        rows = session.scalars(select(Delivery).order_by(Delivery.id)).all()[sofar:]
        assert [(row.kind, row.subscriber_id == bob) for row in rows] == [
            ("address_old", False),
            ("already_subscribed", True),
        ]


def test_an_address_never_to_mail_cannot_be_changed_to(with_ann: Site) -> None:
    site = with_ann
    ask(site)
    with site.database.write() as session:
        suppress(session, [SECRET], NEW, "complaint", site.now)

    assert site.client().get(page_of(site, "new")).status_code == 404


@pytest.mark.parametrize("typed", ["", "nonsense", "ann@example.com", "ANN@Example.com"])
def test_an_address_that_will_not_do_is_mended_at_its_field(with_ann: Site, typed: str) -> None:
    assert ask(with_ann, typed) == 422
    assert mailed(with_ann) == []


def test_too_many_wishes_wait_until_tomorrow(with_ann: Site) -> None:
    answers = [ask(with_ann, f"typo{number}@example.net") for number in range(4)]

    assert answers == [303, 303, 303, 429]
