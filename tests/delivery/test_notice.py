"""Mails that answer a sign-up: soon, once a day, and never enough to bury anybody."""

from datetime import time

import pytest

from newsletter.db import Database
from newsletter.delivery.claim import take
from newsletter.delivery.due import enqueue_notice
from newsletter.models import MailKind, Subscriber, SubscriberStatus
from tests.delivery.cast import (
    DAY,
    DOMAIN,
    HOUR,
    LEASE,
    NOW,
    a_delivery,
    a_reader,
    deliveries,
    only_delivery,
)
from tests.delivery.office import KEYS


def test_a_confirmation_is_entered_for_today_and_kept_for_a_day(any_db: Database) -> None:
    with any_db.write() as session:
        reader = a_reader(session, status=SubscriberStatus.PENDING)
        assert enqueue_notice(session, reader, MailKind.CONFIRM, NOW, DOMAIN)

    mail = only_delivery(any_db)
    assert (mail.kind, mail.occasion, mail.expires_at) == (MailKind.CONFIRM, "2026-11-22", NOW + DAY)


def test_a_subscriber_not_yet_stored_can_be_sent_a_confirmation(db: Database) -> None:
    fresh = Subscriber(
        handle="new",
        address="new@example.org",
        address_key="new@example.org",
        send_time=time(6),
        timezone="UTC",
        created_at=NOW,
    )
    with db.write() as session:
        session.add(fresh)
        assert enqueue_notice(session, fresh, MailKind.CONFIRM, NOW, DOMAIN)

    assert only_delivery(db).subscriber_id == fresh.id


@pytest.mark.parametrize("kind", [MailKind.CONFIRM, MailKind.ALREADY])
def test_at_most_one_of_a_kind_a_day(any_db: Database, kind: MailKind) -> None:
    with any_db.write() as session:
        reader = a_reader(session)
        moments = (NOW, NOW + HOUR, NOW + DAY)
        entered = [enqueue_notice(session, reader, kind, moment, DOMAIN) for moment in moments]

    assert entered == [True, False, True]


def test_at_most_three_confirmations_ever(db: Database) -> None:
    with db.write() as session:
        reader = a_reader(session)
        days = [NOW + number * DAY for number in range(6)]
        confirmations = [enqueue_notice(session, reader, MailKind.CONFIRM, day, DOMAIN) for day in days]
        words = [enqueue_notice(session, reader, MailKind.ALREADY, day, DOMAIN) for day in days]

    assert confirmations == [True] * 3 + [False] * 3
    assert all(words)


def test_a_confirmation_overtakes_the_mornings_issues(db: Database) -> None:
    with db.write() as session:
        for number in range(5):
            a_delivery(session, a_reader(session, name=f"reader{number}"), next_attempt_at=NOW - 2 * HOUR)
        newcomer = a_reader(session, name="newcomer", status=SubscriberStatus.PENDING)
        enqueue_notice(session, newcomer, MailKind.CONFIRM, NOW, DOMAIN)

    with db.write() as session:
        (first,) = take(session, KEYS, NOW, 1, LEASE).mails

    assert first.number == deliveries(db)[-1].id


def test_an_issue_is_no_notice(db: Database) -> None:
    with db.write() as session, pytest.raises(ValueError, match="planned"):
        enqueue_notice(session, a_reader(session), MailKind.ISSUE, NOW, DOMAIN)
