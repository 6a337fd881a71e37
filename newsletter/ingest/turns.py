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
    turns = _Turns(jobs, per_host)
    with ThreadPoolExecutor(workers, thread_name_prefix="poll") as threads:
        for _worker in range(min(workers, len(jobs))):
            threads.submit(turns.work)
    return [job.future.result() for job in jobs]


class _Turns(Generic[T]):
    def __init__(self, jobs: Sequence[Job[T]], per_host: int) -> None:
        self._waiting = list(jobs)
        self._per_host = per_host
        self._busy: Counter[str] = Counter()
        self._changed = Condition()

    def work(self) -> None:
        """Do one job after the other, until none is left to begin."""
        while job := self._take():
            try:
                job.future.set_result(job.do())
            except BaseException as error:
                job.future.set_exception(error)
            finally:
                with self._changed:
                    self._busy[job.host] -= 1
                    self._changed.notify_all()

    def _take(self) -> Job[T] | None:
        """The first job whose host has room for it, waiting for one; None when all are begun."""
        with self._changed:
            while self._waiting:
                for job in self._waiting:
                    if self._busy[job.host] < self._per_host:
                        self._waiting.remove(job)
                        self._busy[job.host] += 1
                        self._changed.notify_all()
                        return job
                self._changed.wait()
        return None
