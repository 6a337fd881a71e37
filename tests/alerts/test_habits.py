"""A feed that leaves its habit is told once, its return once, whatever happens in between."""

import json
from datetime import datetime

import pytest
from sqlalchemy.orm import Session

from newsletter.alerts.look import look
from newsletter.alerts.tell import Operator, tell
from newsletter.db import Database
from newsletter.models import Delivery, DeliveryState, Source, SourceDay
from tests.delivery.cast import DAY, DOMAIN, HOUR, MINUTE, NOW, deliveries

TO = Operator("ops@example.com", "en", "Europe/Berlin")


def a_source(session: Session, *counts: int) -> int:
    """A source that brought so many new articles on each of the days before today."""
    source = Source(
        url="https://radio.example.org/feed", name="Radio", next_poll_at=NOW, created_at=NOW - 90 * DAY
    )
    session.add(source)
    session.flush()
    first = NOW.date() - (len(counts) + 1) * DAY
    session.add(SourceDay(source_id=source.id, date=first, polls=1, new=50))
    for number, count in enumerate(counts, 1):
        add_day(session, source.id, first + number * DAY, count)
    source.last_new_at = source.last_success_at = NOW
    return source.id


def add_day(session: Session, source_id: int, date: object, count: int) -> None:
    session.add(SourceDay(source_id=source_id, date=date, polls=9, new=count))


def set_times(db: Database, source: int, **values: object) -> None:
    with db.write() as session:
        row = session.get_one(Source, source)
        for name, value in values.items():
            setattr(row, name, value)


def hour(db: Database, start: datetime) -> list[str]:
    """An hour of looks, those of the first source's minute among them; which mails they made."""
    before = len(deliveries(db))
    for minute in (0, 1, 2, 30, 59):
        with db.write() as session:
            now = start + minute * MINUTE
            tell(session, look(session, now), TO, now, DOMAIN)
            # Mail that stays would be trouble of its own.
            session.query(Delivery).update({"state": DeliveryState.SENT})
    return [mail.occasion.rpartition(".")[0] for mail in deliveries(db)[before:]]


def test_a_source_that_stopped_is_told_once_and_its_return_once(any_db: Database) -> None:
    with any_db.write() as session:
        source = a_source(session, *[20] * 40)
    assert hour(any_db, NOW) == []

    for days in range(4, 12):
        now = NOW + days * DAY
        set_times(any_db, source, last_success_at=now)
        assert hour(any_db, now) == (["habits"] if days == 4 else []), days
    now += DAY
    set_times(any_db, source, last_success_at=now, last_new_at=now)
    assert hour(any_db, now) == ["habits.over"]
    assert hour(any_db, now + HOUR) == []

    now += 40 * DAY
    set_times(any_db, source, last_success_at=now)
    assert hour(any_db, now) == ["habits"], "it may be told anew"


@pytest.mark.parametrize(
    ("counts", "told"),
    [([20] * 30, []), ([20] * 28 + [3] * 7, ["habits"]), ([20] * 30 + [400], ["habits"])],
    ids=["as ever", "drought", "flood"],
)
def test_far_less_or_far_more_than_usual_is_told_with_both_numbers(
    db: Database, counts: list[int], told: list[str]
) -> None:
    with db.write() as session:
        a_source(session, *counts)

    assert hour(db, NOW) == told
    assert hour(db, NOW + HOUR) == []
    if told:
        (case,) = json.loads(deliveries(db)[0].about)["cases"]
        assert (case["daily"], case["usual"]) in ((3, 20), (400, 20))


def test_a_source_that_begins_to_fail_meanwhile_is_not_called_steady(db: Database) -> None:
    with db.write() as session:
        source = a_source(session, *[20] * 40)
    set_times(db, source, last_success_at=NOW + 9 * DAY)
    assert hour(db, NOW + 9 * DAY) == ["habits"]

    set_times(db, source, failures=2, failure="The server answered 503.")
    assert hour(db, NOW + 9 * DAY + HOUR) == []
    set_times(db, source, failures=0, failure=None)
    assert hour(db, NOW + 9 * DAY + 2 * HOUR) == []


def test_a_source_that_we_did_not_read_has_not_stopped(db: Database) -> None:
    with db.write() as session:
        a_source(session, *[20] * 40)

    assert hour(db, NOW + 20 * DAY) == []


def test_a_source_that_was_removed_ends_silently(db: Database) -> None:
    with db.write() as session:
        source = a_source(session, *[20] * 40)
    set_times(db, source, last_success_at=NOW + 9 * DAY)
    assert hour(db, NOW + 9 * DAY) == ["habits"]
    with db.write() as session:
        session.delete(session.get_one(Source, source))

    assert hour(db, NOW + 9 * DAY + HOUR) == []
    with db.read() as session:
        assert look(session, NOW + 9 * DAY + HOUR) == []
