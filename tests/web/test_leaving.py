"""Leaving one topic or all of it, with a reason or without; and how long a mail is to be."""

import pytest
from sqlalchemy import select

from newsletter.models import LeavingReason, Subscriber
from newsletter.tokens import Purpose
from tests.web.builders import add_subscriber
from tests.web.conftest import Site
from tests.web.forms import csrf_token, submit
from tests.web.strings import shared_strings


@pytest.fixture
def with_ann(site: Site) -> Site:
    with site.database.write() as session:
        add_subscriber(session, "ann@example.com", site.now, topics=("world", "science"))
    return site


def ann(site: Site) -> tuple[str, list[str]]:
    with site.database.read() as session:
        reader = session.scalars(select(Subscriber)).one()
        return reader.status, [topic.slug for topic in reader.topics]


def reasons(site: Site) -> list[tuple[str, str]]:
    with site.database.read() as session:
        return [(row.reason, row.words) for row in session.scalars(select(LeavingReason))]


def test_one_topic_is_left_and_taken_back(with_ann: Site) -> None:
    site, client = with_ann, with_ann.client()
    page = site.link(Purpose.UNSUBSCRIBE)

    answer = submit(client, page, fields={"topic": "science", "reason": "not_relevant"})

    assert "One topic less" in answer.get_data(as_text=True)
    assert "ann@example.com" not in answer.get_data(as_text=True)
    assert ann(site) == ("active", ["world"])
    assert reasons(site) == [("not_relevant", "")]
    assert submit(client, page, fields={"topic": "science"}).status_code == 303
    for _press in range(2):
        back = submit(client, page, f"{page}/topic", {"topic": "science"})
        assert "The topic is back" in back.get_data(as_text=True)
    assert ann(site) == ("active", ["world", "science"])
    assert submit(client, page, f"{page}/topic", {"topic": "none"}).status_code == 400


def test_the_last_topic_is_not_left_alone(with_ann: Site) -> None:
    client, page = with_ann.client(), with_ann.link(Purpose.UNSUBSCRIBE)
    submit(client, page, fields={"topic": "science"})

    assert "No more" not in client.get(page).get_data(as_text=True)
    assert submit(client, page, fields={"topic": "world"}).status_code == 303
    assert ann(with_ann) == ("active", ["world"])


def test_a_reason_is_kept_once_for_each_leaving_and_names_nobody(with_ann: Site) -> None:
    client, page = with_ann.client(), with_ann.link(Purpose.UNSUBSCRIBE)
    fields = {"reason": "nonsense", "words": f"Too \n long \0{'x' * 600}"}
    token = {"csrf_token": csrf_token(client.get(page).get_data(as_text=True))}
    for _press in range(3):
        assert client.post(page, data={**fields, **token}).status_code == 200

    ((reason, words),) = reasons(with_ann)
    assert reason == "other"
    assert words.startswith("Too long x")
    assert len(words) == 500
    assert {column.name for column in LeavingReason.__table__.columns} == {
        "id", "on", "reason", "words", "topic_id",
    }  # fmt: skip


def test_no_reason_is_as_good(with_ann: Site) -> None:
    submit(with_ann.client(), with_ann.link(Purpose.UNSUBSCRIBE), fields={"reason": "", "words": " "})

    assert ann(with_ann)[0] == "unsubscribed"
    assert reasons(with_ann) == []


@pytest.mark.parametrize("length", ["headlines", "standard", "full", "text"])
def test_the_length_is_chosen_and_shown(with_ann: Site, length: str) -> None:
    fields = {"topics": ["world"], "hour": "07:00", "zone": "UTC", "days": ["0"], "length": length}
    client, page = with_ann.client(), with_ann.link(Purpose.MANAGE)

    assert submit(client, page, fields=fields).status_code == 303
    assert f'<option value="{length}" selected>' in client.get(page).get_data(as_text=True)
    wrong = submit(client, page, fields={**fields, "length": "endless"})
    assert wrong.status_code == 422
    assert 'id="length-problem"' in wrong.get_data(as_text=True)


def test_no_string_breaks_a_form_here(with_ann: Site) -> None:
    client, page, manage = (
        with_ann.client(),
        with_ann.link(Purpose.UNSUBSCRIBE),
        with_ann.link(Purpose.MANAGE),
    )
    token = {"csrf_token": csrf_token(client.get(page).get_data(as_text=True))}
    for said in shared_strings()[::8]:
        fields = {"reason": said, "words": said, **token}
        assert client.post(manage, data={"length": said, **token}).status_code in (400, 413, 422)
        assert client.post(page, data={"topic": said, **fields}).status_code in (200, 303, 413)
        assert client.post(f"{page}/topic", data={"topic": said, **token}).status_code in (400, 413)
        answer = client.post(page, data=fields)
        assert answer.status_code in (200, 413)
        client.post(f"{page}/undo", data=token)
