"""Asking for one's link: the same answer and the same work for every address."""

import pytest
from sqlalchemy import select

from newsletter.models import Delivery, LinkRequest
from tests.web.builders import add_subscriber
from tests.web.conftest import Site
from tests.web.forms import submit


@pytest.mark.parametrize("status", ["active", "paused", "pending", "unsubscribed", None])
def test_the_page_answers_and_writes_the_same_whoever_is_asked_for(site: Site, status: str | None) -> None:
    if status:
        with site.database.write() as session:
            add_subscriber(session, "ann@example.com", site.now, status=status)
    before = dict(site.dump())

    answer = submit(site.client(), "/link", fields={"address": "Ann@example.com"})

    assert (answer.status_code, answer.headers["Location"]) == (303, "/link/sent")
    changed = {name for name, rows in site.dump() if rows != before[name]}
    # The network is counted whoever is asked for.
    assert changed == {"link_request", "attempt_count"}
    with site.database.read() as session:
        assert session.scalars(select(LinkRequest.address_key)).all() == ["ann@example.com"]
    assert site.woken == 1


def test_an_address_that_is_none_is_mended_at_its_field(site: Site) -> None:
    answer = submit(site.client(), "/link", fields={"address": "ann at example"})

    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.get_data(as_text=True)
    assert 'value="ann at example"' in answer.get_data(as_text=True)


def test_one_network_asks_only_so_often(site: Site) -> None:
    client = site.client()
    answers = [submit(client, "/link", fields={"address": f"a{n}@example.com"}) for n in range(21)]

    assert [answer.status_code for answer in answers] == [303] * 20 + [429]


def test_looking_changes_nothing(site: Site) -> None:
    before = site.dump()
    for page in ("/link", "/link/sent", "/address/asked"):
        assert site.client().get(page).status_code == 200
    assert site.dump() == before


def test_nothing_is_sent_by_the_page_itself(site: Site) -> None:
    with site.database.write() as session:
        add_subscriber(session, "ann@example.com", site.now)
    submit(site.client(), "/link", fields={"address": "ann@example.com"})
    with site.database.read() as session:
        assert session.scalars(select(Delivery)).all() == []
