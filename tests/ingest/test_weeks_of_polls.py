"""Weeks of polls: how often sources come to be asked, when they are given up, moved, found wanting."""

from datetime import datetime
from itertools import pairwise

import pytest

from newsletter.db import Database
from newsletter.ingest.days import days_of
from newsletter.ingest.fetch import Fetched, FetchError
from newsletter.ingest.habits import KEPT_DAYS
from newsletter.models import SourceStatus
from tests.ingest.press import DAY, HOUR, MINUTE, Press, every

URL = "https://paper.example.com/feed"
OTHER = "https://paper.example.com/moved"


@pytest.fixture
def press(db: Database, now: datetime) -> Press:
    return Press(db, now)


def test_busy_sources_are_asked_often_and_rare_ones_rarely(any_db: Database, now: datetime) -> None:
    press = Press(any_db, now)
    end = now + 36 * HOUR
    for name, step in (("busy", 2 * HOUR), ("daily", DAY), ("rare", 30 * DAY)):
        press.paper(f"https://{name}.example.com", *every(step, now - 90 * DAY, end))
    press.live(end)

    def polls(name: str) -> int:
        return len(press.polls(f"https://{name}.example.com", end - DAY))

    assert 24 * 4 / 1.2 <= polls("busy") <= 24 * 4
    assert 6 <= polls("daily") <= 8
    assert 1 <= polls("rare") <= 2


def test_a_source_without_dates_is_learnt_from_what_each_day_brought(press: Press) -> None:
    start = press.now
    number = press.paper(URL, *every(4 * HOUR, start - 5 * DAY, start + 5 * DAY), dated=False)
    press.live(start + DAY / 2)
    assert press.source(number).interval == 3600, "the first day tells nothing"

    press.live(start + 5 * DAY)

    assert 25 * 60 <= press.source(number).interval <= 40 * 60


def test_a_source_that_falls_silent_is_asked_less_and_less(press: Press) -> None:
    start = press.now
    number = press.paper(URL, *every(4 * HOUR, start - 4 * DAY, start))
    waits = []
    for days in (2, 10, 48):
        press.live(start + days * DAY)
        waits.append(press.source(number).interval / 3600)

    assert waits == sorted(waits)
    assert 0.9 <= waits[0] <= 1
    assert waits[-1] == 20

    press.papers[URL].times += every(4 * HOUR, start + 48 * DAY, start + 50 * DAY)
    press.live(start + 50 * DAY)
    assert press.source(number).interval == 30 * 60, "it is back"


def test_what_the_feed_asks_for_is_honoured(press: Press) -> None:
    start = press.now
    press.paper(URL, *every(10 * MINUTE, start - DAY, start + 2 * DAY), asks=6 * 3600)
    press.live(start + 2 * DAY)

    moments = press.papers[URL].polled
    assert all(later - earlier >= 6 * HOUR for earlier, later in pairwise(moments))
    assert len(moments) >= 6


def test_a_cache_that_is_fresh_for_a_year_is_asked_once_a_day(press: Press) -> None:
    number = press.paper(URL, *every(HOUR, press.now - DAY, press.now))
    press.instead[URL] = lambda now: Fetched(URL, str(now).encode(), max_age=365 * 86_400)
    start = press.now
    press.live(start + 3 * DAY)

    assert 3 <= len(press.papers[URL].polled) <= 4
    assert press.source(number).asked_interval == 7 * 86_400


def missing(_now: datetime) -> FetchError:
    return FetchError("The server answered 404.", missing=True)


def test_a_feed_that_is_missing_is_suspended_after_two_weeks_tried_daily_and_comes_back(
    press: Press,
) -> None:
    start = press.now
    number = press.paper(URL, *every(DAY, start - 9 * DAY, start + 40 * DAY))
    press.live(start + DAY)
    press.instead[URL] = missing

    press.live(start + 14 * DAY)
    assert press.source(number).status == SourceStatus.ACTIVE
    press.live(start + 17 * DAY)
    assert press.source(number).status == SourceStatus.SUSPENDED
    press.instead[URL] = lambda _now: FetchError("It did not answer in time.")
    press.live(start + 20 * DAY)
    assert press.source(number).status == SourceStatus.SUSPENDED
    assert 2 <= len(press.polls(URL, start + 17 * DAY)) <= 4

    del press.instead[URL]
    press.live(start + 22 * DAY)
    source = press.source(number)
    assert (source.status, source.failures, source.missing_since) == (SourceStatus.ACTIVE, 0, None)


