"""Asking for work and doing it: through each queue, once at a time, and never stale."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from pydantic import SecretStr

from newsletter.config import Settings
from newsletter.queue import KINDS, STALE_SECONDS, TaskQueue
from newsletter.worker import Workbench


def _settings(folder: Path, **values: Any) -> Settings:
    return Settings(data_dir=folder, secret_keys=(SecretStr("a key for this test only"),), **values)


@pytest.fixture(params=["sqlite", "postgresql"])
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Settings]:
    if request.param == "sqlite":
        yield _settings(tmp_path)
    else:
        yield _settings(tmp_path, queue_url=request.getfixturevalue("empty_postgres"))


def _work_off(queue: TaskQueue) -> None:
    while (task := queue.huey.dequeue()) is not None:
        queue.huey.execute(task)


def _nonblocking(queue: TaskQueue) -> TaskQueue:
    # A consumer's thread waits for tasks; a test looks whether there is one.
    queue.huey.storage.blocking = False
    return queue


def test_what_one_process_asks_for_another_does(settings: Settings) -> None:
    done: list[str] = []
    worker = _nonblocking(TaskQueue(settings, done.append))
    asking = TaskQueue(settings)
    asking.ask_for_everything()
    asking.close()
    _work_off(worker)
    assert done == list(KINDS)
    _work_off(worker)
    assert done == list(KINDS)
    worker.close()


def test_processes_that_come_first_at_once_share_the_making_of_the_queue(
    empty_postgres: str, tmp_path: Path
) -> None:
    settings = _settings(tmp_path, queue_url=empty_postgres)
    together = threading.Barrier(6)

    def come(_number: int) -> None:
        together.wait(10)
        queue = TaskQueue(settings)
        queue.ask("send")
        queue.close()

    with ThreadPoolExecutor(6) as processes:
        list(processes.map(come, range(6)))
    done: list[str] = []
    worker = _nonblocking(TaskQueue(settings, done.append))
    _work_off(worker)
    worker.close()
    assert done == ["send"] * 6


def test_a_sign_up_asks_for_planning_and_sending(settings: Settings) -> None:
    done: list[str] = []
    worker = _nonblocking(TaskQueue(settings, done.append))
    worker.ask_for_sending()
    _work_off(worker)
    assert done == ["plan", "send"]
    worker.close()


def test_a_task_nobody_took_for_a_minute_is_let_go(tmp_path: Path, now: datetime) -> None:
    done: list[str] = []
    queue = TaskQueue(_settings(tmp_path), done.append)
    with time_machine.travel(now, tick=False):
        queue.ask("send")
    with time_machine.travel(now + timedelta(seconds=STALE_SECONDS + 1), tick=False):
        _work_off(queue)
    assert done == []
    queue.close()


def test_a_forged_task_is_not_run(tmp_path: Path) -> None:
    settings = _settings(tmp_path)
    done: list[str] = []
    forger = settings.model_copy(update={"secret_keys": (SecretStr("another key"),)})
    forging = TaskQueue(forger)
    forging.ask("send")
    forging.close()
    worker = TaskQueue(settings, done.append)
    with pytest.raises(ValueError, match="ignature"):
        worker.huey.dequeue()
    worker.close()
    assert done == []


def test_work_asked_for_while_it_is_done_is_done_once_more_and_never_side_by_side(tmp_path: Path) -> None:
    bench = Workbench(_settings(tmp_path))
    begun, go_on = threading.Event(), threading.Event()
    doing: list[int] = [0]
    seen: list[int] = []

    def long_work() -> None:
        doing[0] += 1
        seen.append(doing[0])
        begun.set()
        go_on.wait(10)
        doing[0] -= 1

    bench._work["poll"] = long_work
    first = threading.Thread(target=bench.perform, args=("poll",))
    first.start()
    begun.wait(10)
    bench.perform("poll")
    bench.perform("poll")
    go_on.set()
    first.join(10)
    assert seen == [1, 1]


def test_work_that_fails_can_be_done_again(tmp_path: Path) -> None:
    bench = Workbench(_settings(tmp_path))

    def broken() -> None:
        raise OSError("the disk is full")

    bench._work["tidy"] = broken
    for _ in range(2):
        with pytest.raises(OSError, match="disk is full"):
            bench.perform("tidy")
