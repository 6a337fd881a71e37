"""Many threads write small things at once: each as if alone, and on SQLite in one transaction."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime, time
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError

from newsletter.addresses import read_address
from newsletter.attempts import TooManyAttempts, Visitor
from newsletter.db import Database
from newsletter.direct import Direct
from newsletter.joining import Welcome, join
from newsletter.models import AttemptCount, ConsentRecord, Delivery, Subscriber
from newsletter.subscribers import SignUp
from newsletter.together import Together
from tests.web.builders import add_topic

_ENTER = "INSERT INTO attempt_count (what, window_from, times) VALUES (:what, :start, 1)"
_COUNTED = "SELECT what FROM attempt_count ORDER BY what"


class Counted:
    """The database's way to write together, telling how many transactions it took."""

    def __init__(self, database: Database) -> None:
        self.transactions = 0
        self._database = database
        self.together = Together(self._writing, database.is_sqlite)

    @contextmanager
    def _writing(self) -> Iterator[Direct]:
        self.transactions += 1
        with self._database._straight() as direct:
            yield direct


def at_once(together: Together, *works: Callable[[Direct], Any]) -> list[Future[Any]]:
    """Have all of these wait while another piece of work has the turn; then let them go on."""
    began, go_on = threading.Event(), threading.Event()

    def hold(_direct: Direct) -> None:
        began.set()
        assert go_on.wait(30)

    with ThreadPoolExecutor(len(works) + 1) as threads:
        holder = threads.submit(together, hold)
        assert began.wait(30)
        asked = [threads.submit(together, work) for work in works]
        while together._one_writer and len(together._waiting) < len(works):
            threading.Event().wait(0.001)
        go_on.set()
        holder.exception()
    return asked


def entering(what: str, now: datetime, then: Exception | None = None) -> Callable[[Direct], str]:
    def work(direct: Direct) -> str:
        direct.change(_ENTER, what=what, start=now)
        if then:
            raise then
        return what

    return work


def entered(database: Database) -> list[str]:
    with database.look() as direct:
        return [what for (what,) in direct.rows(_COUNTED)]


def test_what_comes_at_once_is_written_in_one_transaction_on_sqlite(any_db: Database, now: datetime) -> None:
    counted = Counted(any_db)
    asked = at_once(counted.together, *(entering(name, now) for name in "abcde"))
    assert [one.result() for one in asked] == list("abcde")
    assert entered(any_db) == list("abcde")
    assert counted.transactions == (2 if any_db.is_sqlite else 6)


def test_who_fails_undoes_their_own_and_nothing_of_the_others(any_db: Database, now: datetime) -> None:
    works = [entering("a", now), entering("b", now, ValueError("no")), entering("c", now)]
    asked = at_once(any_db.together, *works)
    assert [asked[0].result(), asked[2].result()] == ["a", "c"]
    with pytest.raises(ValueError, match="no"):
        asked[1].result()
    assert entered(any_db) == ["a", "c"]


def test_an_error_of_the_database_is_told_to_who_caused_it_alone(any_db: Database, now: datetime) -> None:
    def wrong(direct: Direct) -> None:
        direct.change("INSERT INTO nowhere VALUES (1)")

    asked = at_once(any_db.together, entering("a", now), wrong, entering("c", now))
    with pytest.raises(DBAPIError):
        asked[1].result()
    assert [asked[0].result(), asked[2].result()] == ["a", "c"]
    assert entered(any_db) == ["a", "c"]


def test_when_nothing_can_be_committed_everybody_is_told(db: Database, now: datetime) -> None:
    @contextmanager
    def away() -> Iterator[Direct]:
        with db._straight() as direct:
            yield direct
            raise OSError("the disk is full")

    asked = at_once(Together(away, one_writer=True), entering("a", now), entering("b", now))
    assert [type(one.exception()) for one in asked] == [OSError, OSError]
    assert entered(db) == []


def test_a_rush_of_sign_ups_is_taken_down_one_by_one(any_db: Database, now: datetime) -> None:
    with any_db.write() as session:
        add_topic(session, "world")
    welcome = Welcome(everybody=30, domain="example.com")

    def ask(number: int) -> bool | None:
        request = SignUp(read_address(f"r{number}@example.com"), ("world",), time(7), "UTC", wording="Yes.")
        visitor = Visitor(f"192.0.2.{number}", "a key")
        try:
            return any_db.together(lambda direct: join(direct, request, visitor, welcome, now))
        except TooManyAttempts:
            return None

    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(ask, range(40)))
    assert (answers.count(True), answers.count(None)) == (30, 10)
    with any_db.read() as session:
        for model in (Subscriber, ConsentRecord, Delivery):
            assert session.scalar(select(func.count()).select_from(model)) == 30
        # What was refused is not counted.
        networks = select(func.count()).where(AttemptCount.what.like("sign_up:%"))
        assert session.scalar(networks) == 30