def test_a_server_in_trouble_for_a_week_is_suspended_sooner(press: Press) -> None:
    start = press.now
    number = press.paper(URL, start)
    press.instead[URL] = lambda _now: FetchError("The server answered 500.")
    press.live(start + 6 * DAY)
    assert press.source(number).status == SourceStatus.ACTIVE
    press.live(start + 9 * DAY)
    assert press.source(number).status == SourceStatus.SUSPENDED


def test_three_answers_that_agree_move_a_source_with_all_it_has(any_db: Database, now: datetime) -> None:
    press = Press(any_db, now)
    number = press.paper(URL, *every(HOUR, now - DAY, now + DAY))
    press.papers[OTHER] = press.papers[URL]
    answers: list[str | None] = [OTHER, None, OTHER, "https://elsewhere.example.com/", OTHER, OTHER]

    def moving(moment: datetime) -> Fetched:
        told = answers.pop(0) if answers else OTHER
        return Fetched(OTHER, str(moment).encode(), moved_to=told)

    press.instead[URL] = moving
    seen = []
    press.live(now + 5 * HOUR, lambda _now: seen.append(press.source(number).url))

    assert seen.index(OTHER) == 6, "the seventh answer is the third in a row"
    source = press.source(number)
    assert (source.moved_to, source.moved_times, source.name) == (None, 0, OTHER)


def test_a_failure_between_them_is_no_answer(press: Press) -> None:
    number = press.paper(URL, press.now)
    press.papers[OTHER] = press.papers[URL]
    answers = [True, False, True, False, True]

    def moving(moment: datetime) -> Fetched | FetchError | None:
        sound = answers.pop(0) if answers else None
        if sound is None:
            return None
        return Fetched(OTHER, str(moment).encode(), moved_to=OTHER) if sound else FetchError("Away.")

    press.instead[URL] = moving
    press.live(press.now + 2 * DAY)

    assert press.source(number).url == OTHER


def test_a_source_whose_new_address_is_another_source_stays_as_it_is(press: Press) -> None:
    number, other = press.paper(URL, press.now), press.paper(OTHER, press.now)
    press.instead[URL] = lambda now: Fetched(OTHER, str(now).encode(), moved_to=OTHER)
    press.live(press.now + 3 * DAY)

    source = press.source(number)
    assert (source.url, source.moved_to, source.moved_times, source.failure) == (URL, OTHER, 3, None)
    assert press.source(other).url == OTHER


@pytest.mark.parametrize("told", ["ftp://paper.example.com/", "https://", URL, URL.replace("paper", "PAPER")])
def test_what_is_no_new_address_of_a_feed_moves_nothing(press: Press, told: str) -> None:
    number = press.paper(URL, press.now)
    press.instead[URL] = lambda now: Fetched(URL, str(now).encode(), moved_to=told)
    press.live(press.now + 3 * DAY)

    source = press.source(number)
    assert (source.url, source.moved_to, source.moved_times) == (URL, None, 0)


def test_each_day_is_written_down_and_forgotten_after_three_months(any_db: Database, now: datetime) -> None:
    press = Press(any_db, now)
    # On Sundays it does not answer.
    number = press.paper(URL, *every(2 * HOUR, now - DAY, now + 100 * DAY), dated=False, asks=20 * 3600)
    press.instead[URL] = lambda moment: FetchError("Away.") if moment.weekday() == 6 else None
    press.live(now + 100 * DAY)

    with any_db.read() as session:
        days = days_of(session, number)[1:-1]
    assert KEPT_DAYS - 2 <= len(days) <= KEPT_DAYS
    assert sum(day.new for day in days) == pytest.approx(12 * len(days), rel=0.1)
    for day in days:
        if day.date.weekday() == 6:
            assert day.failures == day.polls > 0 == day.entries
        else:
            assert day.failures == 0 < day.polls <= 2
            assert day.undated == day.entries == 40 * day.polls
