"""Signing up below the routes: nobody is buried in mail, whoever asks and however often."""

import os
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, time, timedelta

import pytest
from sqlalchemy import func, select

from newsletter.addresses import read_address
from newsletter.attempts import TooManyAttempts, Visitor
from newsletter.db import Database
from newsletter.joining import Welcome, join
from newsletter.models import AttemptCount, ConfirmationCount, ConsentRecord, Delivery, Subscriber
from newsletter.subscribers import SignUp, purge_unconfirmed
from tests.web.builders import add_subscriber, add_topic

DAY = timedelta(days=1)
WELCOME = Welcome(everybody=1_000_000, domain="example.com")


@pytest.fixture(autouse=True)
def _topics(any_db: Database) -> None:
    with any_db.write() as session:
        add_topic(session, "world")


def ask(address: str) -> SignUp:
    return SignUp(read_address(address), ("world",), time(7, 0), "UTC", wording="Yes, please.")


def visitor(number: int) -> Visitor:
    return Visitor(f"10.0.{number // 250}.{number % 250}", "a key")


def bomb(db: Database, addresses: Sequence[str], attempts: int, networks: int, now: datetime) -> Counter[str]:
    """How many mails each address gets from so many sign-ups, 50 of them in a transaction."""
    asked: Counter[str] = Counter()
    for start in range(0, attempts, 50):
        with db.write() as session:
            for number in range(start, min(start + 50, attempts)):
                address = addresses[number % len(addresses)]
                asked[address] += join(session, ask(address), visitor(number % networks), WELCOME, now)
    return asked


def consents(db: Database) -> int:
    with db.read() as session:
        return session.scalar(select(func.count()).select_from(ConsentRecord)) or 0


def test_many_networks_cannot_bury_anybody_in_mail_however_long_they_try(
    any_db: Database, now: datetime
) -> None:
    addresses = [f"victim{n}@example.com" for n in range(5)]
    with any_db.write() as session:
        add_subscriber(session, addresses[0], now, topics=("world",))
    total: Counter[str] = Counter()
    for day in range(14):
        moment = now + day * DAY
        total += bomb(any_db, addresses, 20, 20, moment)
        with any_db.write() as session:
            purge_unconfirmed(session, moment)
    assert total == dict.fromkeys(addresses, 3)
    with any_db.read() as session:
        # Who never confirmed is forgotten, although somebody went on asking; what counts is kept.
        assert session.scalars(select(Subscriber.address)).all() == [addresses[0]]
        assert set(session.scalars(select(ConfirmationCount.times))) == {3}
        assert len(session.scalars(select(Delivery)).all()) == 3


def test_a_request_that_can_bring_no_mail_any_more_leaves_nothing(any_db: Database, now: datetime) -> None:
    for day in range(3):
        bomb(any_db, ["ann@example.com"], 1, 1, now + day * DAY)
    before = consents(any_db)
    bomb(any_db, ["ann@example.com"], 5, 5, now + 3 * DAY)
    assert consents(any_db) == before


def test_choices_made_anew_the_same_day_are_taken_without_a_second_mail(
    any_db: Database, now: datetime
) -> None:
    with any_db.write() as session:
        assert join(session, ask("ann@example.com"), visitor(1), WELCOME, now)
        later = SignUp(read_address("ann@example.com"), ("world",), time(19, 0), "UTC", wording="Yes.")
        assert not join(session, later, visitor(1), WELCOME, now)
        assert session.scalars(select(Subscriber.send_time)).one() == time(19, 0)


def test_who_proves_no_work_meets_a_narrower_limit_and_counts_among_all(
    any_db: Database, now: datetime
) -> None:
    narrow = Welcome(everybody=5, domain="example.com")
    for number in range(3):
        with any_db.write() as session:
            join(session, ask(f"r{number}@example.com"), visitor(1), narrow, now, proved=False)
    with pytest.raises(TooManyAttempts) as refused, any_db.write() as session:
        join(session, ask("r4@example.com"), visitor(1), narrow, now, proved=False)
    assert not refused.value.everywhere
    for number in (5, 6):
        with any_db.write() as session:
            join(session, ask(f"r{number}@example.com"), visitor(number), narrow, now)
    with pytest.raises(TooManyAttempts) as refused, any_db.write() as session:
        join(session, ask("r7@example.com"), visitor(7), narrow, now)
    assert refused.value.everywhere


def test_what_is_refused_is_not_counted_so_that_waiting_helps(any_db: Database, now: datetime) -> None:
    few = Welcome(everybody=1, domain="example.com")
    for number in range(4):
        try:
            with any_db.write() as session:
                join(session, ask(f"r{number}@example.com"), visitor(number), few, now)
        except TooManyAttempts:
            pass
    with any_db.read() as session:
        assert set(session.scalars(select(AttemptCount.times))) == {1}


@pytest.mark.skipif("BOMBING" not in os.environ, reason="takes minutes; BOMBING=10000 makes it so many")
def test_a_bombing_from_a_thousand_networks_brings_three_mails_each_at_most(
    any_db: Database, now: datetime
) -> None:
    addresses = [f"victim{n}@example.com" for n in range(10)]
    attempts = int(os.environ["BOMBING"])
    total: Counter[str] = Counter()
    for day in range(5):
        total += bomb(any_db, addresses, attempts // 5, 1000, now + day * DAY)
    assert total == dict.fromkeys(addresses, 3)
