"""When a source is polled next."""

from collections import Counter
from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from newsletter.ingest.health import after_failure, after_success
from newsletter.models import SourceStatus
from tests.ingest.builders import NOON

HOUR = 3600
DAY = timedelta(days=1)
LONG_AGO = NOON - timedelta(days=30)


def test_a_healthy_source_comes_again_after_its_interval_or_a_little_later() -> None:
    outlook = after_success(1, HOUR, NOON)

    assert outlook.status is SourceStatus.ACTIVE
    assert timedelta(minutes=60) <= outlook.next_poll_at - NOON <= timedelta(minutes=72)


def test_a_thousand_sources_read_together_spread_out_and_stay_so() -> None:
    due = dict.fromkeys(range(1000), NOON)
    for _poll in range(24):
        due = {number: after_success(number, HOUR, at).next_poll_at for number, at in due.items()}
        busiest = max(Counter(at.replace(second=0, microsecond=0) for at in due.values()).values())
        assert busiest <= 130, "of 1,000 over twelve minutes or more"

    assert busiest <= 45


def test_the_same_source_at_the_same_time_waits_the_same() -> None:
    assert after_success(7, HOUR, NOON) == after_success(7, HOUR, NOON)


def test_sources_that_fail_together_do_not_come_back_together() -> None:
    again = {after_failure(number, HOUR, 1, NOON, NOON).next_poll_at for number in range(20)}

    assert len(again) == 20


@given(st.integers(1, 10_000), st.integers(300, 86_400))
def test_the_wait_grows_with_failures_up_to_a_day(failures: int, interval: int) -> None:
    wait = after_failure(1, interval, failures, NOON, NOON).next_poll_at - NOON

    first = timedelta(seconds=min(interval, HOUR))
    assert min(first * 2 ** min(failures - 1, 10), timedelta(hours=20)) <= wait <= DAY


def test_a_source_read_once_a_day_is_tried_again_within_the_hour_or_so() -> None:
    assert after_failure(1, 20 * HOUR, 1, NOON, NOON).next_poll_at <= NOON + timedelta(minutes=72)


def test_a_source_failing_for_a_week_is_suspended_and_tried_daily() -> None:
    outlook = after_failure(1, HOUR, 5, LONG_AGO, NOON)

    assert outlook.status is SourceStatus.SUSPENDED
    assert timedelta(hours=20) <= outlook.next_poll_at - NOON <= DAY


def test_a_feed_that_is_not_there_is_given_two_weeks() -> None:
    def status(missing_since: datetime) -> SourceStatus:
        return after_failure(1, HOUR, 9, LONG_AGO, NOON, missing_since=missing_since).status

    assert status(NOON - 13 * DAY) is SourceStatus.ACTIVE
    assert status(NOON - 14 * DAY) is SourceStatus.SUSPENDED


def test_a_single_failure_after_a_long_pause_suspends_nobody() -> None:
    assert after_failure(1, HOUR, 1, LONG_AGO, NOON).status is SourceStatus.ACTIVE


def test_the_wait_a_server_asks_for_is_obeyed_up_to_a_day() -> None:
    def wait(seconds: int) -> timedelta:
        return after_failure(1, HOUR, 1, NOON, NOON, seconds).next_poll_at - NOON

    assert wait(7200) == timedelta(hours=2)
    assert wait(999_999_999) == DAY
    assert wait(0) >= timedelta(hours=1)
