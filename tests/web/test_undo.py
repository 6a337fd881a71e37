"""Changes by old links: told in the next issue, put back from there; those by fresh ones are not."""

import re
from datetime import datetime, time, timedelta

import pytest
from sqlalchemy import select

from newsletter.delivery.composer import Composer
from newsletter.delivery.due import plan_due
from newsletter.delivery.letter import letter_of
from newsletter.models import Delivery, MailKind, PreferenceChange, Subscriber
from newsletter.tokens import Purpose, make_dated_token
from tests.mail.sample import PUBLICATION
from tests.web.builders import SECRET, add_subscriber
from tests.web.conftest import Site
from tests.web.forms import submit

FIELDS = {
    "topics": ["world", "technology"],
    "hour": "07:00",
    "zone": "Europe/Berlin",
    "language": "en",
    "length": "standard",
    "days": [str(day) for day in range(7)],
}
A_DAY = timedelta(days=1)


@pytest.fixture
def ann(site: Site) -> Site:
    """A site with a reader of two topics at seven in Berlin, who has had her welcome."""
    with site.database.write() as session:
        reader = add_subscriber(session, "ann@example.com", site.now, ["world", "technology"])
        reader.send_time, reader.timezone = time(7, 0), "Europe/Berlin"
        reader.welcomed_at = reader.editions_until = site.now
        reader.next_issue_at = site.now + timedelta(minutes=1)
    return site


def reader(site: Site) -> Subscriber:
    with site.database.read() as session:
        found = session.scalars(select(Subscriber)).one()
        list(found.topics)
        return found


def changes(site: Site) -> list[PreferenceChange]:
    with site.database.read() as session:
        return list(session.scalars(select(PreferenceChange)))


def dated(site: Site, made_at: datetime) -> str:
    return f"/preferences/{make_dated_token([SECRET], Purpose.MANAGE, reader(site).handle, made_at)}"


def save(site: Site, page: str, **fields: object) -> None:
    assert submit(site.client(), page, fields=FIELDS | fields).status_code == 303


def next_mail(site: Site, news: bool = True) -> str:
    """The next day's mail, as text."""
    due = reader(site).next_issue_at
    assert due is not None
    site.now = due + timedelta(minutes=1)
    with site.database.write() as session:
        if news:
            session.scalars(select(Subscriber)).one().editions_until = site.now - 2 * A_DAY
        plan_due(session, site.now, timedelta(hours=12), "example.com")
    with site.database.read() as session:
        row = session.scalars(
            select(Delivery).where(Delivery.kind == MailKind.ISSUE).order_by(Delivery.id.desc())
        ).first()
        assert row is not None
        letter = letter_of(row)
    mails = [Composer(site.database.read, PUBLICATION, [SECRET]).compose(letter).message for _ in range(2)]
    assert mails[0] == mails[1], "a repeat has the same bytes"
    return mails[0].decode()


def undo_path(mail: str) -> str:
    joined = mail.replace("=\r\n", "").replace("=3D", "=")
    found = re.search(r"/undo/[\w.-]+", joined)
    assert found is not None
    return found[0]


def test_a_change_by_an_old_link_is_told_and_put_back(ann: Site) -> None:
    save(ann, ann.link(Purpose.MANAGE), hour="09:00", topics=["world"])
    mail = next_mail(ann)
    told = " ".join(mail.replace("=\r\n", "").split())
    assert "a link of an older mail changed what you had chosen (topics, hour)" in told

    client, path = ann.client(), undo_path(mail)
    page = client.get(path)
    assert "07:00" in page.text
    assert "ann@example.com" not in page.text
    assert reader(ann).send_time == time(9, 0), "looking changes nothing"
    done = submit(client, path)
    assert "It is as it was" in done.text
    assert reader(ann).send_time == time(7, 0)
    assert sorted(topic.slug for topic in reader(ann).topics) == ["technology", "world"]
    again = submit(ann.client(), "/link", path)
    assert again.status_code == 409
    assert "There is nothing to put back" in again.text
    assert "nothing to put back" in client.get(path).text


