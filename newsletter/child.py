"""Run one function in a process of its own: it can be killed, and its memory goes back at its end.

Closing editions loads a machine-learning library (about 120 MB): a resting installation must not
keep that, and a hung one must not stop the worker.
"""

import multiprocessing
from collections.abc import Callable
from concurrent.futures import TimeoutError as FutureTimeoutError
from typing import Any

from pebble import ProcessExpired, ProcessPool


class ChildFailed(Exception):
    """The child was killed: it overran its time, or died. Trying again later is safe."""


def run_in_child(function: Callable[..., Any], *arguments: Any, seconds: float) -> Any:
    """Call `function(*arguments)` in a fresh process, at most `seconds` long, and return its result.

    Function, arguments and result must be picklable. What the function raises is raised here;
    raises `ChildFailed` when the process was killed or died.
    """
    context = multiprocessing.get_context("spawn")
    with ProcessPool(max_workers=1, max_tasks=1, context=context) as pool:
        future = pool.schedule(function, args=list(arguments), timeout=seconds)
        try:
            return future.result()
        except FutureTimeoutError as error:
            raise ChildFailed(f"took longer than {seconds:.0f} s and was stopped") from error
        except ProcessExpired as error:
            raise ChildFailed(f"died with exit code {error.exitcode}") from error
