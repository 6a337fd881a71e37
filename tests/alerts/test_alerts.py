"""Alerts: what is wrong is told once, in words that help, and its end as well."""

from datetime import datetime, timedelta
from email import message_from_bytes, policy
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter.alerts.look import look
from newsletter.alerts.tell import Operator, tell
from newsletter.attempts import Gate, Visitor, admit
from newsletter.db import Database
from newsletter.joining import FORM
from newsletter.mail.alert import AlertKind
from newsletter.mail.outgoing import TransportDown
from newsletter.models import (
    OPERATOR,
    Alert,
    Delivery,
    DeliveryState,
    Source,
    SourceStatus,
    Story,
    Subscriber,
    Topic,
)
from tests.delivery.cast import (
    DAY,
    DOMAIN,
    HOUR,
    MINUTE,
    NOW,
    SENT,
    a_delivery,
    a_reader,
    a_topic,
    an_edition,
    deliveries,
)
from tests.delivery.office import Office
from tests.fakes import Killed, accept, killed_after_it_was_taken, refuse
from tests.mail.notices import NOTICES

TO = Operator("ops@example.com", "en", "Europe/Berlin")


def a_feed(session: Session, name: str, **values: Any) -> Source:
    url = f"https://{name}.example.org/feed"
    source = Source(url=url, name=name, next_poll_at=NOW, created_at=NOW - 90 * DAY, **values)
    session.add(source)
    session.flush()
    return source


FAILING = {"failures": 9, "last_success_at": NOW - 3 * DAY, "failure": "the server answered 503"}


def tick(db: Database, now: datetime = NOW) -> int:
    with db.write() as session:
        return tell(session, look(session, now), TO, now, DOMAIN)


def leave(db: Database) -> None:
    """Let the mail that waits be gone: one that stays would be trouble of its own."""
    with db.write() as session:
        session.query(Delivery).update({"state": DeliveryState.SENT})


def causes(db: Database, now: datetime = NOW) -> list[str]:
    with db.read() as session:
        return [trouble.cause for trouble in look(session, now)]


def texts(office: Office) -> list[tuple[str, str]]:
    """Subject and text of what was taken."""
    found = [message_from_bytes(mail.message, policy=policy.default) for mail in office.transport.taken]
    return [(mail["Subject"], mail.get_body(("plain",)).get_content()) for mail in found]  # type: ignore[union-attr]


def test_nothing_is_wrong_with_a_new_installation(any_db: Database) -> None:
    assert tick(any_db) == 0
    assert deliveries(any_db) == []


@pytest.mark.parametrize(
    ("values", "dead"),
    [
        (FAILING, True),
        ({"status": SourceStatus.GONE, "failure": "gone"}, True),
        ({"status": SourceStatus.SUSPENDED, **FAILING}, True),
        ({**FAILING, "failures": 4}, False),
        ({**FAILING, "last_success_at": NOW - DAY}, False),
    ],
)
def test_a_feed_is_dead_when_gone_or_failing_for_days(
    db: Database, values: dict[str, Any], dead: bool
) -> None:
    with db.write() as session:
        a_feed(session, "radio", **values)

    assert bool(causes(db)) == dead


def test_feeds_that_die_together_are_one_mail_and_told_once(office: Office) -> None:
    with office.db.write() as session:
        for name in ("radio", "review"):
            a_feed(session, name, **FAILING)

    first = tick(office.db)
    office.send()
    later = [tick(office.db, NOW + number * MINUTE) for number in range(1, 90)]

    assert (first, sum(later)) == (1, 0)
    ((subject, text),) = texts(office)
    assert subject == "Daily Edition: 2 feeds have died"
    for words in ("https://radio.example.org/feed", "503", "What it means", "newsletter source list"):
        assert words in text
    (mail,) = office.transport.taken
    assert mail.envelope_to == "ops@example.com"


