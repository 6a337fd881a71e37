"""A function in a process of its own: its result, its error, its end when it hangs or dies."""

import os
import time

import pytest

from newsletter.child import ChildFailed, run_in_child


def pid_of_child() -> int:
    return os.getpid()


def fail_in_child() -> None:
    raise LookupError("not there")


def hang() -> None:
    time.sleep(60)


def die() -> None:
    os._exit(7)


def test_the_result_comes_back_from_another_process() -> None:
    assert run_in_child(pid_of_child, seconds=30) != os.getpid()


def test_what_the_function_raises_is_raised_here() -> None:
    with pytest.raises(LookupError, match="not there"):
        run_in_child(fail_in_child, seconds=30)


def test_a_function_that_hangs_is_stopped() -> None:
    with pytest.raises(ChildFailed, match="took longer than 1 s"):
        run_in_child(hang, seconds=1)


def test_a_child_that_dies_is_reported() -> None:
    with pytest.raises(ChildFailed, match="died with exit code 7"):
        run_in_child(die, seconds=30)
