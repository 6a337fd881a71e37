"""How the ledger stands: what is left, how fast it goes, what needs the operator."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some
from sqlalchemy.orm import Session

from newsletter.db import Database
from newsletter.delivery.events import add_events
from newsletter.delivery.pace import read_pace
from newsletter.delivery.reasons import SAMPLE, alike, reasons_of
from newsletter.delivery.status import count_due, read_status
from newsletter.mail.replies import Refusal
from newsletter.models import Delivery, DeliveryState
from tests.delivery.cast import (
    DAY,
    DEFERRED,
    EXPIRED,
    FAILED,
    FRESH,
    HOUR,
    MINUTE,
    NOW,
    QUEUED,
    SENDING,
    SENT,
    UNCERTAIN,
    a_delivery,
    a_reader,
)

SECOND = timedelta(seconds=1)


def enter(session: Session, state: DeliveryState, said: str = "", **values: object) -> Delivery:
    """A delivery in this state, to a reader of its own, with the event that brought it there."""
    number = session.query(Delivery).count()
    delivery = a_delivery(session, a_reader(session, name=f"reader{number}"), state=state, **values)
    add_events(session, [(delivery.id, said)], NOW - MINUTE, state)
    return delivery


def test_an_empty_ledger_has_nothing_to_say(any_db: Database) -> None:
    with any_db.read() as session:
        status = read_status(session, NOW)

    assert (status.counts, status.due, status.later, status.needs, status.reasons) == ({}, 0, 0, [], [])
    assert (status.today.planned, status.pace.hour, status.time_left, status.waiting_since) == (
        0,
        0,
        None,
        None,
    )


def test_what_is_left_is_what_is_due_and_what_waits_for_its_next_attempt(any_db: Database) -> None:
    with any_db.write() as session:
        enter(session, QUEUED)
        enter(session, DEFERRED, next_attempt_at=NOW)
        enter(session, DEFERRED, next_attempt_at=NOW + HOUR)
        enter(session, QUEUED, expires_at=NOW)
        enter(session, DEFERRED, next_attempt_at=NOW + MINUTE, expires_at=NOW - MINUTE)
        enter(session, SENDING)
        enter(session, SENT)

        assert count_due(session, NOW) == 2
        assert read_status(session, NOW).later == 2


def test_todays_mail_is_told_from_yesterdays_by_when_it_expires(any_db: Database) -> None:
    midnight = NOW - 6 * HOUR
    with any_db.write() as session:
        for state in (SENT, SENT, FAILED, DEFERRED, SENDING):
            enter(session, state, expires_at=NOW + FRESH)
        enter(session, SENT, expires_at=midnight + FRESH)
        enter(session, SENT, expires_at=midnight + FRESH - SECOND)

        today = read_status(session, NOW, midnight + FRESH).today

    assert (today.planned, today.sent, today.settled) == (6, 3, 4)


def test_the_pace_looks_back_a_minute_and_an_hour(any_db: Database) -> None:
    with any_db.write() as session:
        sent = enter(session, SENT)
        for ago in (2 * HOUR, 59 * MINUTE, 2 * MINUTE, 30 * SECOND, SECOND):
            add_events(session, [(sent.id, "250 ok")], NOW - ago, SENT)
            add_events(session, [(sent.id, "")], NOW - ago, SENDING)
        enter(session, QUEUED)

        pace = read_pace(session, NOW)
        status = read_status(session, NOW)

    assert (pace.minute, pace.hour) == (2, 5)
    assert pace.a_second == pytest.approx(2 / 60)
    assert status.time_left == 30 * SECOND


def test_the_pace_says_how_far_it_could_look_back(any_db: Database) -> None:
    with any_db.write() as session:
        sent = enter(session, SENT)
        for ago in range(40, 0, -1):
            add_events(session, [(sent.id, "250 ok")], NOW - ago * SECOND, SENT)

        pace = read_pace(session, NOW, latest=20)

    assert pace.minute_seconds == pace.hour_seconds == 20
    assert pace.a_second == pytest.approx(1, abs=0.06)


def test_answers_that_differ_only_in_address_and_number_are_one_reason(any_db: Database) -> None:
    with any_db.write() as session:
        for name in ("ann", "bob"):
            enter(
                session,
                FAILED,
                f"550 5.1.1 <{name}@example.org>: unknown, {name}4F2ABC1D2E3",
                refusal="address",
            )
        enter(session, DEFERRED, "451 later")
        enter(session, DEFERRED, "450 long ago", expires_at=NOW - 8 * DAY)

        reasons = read_status(session, NOW).reasons

    assert [(reason.state, reason.detail, reason.count, reason.about) for reason in reasons] == [
        (DEFERRED, "451 later", 1, False),
        (FAILED, "550 5.1.1 <ADDRESS>: unknown, …", 2, False),
    ]


def test_of_very_many_the_reasons_are_reckoned_from_the_latest(
    any_db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("newsletter.delivery.reasons.SAMPLE", 4)
    assert SAMPLE > 4
    with any_db.write() as session:
        for number in range(8):
            enter(session, FAILED, f"55{number % 2} no", expires_at=NOW + number * MINUTE)

        reasons = reasons_of(session, FAILED, NOW - DAY, 10)

    assert [(reason.detail, reason.count, reason.about) for reason in reasons] == [
        ("550 no", 4, True),
        ("551 no", 4, True),
    ]


def test_what_only_the_operator_can_mend_stands_out_with_what_was_said(any_db: Database) -> None:
    with any_db.write() as session:
        enter(session, FAILED, "550 5.7.26 no DKIM for ann@example.org", refusal=Refusal.POLICY)
        enter(session, FAILED, "550 5.7.26 no DKIM for bob@example.org", refusal=Refusal.POLICY)
        enter(session, DEFERRED, "535 5.7.8 wrong password", refusal=Refusal.RELAY)
        enter(session, UNCERTAIN, "no answer")
        enter(session, FAILED, "550 5.1.1 unknown", refusal=Refusal.ADDRESS)
        enter(session, FAILED, "550 5.7.1 days ago", refusal=Refusal.POLICY, expires_at=NOW - 2 * DAY)
        enter(session, SENT, refusal="")

        needs = read_status(session, NOW).needs

    assert [(need.kind, need.count, list(need.said)) for need in needs] == [
        ("relay", 1, ["535 5.7.8 wrong password"]),
        ("policy", 2, ["550 5.7.26 no DKIM for ADDRESS"]),
        ("uncertain", 1, []),
    ]
    assert all(need.advice.meaning and need.advice.remedy for need in needs)


def test_a_refusal_is_still_told_when_its_mail_has_expired(any_db: Database) -> None:
    with any_db.write() as session:
        late = enter(session, DEFERRED, "554 5.7.1 Relay access denied", refusal=Refusal.RELAY)
        late.state, late.expires_at = EXPIRED, NOW - HOUR
        add_events(session, [(late.id, "its time had passed")], NOW, EXPIRED)

        (need,) = read_status(session, NOW).needs

    assert (need.kind, list(need.said)) == ("relay", ["554 5.7.1 Relay access denied"])


def test_mail_that_is_due_while_none_leaves_needs_the_operator(any_db: Database) -> None:
    with any_db.write() as session:
        stuck = enter(session, QUEUED, "put back: no mail can leave", created_at=NOW - 20 * MINUTE)

        (need,) = read_status(session, NOW).needs
        assert (need.kind, need.count, list(need.said)) == ("stuck", 1, ["put back: no mail can leave"])

        add_events(session, [(stuck.id, "250 ok")], NOW - SECOND, SENT)
        assert read_status(session, NOW).needs == [], "some mail leaves"


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("550 5.7.1 [192.0.2.222] blocked", "550 5.7.1 [192.0.2.222] blocked"),
        (
            "451 see https://mail.example.org/help?id=12345678901",
            "451 see https://mail.example.org/help?id=…",
        ),
        ("421 closing a17-20020a5d4d91000000b00371.134 - gsmtp", "421 closing … - gsmtp"),
        ("450 <Ann.B+c@mx-1.example.org> greylisted for 300 s", "450 <ADDRESS> greylisted for 300 s"),
        ("452 mx1.mail22.example.com is full", "452 mx1.mail22.example.com is full"),
    ],
)
def test_what_tells_answers_apart_is_kept(said: str, kept: str) -> None:
    assert alike(said) == kept


@given(some.text())
def test_any_answer_can_be_counted(said: str) -> None:
    assert alike(alike(said)) == alike(said)
