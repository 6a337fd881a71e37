"""Leaving by mail: only who holds a reader's own token may have them unsubscribed."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select

from newsletter import subscribers
from newsletter.db import Database
from newsletter.leaving import Wish, leave_by_mail
from newsletter.models import Delivery, Subscriber
from newsletter.tokens import Purpose, make_dated_token, make_token
from tests.web.builders import SECRET, add_subscriber, add_topic

KEYS = [SECRET]
DOMAIN = "example.com"


@pytest.fixture
def handle(any_db: Database, now: datetime) -> str:
    with any_db.write() as session:
        add_topic(session, "world")
        return add_subscriber(session, "ann@example.com", now).handle


def mail(token: str) -> bytes:
    return f"From: <somebody@example.net>\r\nSubject: unsubscribe {token}\r\n\r\n".encode()


def told(db: Database, message: bytes, now: datetime) -> Wish:
    with db.write() as session:
        return leave_by_mail(session, message, KEYS, now, DOMAIN)


def state(db: Database) -> tuple[str, int]:
    """A reader's status, and how many mails were entered."""
    with db.read() as session:
        mails = session.scalar(select(func.count()).select_from(Delivery))
        return session.scalars(select(Subscriber.status)).one(), mails or 0


def test_who_has_the_token_unsubscribes_whoever_they_write_as(
    any_db: Database, handle: str, now: datetime
) -> None:
    message = mail(make_token(KEYS, Purpose.UNSUBSCRIBE, handle))
    for later in range(3):  # and again: it stays at that, with one last mail
        assert told(any_db, message, now + timedelta(days=later)) is Wish.DONE
        assert state(any_db) == ("unsubscribed", 1)


def test_a_token_for_something_else_unsubscribes_nobody(any_db: Database, handle: str, now: datetime) -> None:
    tokens = [make_token(KEYS, purpose, handle) for purpose in Purpose if purpose is not Purpose.UNSUBSCRIBE]
    strangers = make_token(["another-key-that-is-32-bytes-long"], Purpose.UNSUBSCRIBE, handle)
    dated = make_dated_token(KEYS, Purpose.UNSUBSCRIBE, handle, now)
    for token in (*tokens, strangers, dated, handle):
        assert told(any_db, mail(token), now) is Wish.NONE
    assert state(any_db) == ("active", 0)


def test_who_was_forgotten_is_nobody(any_db: Database, handle: str, now: datetime) -> None:
    with any_db.write() as session:
        subscribers.erase(session, subscribers.find_by_handle(session, handle))
    assert told(any_db, mail(make_token(KEYS, Purpose.UNSUBSCRIBE, handle)), now) is Wish.NOBODY
