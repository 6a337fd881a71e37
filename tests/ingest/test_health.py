"""When a source is polled next."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from newsletter.ingest.health import after_failure, after_success
from newsletter.models import SourceStatus
from tests.ingest.builders import NOON

HOUR = 3600
LONG_AGO = NOON - timedelta(days=30)


def test_a_healthy_source_comes_again_after_its_interval_give_or_take() -> None:
    outlook = after_success(1, HOUR, NOON)

    assert outlook.status is SourceStatus.ACTIVE
    assert timedelta(minutes=54) <= outlook.next_poll_at - NOON <= timedelta(minutes=66)


def test_sources_that_fail_together_do_not_come_back_together() -> None:
    again = {after_failure(number, HOUR, 1, NOON, NOON).next_poll_at for number in range(20)}

    assert len(again) == 20


@given(st.integers(1, 10_000), st.integers(60, 86_400))
def test_the_wait_grows_with_failures_up_to_a_day(failures: int, interval: int) -> None:
    wait = after_failure(1, interval, failures, NOON, NOON).next_poll_at - NOON

    assert wait <= timedelta(days=1.1)
    assert wait >= min(timedelta(seconds=interval) * 2 ** min(failures - 1, 10), timedelta(days=1)) * 0.9


def test_a_source_failing_for_a_week_is_suspended_and_tried_daily() -> None:
    outlook = after_failure(1, HOUR, 5, LONG_AGO, NOON)

    assert outlook.status is SourceStatus.SUSPENDED
    assert timedelta(hours=21) <= outlook.next_poll_at - NOON <= timedelta(hours=27)


def test_a_single_failure_after_a_long_pause_suspends_nobody() -> None:
    assert after_failure(1, HOUR, 1, LONG_AGO, NOON).status is SourceStatus.ACTIVE


def test_the_wait_a_server_asks_for_is_obeyed_up_to_a_week() -> None:
    def wait(seconds: int) -> timedelta:
        return after_failure(1, HOUR, 1, NOON, NOON, seconds).next_poll_at - NOON

    assert wait(7200) == timedelta(hours=2)
    assert wait(999_999_999) == timedelta(days=7)
    assert wait(0) >= timedelta(minutes=54)