def test_its_end_is_told_and_it_may_be_told_anew(office: Office) -> None:
    with office.db.write() as session:
        feed = a_feed(session, "radio", **FAILING).id
    for hours, failures, told in ((0, 9, 1), (1, 0, 1), (2, 9, 1)):
        office.now = NOW + hours * HOUR
        with office.db.write() as session:
            session.get_one(Source, feed).failures = failures
        assert tick(office.db, office.now) == told
        office.send()
        assert tick(office.db, office.now + MINUTE) == 0

    assert [subject for subject, _text in texts(office)] == [
        "Daily Edition: 1 feed has died",
        "Daily Edition: 1 feed is back",
        "Daily Edition: 1 feed has died",
    ]


def test_a_feed_that_was_removed_is_not_back(db: Database) -> None:
    with db.write() as session:
        feed = a_feed(session, "radio", **FAILING)
    tick(db)
    leave(db)
    with db.write() as session:
        session.delete(session.get_one(Source, feed.id))

    assert tick(db, NOW + HOUR) == 0
    with db.read() as session:
        assert session.scalars(select(Alert)).all() == []


def test_what_comes_in_the_same_hour_waits_and_is_told_together(db: Database) -> None:
    with db.write() as session:
        a_feed(session, "radio", **FAILING)
    assert tick(db) == 1
    for number in range(3):
        with db.write() as session:
            a_feed(session, f"paper{number}", **FAILING)
        assert tick(db, NOW + number * MINUTE) == 0
    leave(db)

    assert tick(db, NOW + HOUR) == 1
    assert deliveries(db)[-1].about.count("paper") == 6, "three names, three addresses"


def test_an_alert_repeated_after_a_crash_is_the_same_mail(db: Database) -> None:
    office = Office(db)
    with db.write() as session:
        a_feed(session, "radio", **FAILING)
    tick(db)
    office.transport.to("ops@example.com", killed_after_it_was_taken, accept)
    with pytest.raises(Killed):
        office.send()
    office.wait()
    office.sweep()
    office.wait()
    office.send()

    first, second = office.transport.asked
    assert (first.message, first.message_id) == (second.message, second.message_id)


def test_the_operators_row_reads_nothing_and_is_one(db: Database) -> None:
    with db.write() as session:
        a_feed(session, "radio", **FAILING)
        a_reader(session, name="ops")
    tick(db)
    tick(db, NOW + HOUR)
    with db.read() as session:
        row = session.scalars(select(Subscriber).where(Subscriber.handle == OPERATOR)).one()
        assert (row.status, row.address, row.next_issue_at) == ("unsubscribed", "", None)


def editions_of(session: Session, topic: Topic, counts: list[int]) -> None:
    """An edition for each of the days before today, the last one yesterday's; 0 for none."""
    for back, number in enumerate(reversed(counts), start=1):
        if number:
            edition = an_edition(session, topic, NOW - HOUR - back * DAY)
            edition.stories += [Story(position=place) for place in range(1, number)]
    session.flush()


@pytest.mark.parametrize(
    ("before", "today", "thin"),
    [
        ([9] * 10, 2, True),
        ([9] * 10, 0, True),
        ([9] * 10, 3, False),
        ([2] * 10, 0, False),
        ([9] * 4, 0, False),
        ([9, 9, 9, 1, 9, 9, 9, 9, 9, 9], 1, False),
        ([9, 9, 9, 0, 9, 9, 9, 9, 9, 9], 0, False),
    ],
    ids=["far fewer", "none", "fewer", "a small topic", "a new topic", "thin each week", "none each week"],
)
def test_an_edition_is_thin_by_what_its_topic_is_used_to(
    any_db: Database, before: list[int], today: int, thin: bool
) -> None:
    with any_db.write() as session:
        topic = a_topic(session)
        editions_of(session, topic, before)
        if today:
            an_edition(session, topic).stories += [Story(position=place) for place in range(1, today)]

    assert bool(causes(any_db, NOW + HOUR)) == thin
    assert causes(any_db, NOW - HOUR + MINUTE) == [], "it may still be closing"


