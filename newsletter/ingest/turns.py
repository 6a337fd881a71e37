"""Jobs side by side, none of them in the way of another host's: who would only wait is not begun."""

from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from threading import Condition
from typing import Generic, TypeVar

from newsletter.ingest.hosts import PER_HOST

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Job(Generic[T]):
    """Something to be done with a host; `future` has what came of it."""

    host: str
    do: Callable[[], T]
    future: Future[T] = field(default_factory=Future)


def side_by_side(jobs: Sequence[Job[T]], workers: int, per_host: int = PER_HOST) -> list[T]:
    """Do these jobs, the first ones first, at most `per_host` with one host at a time; their results.

    What a job raises is raised here, once all are done.
    """
    turns = _Turns[T](per_host)
    with ThreadPoolExecutor(workers, thread_name_prefix="poll") as threads:
        turns.add(jobs, threads)
    return [job.future.result() for job in jobs]


def refilled(
    supply: Callable[[int], Sequence[Job[T]]], room: int, workers: int, per_host: int = PER_HOST
) -> None:
    """Do the jobs `supply` gives, and ask it for more as soon as some are done, until it gives none.

    `supply` is told how many it may give: never more than `room` are waiting or being done. What a job
    raises ends the asking and is raised here, once those in hand are done.
    """
    turns = _Turns[T](per_host)
    with ThreadPoolExecutor(workers, thread_name_prefix="poll") as threads:
        while (free := turns.wait_for_room(room)) and (jobs := supply(free)):
            turns.add(jobs, threads)
    if turns.error is not None:
        raise turns.error


class _Turns(Generic[T]):
    def __init__(self, per_host: int) -> None:
        self.error: BaseException | None = None
        self._waiting: list[Job[T]] = []
        self._in_hand = 0
        self._per_host = per_host
        self._busy: Counter[str] = Counter()
        self._changed = Condition()

    def add(self, jobs: Sequence[Job[T]], threads: ThreadPoolExecutor) -> None:
        """Take these jobs in hand. Each is a turn for one thread, which may do another's job."""
        with self._changed:
            self._waiting += jobs
            self._in_hand += len(jobs)
            self._changed.notify_all()
        for _job in jobs:
            threads.submit(self._work)

    def wait_for_room(self, room: int) -> int:
        """Wait until a quarter of `room` is free; how much is. None when something went wrong."""
        portion = max(1, room // 4)
        with self._changed:
            self._changed.wait_for(lambda: self._in_hand <= room - portion)
            return 0 if self.error else room - self._in_hand

    def _work(self) -> None:
        job = self._take()
        try:
            job.future.set_result(job.do())
        except BaseException as error:
            self.error = self.error or error
            job.future.set_exception(error)
        finally:
            with self._changed:
                self._busy[job.host] -= 1
                if not self._busy[job.host]:
                    del self._busy[job.host]
                self._in_hand -= 1
                self._changed.notify_all()

    def _take(self) -> Job[T]:
        """The first job whose host has room for it, waiting for one."""
        with self._changed:
            while True:
                for job in self._waiting:
                    if self._busy[job.host] < self._per_host:
                        self._waiting.remove(job)
                        self._busy[job.host] += 1
                        return job
                self._changed.wait()
