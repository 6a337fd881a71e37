"""The gate: who may be sent what, asked before every hand-over."""

from datetime import date, time

import pytest

from newsletter.db import Database
from newsletter.delivery.gate import may_receive
from newsletter.delivery.suppression import address_hash, is_suppressed, suppress, unsuppress
from newsletter.models import MailKind, Subscriber, SubscriberStatus, Suppression
from tests.delivery.cast import HOUR, NOW

ALLOWED = {
    (MailKind.ISSUE, SubscriberStatus.ACTIVE),
    (MailKind.CONFIRM, SubscriberStatus.PENDING),
    (MailKind.ALREADY, SubscriberStatus.ACTIVE),
    (MailKind.ALREADY, SubscriberStatus.PAUSED),
    (MailKind.LINK, SubscriberStatus.ACTIVE),
    (MailKind.LINK, SubscriberStatus.PAUSED),
    (MailKind.PAUSED, SubscriberStatus.PAUSED),
    (MailKind.RESUMED, SubscriberStatus.ACTIVE),
    (MailKind.GOODBYE, SubscriberStatus.UNSUBSCRIBED),
    (MailKind.ADDRESS_OLD, SubscriberStatus.ACTIVE),
    (MailKind.ADDRESS_OLD, SubscriberStatus.PAUSED),
    (MailKind.ADDRESS_NEW, SubscriberStatus.ACTIVE),
    (MailKind.ADDRESS_NEW, SubscriberStatus.PAUSED),
    (MailKind.ALERT, SubscriberStatus.UNSUBSCRIBED),
}


def someone(status: SubscriberStatus, paused_until: date | None = None, zone: str = "UTC") -> Subscriber:
    return Subscriber(status=status, paused_until=paused_until, timezone=zone, send_time=time(6))


@pytest.mark.parametrize("kind", list(MailKind))
@pytest.mark.parametrize("status", list(SubscriberStatus))
def test_each_mail_is_for_readers_it_makes_sense_to(kind: MailKind, status: SubscriberStatus) -> None:
    verdict = may_receive(someone(status), suppressed=False, kind=kind, now=NOW)

    assert verdict.allowed == ((kind, status) in ALLOWED)
    assert bool(verdict.reason) != verdict.allowed, "a refusal says why"


@pytest.mark.parametrize(("kind", "status"), sorted(ALLOWED))
def test_a_suppressed_address_gets_nothing_at_all(kind: MailKind, status: SubscriberStatus) -> None:
    verdict = may_receive(someone(status), suppressed=True, kind=kind, now=NOW)

    assert not verdict.allowed
    assert "suppressed" in verdict.reason


def test_a_pause_counts_in_the_readers_own_zone() -> None:
    until = date(2026, 11, 23)
    here = someone(SubscriberStatus.ACTIVE, until)
    ahead = someone(SubscriberStatus.ACTIVE, until, "Pacific/Auckland")

    evening = NOW + 6 * HOUR
    assert not may_receive(here, False, MailKind.ISSUE, evening).allowed
    assert may_receive(ahead, False, MailKind.ISSUE, evening).allowed, "there the date has come"


def test_suppressing_keeps_only_a_keyed_hash(db: Database) -> None:
    with db.write() as session:
        assert suppress(session, ["key"], "ann@example.org", "complaint", NOW)
        assert not suppress(session, ["key"], "ann@example.org", "bounce", NOW), "the first reason stays"

    with db.read() as session:
        (row,) = session.query(Suppression).all()
        assert (row.reason, row.address_hash) == ("complaint", address_hash("key", "ann@example.org"))
        assert is_suppressed(session, ["key"], "ann@example.org")
        assert not is_suppressed(session, ["key"], "bob@example.org")
        assert not is_suppressed(session, ["other key"], "ann@example.org"), "the hash needs its key"


def test_a_suppression_outlives_the_rotation_of_keys(db: Database) -> None:
    with db.write() as session:
        suppress(session, ["old"], "ann@example.org", "bounce", NOW)

        assert is_suppressed(session, ["new", "old"], "ann@example.org")
        assert not suppress(session, ["new", "old"], "ann@example.org", "bounce", NOW)


def test_an_operator_can_lift_a_suppression(db: Database) -> None:
    with db.write() as session:
        suppress(session, ["old"], "ann@example.org", "bounce", NOW)

        assert unsuppress(session, ["new", "old"], "ann@example.org")
        assert not unsuppress(session, ["new", "old"], "ann@example.org")
        assert not is_suppressed(session, ["new", "old"], "ann@example.org")
