"""Did this reader get today's issue, and if not, why?"""

from datetime import date, timedelta
from typing import Any

import pytest

from newsletter.db import Database
from newsletter.delivery.events import add_events
from newsletter.delivery.suppression import suppress
from newsletter.delivery.trace import Trace, trace
from newsletter.models import DeliveryState, EditionStatus, SubscriberStatus
from tests.delivery.cast import (
    DAY,
    DEFERRED,
    EXPIRED,
    FAILED,
    HOUR,
    NOW,
    QUEUED,
    SENDING,
    SENT,
    SKIPPED,
    UNCERTAIN,
    a_delivery,
    a_reader,
    a_topic,
    an_edition,
)

KEYS = ("a key that is long enough to sign with",)
TOMORROW = NOW + DAY


def traced(db: Database, key: str = "ann@example.org") -> Trace:
    with db.read() as session:
        found = trace(session, key, NOW, KEYS)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("state", "values", "answer"),
    [
        (
            SENT,
            {"finished_at": NOW},
            "Yes: it was handed over 2026-11-22 06:00 UTC; the server said: so said",
        ),
        (QUEUED, {}, "Not yet: it waits for its turn since 2026-11-22 06:00 UTC"),
        (
            QUEUED,
            {"next_attempt_at": NOW + HOUR, "repeats": 1},
            "Perhaps: it is tried again 2026-11-22 07:00 UTC",
        ),
        (
            DEFERRED,
            {"next_attempt_at": NOW + HOUR},
            "Not yet: it is tried again 2026-11-22 07:00 UTC (so said)",
        ),
        (SENDING, {}, "Not yet: it is being handed over"),
        (SENDING, {"handed_over_at": NOW}, "Perhaps: it is being handed over"),
        (FAILED, {}, "No: it was given up: so said"),
        (SKIPPED, {}, "No: so said"),
        (EXPIRED, {}, "No: so said"),
        (UNCERTAIN, {}, "Perhaps: no answer came"),
        (
            DeliveryState.BOUNCED,
            {"handed_over_at": NOW},
            "No: it was sent 2026-11-22 06:00 UTC and came back",
        ),
        (DeliveryState.COMPLAINED, {}, "Yes, and they reported it"),
    ],
)
def test_the_answer_follows_from_todays_delivery(
    db: Database, state: DeliveryState, values: dict[str, Any], answer: str
) -> None:
    with db.write() as session:
        delivery = a_delivery(session, a_reader(session), state=state, **values)
        add_events(session, [(delivery.id, "so said")], NOW, state)
        a_delivery(session, delivery.subscriber, occasion="2026-11-21", state=SENT)

    found = traced(db)

    assert found.today == date(2026, 11, 22)
    assert found.answer.startswith(answer)


@pytest.mark.parametrize(
    ("values", "answer"),
    [
        ({"status": SubscriberStatus.PENDING, "next_issue_at": None}, "No: they have not confirmed"),
        ({"status": SubscriberStatus.UNSUBSCRIBED}, "No: they have unsubscribed"),
        (
            {"status": SubscriberStatus.PAUSED, "paused_until": date(2026, 12, 1)},
            "No: they have paused until 2026-12-01",
        ),
        (
            {"weekdays": 0b0011111, "next_issue_at": TOMORROW},
            "No, as they wish: they chose no issue on Sundays",
        ),
        (
            {"next_issue_at": NOW + 2 * HOUR, "timezone": "Europe/Berlin"},
            "Not yet: it is due at 09:00 of their",
        ),
        ({"next_issue_at": NOW}, "Not yet: due since 2026-11-22 06:00 UTC"),
        ({"next_issue_at": TOMORROW}, "No: when it was due there was no new edition of their topics"),
    ],
)
def test_without_a_delivery_the_answer_follows_from_the_readers_choices(
    db: Database, values: dict[str, Any], answer: str
) -> None:
    with db.write() as session:
        a_reader(session, a_topic(session), **values)

    assert traced(db).answer.startswith(answer)


def test_who_follows_nothing_gets_nothing(db: Database) -> None:
    with db.write() as session:
        a_reader(session, next_issue_at=TOMORROW)

    assert traced(db).answer == "No: they follow no topic"


def test_a_suppressed_address_is_named_as_the_reason(db: Database) -> None:
    with db.write() as session:
        a_reader(session, a_topic(session), next_issue_at=TOMORROW)
        suppress(session, KEYS, "ann@example.org", "bounced", NOW)

    assert traced(db).answer == "No: the address is suppressed, it must never be mailed"


def test_an_edition_that_is_held_back_is_named(db: Database) -> None:
    with db.write() as session:
        topic, other = a_topic(session), a_topic(session, "sports")
        an_edition(session, topic, status=EditionStatus.HELD)
        an_edition(session, topic, NOW - 3 * DAY, status=EditionStatus.HELD)
        an_edition(session, other, status=EditionStatus.HELD)
        a_reader(session, topic, next_issue_at=TOMORROW)

    assert traced(db).answer.endswith("; held back: science 2026-11-22")


def test_today_is_the_readers_own_date(db: Database) -> None:
    with db.write() as session:
        reader = a_reader(session, timezone="Pacific/Auckland")
        delivery = a_delivery(session, reader, occasion="2026-11-23", state=SENT, finished_at=NOW)
        add_events(session, [(delivery.id, "250 ok")], NOW, SENT)
        reader.next_issue_at = TOMORROW
    with db.read() as session:
        found = trace(session, "ann@example.org", NOW + 6 * HOUR, KEYS)

    assert found is not None
    assert found.today == date(2026, 11, 23)
    assert found.answer.startswith("Yes")


def test_the_newest_issue_tells_where_its_stories_came_from(any_db: Database) -> None:
    with any_db.write() as session:
        science, sports = a_topic(session), a_topic(session, "sports", position=1)
        first = an_edition(session, science, headline="Rain at last")
        second = an_edition(session, sports, headline="A late goal")
        reader = a_reader(session, science, sports)
        a_delivery(session, reader, occasion="2026-11-21", editions=str(second.id), state=SENT)
        a_delivery(session, reader, editions=f"{second.id},{first.id},999", state=SENT)
        lead = second.stories[0].articles[0]
        paper, feed = lead.source_name, f"{lead.url}/feed"

    sports_edition, science_edition = traced(any_db).origins

    assert (sports_edition.name, science_edition.name) == ("sports 2026-11-22", "science 2026-11-22")
    (story,) = sports_edition.stories
    assert (story.headline, story.source, story.feed) == ("A late goal", paper, feed)
    assert story.came_in == NOW - HOUR
    assert story.published_at == NOW - 2 * HOUR
    assert science_edition.stories[0].headline == "Rain at last"


def test_an_unknown_address_has_no_story(db: Database) -> None:
    with db.read() as session:
        assert trace(session, "nobody@example.org", NOW + timedelta(0), KEYS) is None