def test_a_thin_edition_is_told_with_its_numbers_and_its_end_is_not(office: Office) -> None:
    with office.db.write() as session:
        editions_of(session, a_topic(session), [9] * 10)
    office.now += HOUR
    assert tick(office.db, office.now) == 1
    office.send()
    assert tick(office.db, NOW + 6 * HOUR) == 0

    ((subject, text),) = texts(office)
    assert subject == "Daily Edition: 1 edition is thin"
    assert "Science, Sunday, 22 November: 0 stories; usually there are 9" in text


def readers_reached(session: Session, sent: int, complained: int) -> None:
    for number in range(sent + complained):
        state = DeliveryState.SENT if number < sent else DeliveryState.COMPLAINED
        a_delivery(session, a_reader(session, name=f"reader{number}"), state=state)


def test_complaints_are_high_from_one_in_a_thousand_on_but_not_for_a_single_one(db: Database) -> None:
    with db.write() as session:
        readers_reached(session, 40, 1)
    assert causes(db) == []
    with db.write() as session:
        session.query(Delivery).delete()
        session.query(Subscriber).delete()
        readers_reached(session, 40, 2)
    assert causes(db) == ["complaints"]
    assert causes(db, NOW + 8 * DAY) == [], "what is long past is no rate"


def waiting_mail(session: Session, now: datetime = NOW) -> Delivery:
    topic = a_topic(session)
    edition = an_edition(session, topic)
    return a_delivery(session, a_reader(session, topic), editions=str(edition.id), created_at=now)


def test_sending_has_stopped_when_mail_waits_and_none_leaves_for_ten_minutes(office: Office) -> None:
    with office.db.write() as session:
        waiting_mail(session)
    assert causes(office.db, NOW + 9 * MINUTE) == []
    assert tick(office.db, NOW + 11 * MINUTE) == 1
    assert tick(office.db, NOW + 12 * MINUTE) == 0

    office.now = NOW + 20 * MINUTE
    office.send()

    assert tick(office.db, NOW + 21 * MINUTE) == 1, "its end"
    office.send()
    told = texts(office)
    assert {state.state for state in deliveries(office.db)} == {SENT}
    assert "Daily Edition: No mail leaves" in [subject for subject, _text in told]
    assert told[-1][0] == "Daily Edition: Mail leaves again"
    assert "It had stood still since Sunday, 22 November, 07:00" in told[-1][1]


def test_a_relay_that_refuses_us_stops_sending_too_and_its_words_are_told(db: Database) -> None:
    with db.write() as session:
        mail = waiting_mail(session)
        mail.state, mail.refusal = DeliveryState.DEFERRED, "relay"
        mail.next_attempt_at = NOW + 2 * HOUR
        mail.events = []

    assert causes(db, NOW + 11 * MINUTE) == ["sending"]


def test_mail_that_is_not_due_yet_is_no_trouble(db: Database) -> None:
    with db.write() as session:
        waiting_mail(session).next_attempt_at = NOW + 3 * HOUR

    assert causes(db, NOW + HOUR) == []


def test_while_the_relay_is_down_the_alert_waits_like_all_mail_and_is_not_lost(office: Office) -> None:
    down = refuse(TransportDown("connection refused"))
    with office.db.write() as session:
        waiting_mail(session)
    for address in ("ops@example.com", "ann@example.org"):
        office.transport.to(address, *[down] * 50)
    office.now = NOW + 11 * MINUTE
    tick(office.db, office.now)
    office.send()
    assert office.transport.taken == []

    office.transport.heal()
    office.wait(timedelta(minutes=5))
    office.send()

    assert "ops@example.com" in office.transport.addresses()


def test_every_kind_of_trouble_has_its_words() -> None:
    told = {values["alert"].kind for _kind, values in NOTICES.values() if "alert" in values}
    assert told == set(AlertKind)


def test_a_flood_of_sign_ups_is_told_and_over_when_two_hours_were_calm(db: Database) -> None:
    gate = Gate(FORM, everybody=2)
    for number in range(2):
        with db.write() as session:
            admit(session, gate, Visitor(f"192.0.2.{number}", "a key"), NOW)

    assert causes(db, NOW) == ["sign_ups"]
    assert causes(db, NOW + HOUR) == ["sign_ups"]
    assert causes(db, NOW + 2 * HOUR) == []