def test_what_was_told_is_told_once(ann: Site) -> None:
    save(ann, ann.link(Purpose.MANAGE), hour="09:00")
    assert "/undo/" in next_mail(ann)
    assert "/undo/" not in next_mail(ann)


@pytest.mark.parametrize(("hours", "told"), [(1, 0), (23, 0), (25, 1)])
def test_a_link_is_old_after_a_day(ann: Site, hours: int, told: int) -> None:
    save(ann, dated(ann, ann.now - timedelta(hours=hours)), hour="09:00")
    assert reader(ann).send_time == time(9, 0)
    assert len(changes(ann)) == told


def test_saving_without_a_change_and_changing_back_tell_nothing(ann: Site) -> None:
    save(ann, ann.link(Purpose.MANAGE))
    assert changes(ann) == []
    save(ann, ann.link(Purpose.MANAGE), hour="09:00")
    save(ann, ann.link(Purpose.MANAGE), hour="10:00")
    (change,) = changes(ann)
    assert change.before == {"send_time": {"was": "07:00", "became": "10:00"}}
    save(ann, ann.link(Purpose.MANAGE))
    assert changes(ann) == []


def test_what_its_reader_changed_again_stays_as_it_is(ann: Site) -> None:
    save(ann, ann.link(Purpose.MANAGE), hour="09:00", topics=["world"])
    path = undo_path(next_mail(ann))
    save(ann, dated(ann, ann.now), hour="11:00", topics=["world"])
    submit(ann.client(), path)
    assert reader(ann).send_time == time(11, 0)
    assert sorted(topic.slug for topic in reader(ann).topics) == ["technology", "world"]


def test_the_note_of_a_quiet_day_tells_it_too(ann: Site) -> None:
    with ann.database.write() as session:
        session.scalars(select(Subscriber)).one().quiet_note = True
    save(ann, ann.link(Purpose.MANAGE), hour="09:00", quiet="on")
    mail = next_mail(ann, news=False)
    assert "A quiet day" in mail
    assert undo_path(mail)


def test_a_topic_left_by_an_old_mail_is_told(ann: Site) -> None:
    submit(ann.client(), ann.link(Purpose.UNSUBSCRIBE), fields={"topic": "technology"})
    assert [change.before["topics"] for change in changes(ann)] == [
        {"was": ["technology", "world"], "became": ["world"]}
    ]


def test_quick_actions_of_an_old_mail_are_told(ann: Site) -> None:
    page = f"{ann.link(Purpose.MANAGE)}/later"
    submit(ann.client(), page, fields={"was": "07:00", "at": "08:00"})
    assert reader(ann).send_time == time(8, 0)
    assert changes(ann)[0].before == {"send_time": {"was": "07:00", "became": "08:00"}}


def test_an_altered_link_and_one_of_another_purpose_undo_nothing(ann: Site) -> None:
    save(ann, ann.link(Purpose.MANAGE), hour="09:00")
    path = undo_path(next_mail(ann))
    other = ann.link(Purpose.MANAGE).replace("/preferences/", "/undo/")
    for wrong in (path[:-2], other):
        assert ann.client().get(wrong).status_code == 404
    assert ann.client().get(path).headers["Referrer-Policy"] == "no-referrer"
    assert "no-store" in ann.client().get(path).headers["Cache-Control"]


def test_after_a_month_it_is_let_go(ann: Site) -> None:
    from newsletter import subscribers

    save(ann, ann.link(Purpose.MANAGE), hour="09:00")
    path = undo_path(next_mail(ann))
    with ann.database.write() as session:
        subscribers.forget_told(session, ann.now + timedelta(days=30))
    assert changes(ann) == []
    assert "nothing to put back" in ann.client().get(path).text
