"""The wish to stop: set by a signal, kept, and safe to set while it is being set."""

import os
import signal
from collections.abc import Iterator

import pytest

from newsletter.stopping import StopFlag


@pytest.fixture
def flag() -> Iterator[StopFlag]:
    before = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]
    yield StopFlag()
    for number, handler in zip((signal.SIGINT, signal.SIGTERM), before, strict=True):
        signal.signal(number, handler)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_sets_it_for_good(flag: StopFlag, number: signal.Signals) -> None:
    flag.listen()
    assert not flag.is_set()
    os.kill(os.getpid(), number)
    assert flag.wait(5)
    assert flag.is_set()


def test_it_can_be_set_more_often_than_anybody_presses_ctrl_c(flag: StopFlag) -> None:
    for _ in range(100_000):
        flag.set()
    assert flag.is_set()


def test_waiting_ends_when_the_time_is_over(flag: StopFlag) -> None:
    assert not flag.wait(0.01)
